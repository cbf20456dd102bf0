//! A migration that is killed in the middle of its transaction: nothing of it is there, and the next start does it again.

use std::process::{Child, Stdio};
use std::time::Duration;

use crate::support::database::{Look, integrity};
use crate::support::postgres::PostgresServer;
use crate::support::{Place, homes, until};

/// Begins to migrate.
fn migrating(place: &Place, url: &str) -> Child {
    let mut command = place.command(&["migrate"]);
    command
        .env("DATABASE_URL", url)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Migrates and indexes, and finds everything there.
fn goes_on(place: &Place, url: &str) {
    for arguments in [&["migrate"][..], &["index", "--tree", &homes()], &["export"]] {
        let ended = place
            .command(arguments)
            .env("DATABASE_URL", url)
            .output()
            .unwrap();
        assert!(ended.status.success(), "{ended:?}");
        if arguments == ["export"] {
            assert_eq!(String::from_utf8(ended.stdout).unwrap().lines().count(), 75);
        }
    }
}

/// Whether a process is SQLite's writer at this moment: it has byte 120 of the shared-memory file locked, says the system.
#[cfg(target_os = "linux")]
fn is_writing(process: u32) -> bool {
    let locks = std::fs::read_to_string("/proc/locks").unwrap();
    locks.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.contains(&"WRITE") && words.ends_with(&["120", "120"]) && words.contains(&&*process.to_string())
    })
}

#[cfg(target_os = "linux")]
fn remove(place: &Place) {
    for file in ["autodex.db", "autodex.db-wal", "autodex.db-shm"] {
        std::fs::remove_file(place.path(file)).ok();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn on_sqlite_it_is_migrated_by_the_next() {
    const TABLES: &str = "SELECT count(*) FROM sqlite_master WHERE type = 'table'";
    let place = Place::new();
    let url = place.database_url();
    place.succeed(&["migrate"]);
    let all = Look::at(&url).number(TABLES);
    remove(&place);
    let mut in_the_middle = 0;
    for step in 0..20 {
        // Open all along, so that nobody has to make or recover the write-ahead log: who writes is in the transaction.
        let look = Look::at(&url);
        look.run("PRAGMA journal_mode = WAL");
        let mut child = migrating(&place, &url);
        while !is_writing(child.id()) && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        // Later by a quarter of a millisecond each time: from the beginning of the transaction to after its end.
        std::thread::sleep(Duration::from_micros(250 * step));
        let was_writing = is_writing(child.id());
        kill(child);
        let tables = look.number(TABLES);
        in_the_middle += usize::from(was_writing && tables == 0);
        assert!(
            tables == 0 || tables == all,
            "all tables are there, or none: {tables}"
        );
        drop(look);
        assert_eq!(integrity(&url), "ok");
        if step % 5 == 4 {
            goes_on(&place, &url);
            assert_eq!(integrity(&url), "ok");
        }
        remove(&place);
    }
    assert!(in_the_middle > 0, "no migration was killed while it wrote");
}

#[test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
fn on_postgresql_it_is_migrated_by_the_next() {
    const TABLES: &str = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
    const OURS: &str = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'autodex'";
    let place = Place::new();
    let mut postgres = PostgresServer::prepared();
    postgres.start();
    let url = postgres.url();
    let look = Look::at(&url);
    // One table of each step, the second and the last of them.
    for table in ["automation", "github_repository"] {
        // A table of this name that is there and not there yet: whoever makes one waits for the end of this transaction.
        let other = Look::at(&url);
        other.run(&format!("BEGIN; CREATE TABLE {table} ()"));
        let child = migrating(&place, &url);
        let waiting =
            format!("{OURS} AND wait_event_type = 'Lock' AND query ILIKE 'CREATE TABLE%\"{table}\"%'");
        until("it is in the middle", || look.number(&waiting) == 1);
        kill(child);
        drop(other);
        until("the server knows", || look.number(OURS) == 0);
        assert_eq!(look.number(TABLES), 0, "{table}");
    }
    goes_on(&place, &url);
}
