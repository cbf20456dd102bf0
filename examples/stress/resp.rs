//! As much of Redis's protocol (RESP2) as it takes to ask a Redis of one's own whether it is there, and to empty it.

use std::io::{BufRead, BufReader, Error, Read, Result, Write};
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

/// How many commands it has run since its start, this one included.
///
/// # Errors
/// Redis does not answer, or does not tell.
pub(crate) fn commands_processed(address: SocketAddr) -> Result<u64> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"*2\r\n$4\r\nINFO\r\n$5\r\nstats\r\n")?;
    let mut reader = BufReader::new(stream);
    let mut length = String::new();
    reader.read_line(&mut length)?;
    let length = length
        .trim()
        .strip_prefix('$')
        .and_then(|length| length.parse().ok());
    let mut text = String::new();
    reader.take(length.unwrap_or(0)).read_to_string(&mut text)?;
    let count = text.lines().find_map(|line| {
        line.strip_prefix("total_commands_processed:")?
            .trim()
            .parse()
            .ok()
    });
    count.ok_or_else(|| Error::other("Redis does not tell how many commands it ran"))
}
