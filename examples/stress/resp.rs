//! As much of Redis's protocol (RESP2) as a load test needs: a command's bytes, a bulk string's, and asking once.

use std::io::{BufRead, BufReader, Error, ErrorKind, Result, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long Redis may take for a single command.
const PATIENCE: Duration = Duration::from_secs(5);

/// The bytes of a command.
pub(crate) fn command(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", parts.len()).into_bytes();
    for part in parts {
        bytes.extend(format!("${}\r\n", part.len()).into_bytes());
        bytes.extend_from_slice(part);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes
}

/// The value of a bulk string; nothing while it is not complete.
///
/// # Errors
/// It is no bulk string, or the null one.
pub(crate) fn bulk(bytes: &[u8]) -> Result<Option<&[u8]>> {
    let Some(line_end) = memchr::memchr(b'\n', bytes) else {
        return Ok(None);
    };
    let line = bytes[..line_end].trim_ascii_end();
    let length = line
        .strip_prefix(b"$")
        .and_then(|digits| std::str::from_utf8(digits).ok());
    let Some(length) = length.and_then(|digits| digits.parse::<usize>().ok()) else {
        let told = String::from_utf8_lossy(line).into_owned();
        return Err(Error::new(ErrorKind::InvalidData, told));
    };
    let value = line_end + 1..line_end + 1 + length;
    let is_complete = bytes.len() >= value.end + 2;
    Ok(bytes.get(value).filter(|_| is_complete))
}

/// Runs one command whose answer is a status, over a connection of its own.
///
/// # Errors
/// Redis does not answer, or answers with an error.
pub(crate) fn ask(address: SocketAddr, parts: &[&[u8]]) -> Result<()> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&command(parts))?;
    let mut status = String::new();
    BufReader::new(stream).read_line(&mut status)?;
    if status.starts_with('+') {
        Ok(())
    } else {
        Err(Error::other(format!("Redis says {:?}", status.trim_end())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_a_list_of_its_parts_with_their_lengths() {
        assert_eq!(
            command(&[b"GET", b"a key"]),
            b"*2\r\n$3\r\nGET\r\n$5\r\na key\r\n"
        );
    }

    #[test]
    fn a_bulk_string_is_read_once_all_of_it_is_there() {
        let whole = b"$4\r\na\r\nb\r\n";
        assert_eq!(bulk(whole).unwrap(), Some(b"a\r\nb".as_slice()));
        for cut in 0..whole.len() {
            assert_eq!(bulk(&whole[..cut]).unwrap(), None);
        }
    }

    #[test]
    fn what_is_no_value_is_an_error() {
        assert!(bulk(b"$-1\r\n").is_err());
        assert!(bulk(b"-LOADING Redis is loading\r\n").is_err());
    }
}
