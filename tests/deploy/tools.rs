//! Tools that are asked for their verdict.

use std::process::{Command, Output};

/// Runs a tool that has to say yes, and gives what it printed.
#[track_caller]
pub(crate) fn approved(command: &mut Command) -> String {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; ./scripts/test installs what tests need"));
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}:\n{stdout}{stderr}");
    stdout.into_owned()
}

/// Docker's own tool for compose files, as a plugin or as a program: it knows the Compose specification, and needs no engine
/// to check a file.
pub(crate) fn compose() -> Command {
    let plugin = Command::new("docker").args(["compose", "version"]).output();
    if plugin.is_ok_and(|output| output.status.success()) {
        let mut command = Command::new("docker");
        command.arg("compose");
        return command;
    }
    Command::new("docker-compose")
}
