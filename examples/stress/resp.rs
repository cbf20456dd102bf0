//! As much of Redis's protocol (RESP2) as it takes to ask a Redis of one's own whether it is there, and to empty it.

use std::io::{BufRead, BufReader, Error, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long Redis may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs one command whose answer is a status, over a connection of its own.
///
/// # Errors
/// Redis does not answer, or answers with something else.
pub(crate) fn ask(address: SocketAddr, command: &str) -> Result<()> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(format!("*1\r\n${}\r\n{command}\r\n", command.len()).as_bytes())?;
    let mut status = String::new();
    BufReader::new(stream).read_line(&mut status)?;
    if status.starts_with('+') {
        Ok(())
    } else {
        Err(Error::other(format!(
            "Redis says {:?} to {command}",
            status.trim_end()
        )))
    }
}
