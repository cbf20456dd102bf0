//! A real PostgreSQL for one test, on a free port and in a folder of its own, to be stopped and started.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A server; stopped when dropped.
pub(crate) struct PostgresServer {
    folder: tempfile::TempDir,
    port: u16,
}

impl PostgresServer {
    /// One that does not run yet.
    pub(crate) fn prepared() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        if is_root() {
            // It refuses to run as root; its own account does, and has to get at the folder.
            let changed = Command::new("chown").arg("postgres").arg(folder.path()).status();
            assert!(changed.unwrap().success());
        }
        let server = Self { folder, port };
        let data = server.data();
        let made = as_postgres("initdb")
            .args([
                "-U",
                "autodex",
                "--auth=trust",
                "--no-sync",
                "--locale=C",
                "--encoding=UTF8",
                "-D",
            ])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://autodex@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it, and waits until it answers.
    pub(crate) fn start(&mut self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off",
            self.port
        );
        let log = self.folder.path().join("log");
        let started = as_postgres("pg_ctl")
            .args(["start", "-w", "-o", &options, "-D"])
            .arg(self.data())
            .arg("-l")
            .arg(&log)
            // Its processes must not hold the test's pipes.
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status();
        assert!(started.unwrap().success(), "{:?}", std::fs::read_to_string(log));
    }

    /// Ends it at once, as a crash does.
    pub(crate) fn stop(&mut self) {
        let stopped = as_postgres("pg_ctl")
            .args(["stop", "-m", "immediate", "-w", "-D"])
            .arg(self.data())
            .output();
        assert!(stopped.unwrap().status.success());
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // It may not run.
        drop(
            as_postgres("pg_ctl")
                .args(["stop", "-m", "immediate", "-D"])
                .arg(self.data())
                .output(),
        );
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

/// One of the server's programs, of the newest version that is installed.
fn as_postgres(program: &str) -> Command {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .map(|version| version.path().join("bin").join(program))
        .max();
    let path = newest.unwrap_or_else(|| Path::new(program).to_owned());
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(path);
        command
    } else {
        Command::new(path)
    }
}
