//! Prepared for hard days: told to stop under load, a full disk.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::support::database::integrity;
use crate::support::{Client, Ended, Place, Running, homes, until, until_ready};

const QUERY: &str = "{ search(text: \"light\") { total results { alias source } } facets { total } }";

#[test]
fn told_to_stop_under_load_it_answers_every_request_it_took() {
    let place = Place::new();
    place.succeed(&["index", "--tree", &homes()]);
    let mut command = place.command(&["serve"]);
    command
        .env("PORT", "0")
        .env("LOG_FORMAT", "json")
        .env("RATELIMIT_ENABLED", "false")
        // So that each request takes a while, and many are under way when the signal comes.
        .envs(["SEARCH", "FACETS"].map(|kind| (format!("CACHE_{kind}_ENABLED"), "false")));
    let running = Running::start(command);
    let log = running.stderr_until("\"listening\"");
    let line: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    let address = line["address"].as_str().unwrap().to_owned();
    until_ready(&address);
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let (address, answered) = (address.clone(), answered.clone());
            std::thread::spawn(move || {
                // New connections until none is taken, for a few requests each: every one is answered, and whole.
                while let Ok(mut client) = Client::connect(&address) {
                    for _ in 0..5 {
                        let Some((status, answer)) = client.ask(QUERY) else {
                            break;
                        };
                        assert_eq!(status, 200, "{answer}");
                        assert!(answer.contains("\"total\":75"), "{answer}");
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                }
            })
        })
        .collect();
    until("there is load", || answered.load(Ordering::SeqCst) > 50);
    let (status, log) = running.stop_by("TERM");
    assert!(status.success(), "{log}");
    for client in clients {
        client.join().unwrap();
    }
    let taken = log.lines().filter(|line| line.contains("\"/graphql\"")).count();
    assert_eq!(
        taken,
        answered.load(Ordering::SeqCst),
        "requests taken and answers that came whole"
    );
    assert!(!log.contains("cut off"), "{log}");
}

/// Runs steps where a folder `small` is a file system of three megabytes, which ends with them.
fn on_a_small_disk(place: &Place, steps: &str) -> Ended {
    let script = format!("set -e; mkdir -p small; mount -t tmpfs -o size=3m tmpfs small; {steps}");
    let mut command = Command::new("unshare");
    let binary = env!("CARGO_BIN_EXE_autodex");
    command
        // Whoever is not root becomes it in a world of its own.
        .args(["--mount", "--user", "--map-root-user", "sh", "-c", &script])
        .current_dir(place.path(""))
        .env("DATABASE_URL", "sqlite://small/autodex.db?mode=rwc")
        .env("AUTODEX", binary);
    command.output().unwrap().into()
}

#[test]
#[ignore = "needs to mount a file system: run ./scripts/test"]
fn a_full_disk_is_told_clearly_and_harms_nothing() {
    let place = Place::new();
    let lines = place.succeed(&["synth", "--level", "2"]).stdout;
    place.write("all.jsonl", &lines);
    place.write(
        "few.jsonl",
        &lines
            .lines()
            .take(100)
            .fold(String::new(), |text, line| text + line + "\n"),
    );
    let ended = on_a_small_disk(
        &place,
        "$AUTODEX import few.jsonl; $AUTODEX export > before.jsonl
         $AUTODEX import all.jsonl && exit 9 || echo refused with $?
         $AUTODEX export > after.jsonl; cp small/autodex.db* .
         mount -o remount,size=200m small; $AUTODEX import all.jsonl; $AUTODEX export | wc -l",
    );
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.stdout.contains("refused with 1"), "{ended:#?}");
    assert!(ended.stderr.contains("full"), "{ended:#?}");
    assert!(
        ended.stdout.trim_end().ends_with("\n5000"),
        "with room again all is taken: {ended:#?}"
    );
    let read = |name: &str| std::fs::read_to_string(place.path(name)).unwrap();
    // What was committed before stays; what did not fit is not there in part.
    for line in read("before.jsonl").lines() {
        let id = &serde_json::from_str::<Value>(line).unwrap()["alias"];
        assert!(read("after.jsonl").contains(&id.to_string()), "{id}");
    }
    assert_eq!(integrity(&place.database_url()), "ok");
}
