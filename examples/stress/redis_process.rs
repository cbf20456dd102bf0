//! A Redis of this program's own: on a free port, in a temporary folder, writing nothing to disk.
//!
//! Invariant: it is stopped by its handle when this value goes.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::resp;

/// How long it may take to answer after its start.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running Redis.
#[derive(Debug)]
pub(crate) struct RedisProcess {
    child: Child,
    address: SocketAddr,
    folder: PathBuf,
}

impl RedisProcess {
    /// Starts one that keeps its files in `folder`; nothing if `redis-server` is not installed.
    ///
    /// # Errors
    /// It is installed and does not start.
    pub(crate) fn start(folder: &Path) -> io::Result<Option<Self>> {
        // Free now; should another take it before Redis does, Redis does not start and this fails, and says so.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        match Self::spawn(folder, port) {
            Ok(child) => {
                let redis = Self {
                    child,
                    address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
                    folder: folder.to_owned(),
                };
                redis.until_it_answers().map(Some)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        // It may have ended by itself; there is nothing on its disk to lose.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again, empty, at the same address.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn restart(&mut self) -> io::Result<()> {
        self.kill();
        self.child = Self::spawn(&self.folder, self.address.port())?;
        Ok(())
    }

    fn spawn(folder: &Path, port: u16) -> io::Result<Child> {
        Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--daemonize", "no"])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// It does not answer.
    pub(crate) fn flush(&self) -> io::Result<()> {
        resp::ask(self.address, "FLUSHALL")
    }

    fn until_it_answers(mut self) -> io::Result<Self> {
        let end = Instant::now() + PATIENCE;
        loop {
            match resp::ask(self.address, "PING") {
                Ok(()) => return Ok(self),
                Err(error) if Instant::now() > end => return Err(error),
                Err(_) => {}
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("redis-server ended: {status}")));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for RedisProcess {
    fn drop(&mut self) {
        self.kill();
    }
}
