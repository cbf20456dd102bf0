//! Reading and writing a socket with no allocation.

use std::future::poll_fn;
use std::io::{Error, ErrorKind, Result};
use std::pin::Pin;
use std::task::ready;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;

/// Writes all of `bytes`.
///
/// # Errors
/// The connection failed or was closed.
pub(crate) async fn write(stream: &TcpStream, mut bytes: &[u8]) -> Result<()> {
    while !bytes.is_empty() {
        match stream.try_write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => stream.writable().await?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Reads some bytes, at least one, into `space`, and tells how many. (`poll_read` and not `try_read`: after a short read it
/// knows the socket to be empty, and spares the next call a vain one.)
///
/// # Errors
/// The connection failed or was closed.
pub(crate) async fn read(stream: &mut TcpStream, space: &mut [u8]) -> Result<usize> {
    let mut space = ReadBuf::new(space);
    poll_fn(|context| {
        ready!(Pin::new(&mut *stream).poll_read(context, &mut space))?;
        Ok::<_, Error>(()).into()
    })
    .await?;
    match space.filled().len() {
        0 => Err(ErrorKind::UnexpectedEof.into()),
        read => Ok(read),
    }
}
