//! `autodex health`: asks a running server how it is, for health checks of containers and scripts.
//!
//! Speaks HTTP/1.1 by hand over one connection: a check that runs every few seconds should not start a runtime.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Args;

use crate::config::HttpConfig;

/// The longest answer read, in bytes; a real one has a few hundred.
const MAX_BYTES: usize = 64 << 10;

/// Ask the running server how it is: exits with 0 if it is well, with 1 if not.
#[derive(Debug, Args)]
pub(super) struct Health {
    /// Ask whether it can answer requests (`/ready`), not only whether it is there (`/health`).
    #[arg(long)]
    ready: bool,
    /// Seconds the answer may take.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

impl Health {
    /// Asks the server that these settings (`HOST`, `PORT`) start; prints what it says.
    pub(super) fn run(self, config: &HttpConfig) -> anyhow::Result<ExitCode> {
        let address = reached_at(config.address());
        let path = if self.ready { "/ready" } else { "/health" };
        let (status, body) = get(address, path, Duration::from_secs(self.timeout))
            .with_context(|| format!("no answer from http://{address}{path} (HOST, PORT)"))?;
        println!("{body}");
        if status == 200 {
            return Ok(ExitCode::SUCCESS);
        }
        bail!("http://{address}{path} answered with status {status}");
    }
}

/// Where a server that listens on an address is reached from the same machine.
fn reached_at(mut listening: SocketAddr) -> SocketAddr {
    if listening.ip().is_unspecified() {
        listening.set_ip(match listening.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    listening
}

/// Status and body of an answer that comes in time.
fn get(address: SocketAddr, path: &str, timeout: Duration) -> anyhow::Result<(u16, String)> {
    let deadline = Instant::now() + timeout;
    let mut stream = TcpStream::connect_timeout(&address, timeout)?;
    stream.set_write_timeout(Some(timeout))?;
    // In one piece: whoever answers may read but once.
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nuser-agent: autodex-health\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            bail!("it took longer than {} s", timeout.as_secs());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => answer.extend_from_slice(&buffer[..length]),
            Err(error)
                if matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                ) => {}
            Err(error) => return Err(error.into()),
        }
        if answer.len() > MAX_BYTES {
            bail!("what answers is no Autodex: more than {MAX_BYTES} bytes");
        }
    }
    read(&String::from_utf8_lossy(&answer)).context("what answers speaks no HTTP")
}

/// Status and body of a whole answer.
fn read(answer: &str) -> Option<(u16, String)> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let mut words = head.split(' ');
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    Some((words.next()?.parse().ok()?, body.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_on_the_loopback() {
        let reached = |address: &str| reached_at(address.parse().unwrap()).to_string();
        assert_eq!(reached("0.0.0.0:8000"), "127.0.0.1:8000");
        assert_eq!(reached("[::]:8000"), "[::1]:8000");
        assert_eq!(reached("192.0.2.7:80"), "192.0.2.7:80");
    }

    #[test]
    fn an_answer_is_told_from_what_is_none() {
        assert_eq!(
            read("HTTP/1.1 503 Service Unavailable\r\na: b\r\n\r\n{}\n"),
            Some((503, "{}".to_owned()))
        );
        for no_answer in ["", "HTTP/1.1 200", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 ok OK\r\n\r\n"] {
            assert_eq!(read(no_answer), None, "{no_answer:?}");
        }
    }
}
