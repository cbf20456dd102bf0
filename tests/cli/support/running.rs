//! A command that goes on until it is told to stop.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};

use super::http::PATIENCE;

/// A running command and what it prints. Killed when dropped.
pub(crate) struct Running {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = lines(child.stdout.take().unwrap());
        let stderr = lines(child.stderr.take().unwrap());
        Self {
            child,
            stdout,
            stderr,
        }
    }

    /// Reads standard output up to the first line that holds a text, and gives all that was read.
    #[track_caller]
    pub(crate) fn stdout_until(&self, text: &str) -> String {
        until(&self.stdout, text)
    }

    /// As [`Running::stdout_until`], of standard error.
    #[track_caller]
    pub(crate) fn stderr_until(&self, text: &str) -> String {
        until(&self.stderr, text)
    }

    /// Sends a signal (`TERM`, `INT`), waits for the end, and gives the status with the rest of standard error.
    pub(crate) fn stop_by(mut self, signal: &str) -> (ExitStatus, String) {
        let sent = Command::new("kill")
            .args([format!("-{signal}"), self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
        let mut rest = String::new();
        // Its standard error closes when it ends.
        while let Ok(line) = self.stderr.recv_timeout(PATIENCE) {
            rest.push_str(&line);
        }
        (self.child.wait().unwrap(), rest)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn lines(output: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line + "\n").is_err() {
                break;
            }
        }
    });
    receiver
}

#[track_caller]
fn until(lines: &Receiver<String>, text: &str) -> String {
    let mut read = String::new();
    while let Ok(line) = lines.recv_timeout(PATIENCE) {
        read.push_str(&line);
        if line.contains(text) {
            return read;
        }
    }
    panic!("no {text:?} in:\n{read}");
}
