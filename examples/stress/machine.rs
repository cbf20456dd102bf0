//! The machine the figures were taken on.

use std::process::Command;

use serde::Serialize;

/// What may explain a figure.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Machine {
    /// Cores this process may use.
    pub(crate) cores: usize,
    /// The processor's name, where the system tells.
    pub(crate) processor: Option<String>,
    /// The load average of one, five and fifteen minutes before the run, where the system tells.
    pub(crate) load_before: Option<String>,
    /// And after it.
    pub(crate) load_after: Option<String>,
    /// The compiler.
    pub(crate) rustc: Option<String>,
    /// The commit that is checked out, `+` behind it if there are changes.
    pub(crate) commit: Option<String>,
}

impl Machine {
    /// This one.
    pub(crate) fn now() -> Self {
        let commit = first_line("git", &["rev-parse", "--short", "HEAD"]);
        let changed = first_line("git", &["--no-optional-locks", "status", "--porcelain"])
            .is_some_and(|line| !line.is_empty());
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            processor: processor(),
            load_before: load(),
            load_after: None,
            rustc: first_line("rustc", &["--version"]),
            commit: commit.map(|commit| if changed { commit + "+" } else { commit }),
        }
    }
}

/// The load average now.
pub(crate) fn load() -> Option<String> {
    let line = std::fs::read_to_string("/proc/loadavg").ok()?;
    let averages: Vec<&str> = line.split(' ').take(3).collect();
    Some(averages.join(" "))
}

fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn first_line(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output
        .status
        .success()
        .then(|| text.lines().next().unwrap_or_default().to_owned())
}
