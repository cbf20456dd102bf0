//! A process of this executable that serves HTTP: the server or a floor.
//!
//! Invariant: it ends with the value that stands for it, asked to at first, and killed after a while.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::client::Connection;
use crate::cpu;

/// How long a process may take until it listens, and until its catalog is built.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long it may take to end.
const LAST_PATIENCE: Duration = Duration::from_secs(3);
/// What it keeps of this process's environment: nothing that configures the server.
const KEPT: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "RUST_BACKTRACE", "TMPDIR"];
/// Asks whether it is ready.
const READY: &[u8] = b"GET /ready HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

/// A running process, ready to answer.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// The process ends when this is closed.
    lifeline: Option<ChildStdin>,
    address: SocketAddr,
}

/// What to start.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    /// The arguments: the hidden command and its options.
    pub(crate) arguments: &'a [&'a str],
    /// All of its environment but what every process needs.
    pub(crate) environment: &'a [(&'a str, String)],
    /// Where its standard error goes.
    pub(crate) log: PathBuf,
}

impl Server {
    /// Starts a process and waits until it is ready.
    ///
    /// # Errors
    /// It ended, or was not ready in time; the end of its log is told.
    pub(crate) async fn start(start: &Start<'_>) -> anyhow::Result<Self> {
        let server = Self::spawn(start).and_then(Self::listening);
        let ready = match server {
            Ok(server) => server.until_ready().await,
            Err(error) => Err(error),
        };
        ready.with_context(|| format!("{} did not start\n{}", start.log.display(), end_of(&start.log)))
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The number of its process.
    #[allow(dead_code, reason = "asked by another measurement")]
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// The processor time it has used.
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        cpu::time_of(self.child.id())
    }

    /// Its number.
    #[allow(dead_code, reason = "the soak watches its memory by it")]
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn spawn(start: &Start<'_>) -> anyhow::Result<Child> {
        let kept = KEPT
            .iter()
            .filter_map(|name| Some((name, std::env::var_os(name)?)));
        Command::new(std::env::current_exe()?)
            .args(start.arguments)
            .env_clear()
            .envs(kept)
            .envs(start.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&start.log)?)
            .spawn()
            .context("cannot start another process of this program")
    }

    /// Waits for the line that tells the address.
    fn listening(mut child: Child) -> anyhow::Result<Self> {
        let (lifeline, output) = (child.stdin.take(), child.stdout.take());
        let mut server = Self {
            child,
            lifeline,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        let output = output.context("a process without an output")?;
        let (told, line) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(output).read_line(&mut line);
            // If nobody waits any more, nobody needs it.
            let _ = told.send(read.map(|_| line));
        });
        let line = line.recv_timeout(PATIENCE).context("it does not listen")??;
        server.address = line.trim().parse().context("it ended before it listened")?;
        Ok(server)
    }

    /// Asks until the catalog is there.
    async fn until_ready(mut self) -> anyhow::Result<Self> {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait()? {
                bail!("it ended: {status}");
            }
            let mut connection = Connection::open(self.address).await?;
            if connection.ask(READY).await?.status == 200 {
                return Ok(self);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        bail!("it is not ready")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.lifeline.take();
        let end = Instant::now() + LAST_PATIENCE;
        while Instant::now() < end {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(5)),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        eprintln!("stress: process {} does not end and is killed", self.child.id());
        // It may have ended just now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The last lines of a log.
fn end_of(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}
