//! The connections that the system has let in and that nobody has taken yet, when no more are to be taken.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

use super::is_the_clients;

/// As many as Linux lets wait, unless told otherwise: whoever connects all the time does not keep the server from stopping.
const MOST: usize = 4_096;

/// Takes those that wait, and closes the listener: the system resets whatever waits at a listener that is closed, though
/// its client may have sent a request already. (What comes between the last look and the closing is still lost.)
pub(super) fn take_and_close(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let mut waiting = Vec::new();
    if let Err(error) = take(listener, &mut waiting) {
        tracing::error!(%error, "connections that wait cannot be taken");
    }
    let streams = waiting.into_iter();
    streams
        .filter_map(|(stream, peer)| Some((of_the_runtime(stream)?, peer)))
        .collect()
}

fn take(listener: TcpListener, waiting: &mut Vec<(std::net::TcpStream, SocketAddr)>) -> Result<(), Error> {
    // The system itself is asked: the runtime may not have heard yet of what came just now.
    let listener = listener.into_std()?;
    while waiting.len() < MOST {
        match listener.accept() {
            Ok(taken) => waiting.push(taken),
            Err(error) if is_the_clients(&error) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn of_the_runtime(stream: std::net::TcpStream) -> Option<TcpStream> {
    let made = stream
        .set_nonblocking(true)
        .and_then(|()| TcpStream::from_std(stream));
    made.inspect_err(|error| tracing::error!(%error, "a connection that waited cannot be used"))
        .ok()
}
