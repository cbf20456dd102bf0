//! Running the program in a folder of a test's own, with nothing in its environment but what the test puts there.

mod client;
pub(crate) mod database;
#[path = "../../support/github/mod.rs"]
pub(crate) mod github;
mod http;
pub(crate) mod postgres;
mod running;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

pub(crate) use client::Client;
pub(crate) use http::{ask, ask_at, until, until_ready};
pub(crate) use running::Running;

/// A temporary folder with a database in it, where commands are run.
pub(crate) struct Place {
    folder: TempDir,
}

/// What a command that ended left behind.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders it lies in.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The URL of the database in the folder.
    pub(crate) fn database_url(&self) -> String {
        format!("sqlite://{}?mode=rwc", self.path("autodex.db").display())
    }

    /// A command, ready to be run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_autodex"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", path)
            .env("TMPDIR", self.folder.path())
            .env("DATABASE_URL", self.database_url())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs a command that has to succeed.
    #[track_caller]
    pub(crate) fn succeed(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:#?}");
        ended
    }

    /// Everything in the database, a line each.
    #[track_caller]
    pub(crate) fn exported(&self) -> Vec<serde_json::Value> {
        let lines = self.succeed(&["export"]).stdout;
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// The sample homes.
pub(crate) fn homes() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/homes");
    path.display().to_string()
}
