//! How a process this program started and its parent know of each other: it tells its address on standard output, and it
//! ends when its standard input does, which the parent's end closes, however that came.

use std::io::{Read, Write};
use std::net::SocketAddr;

use tokio::sync::oneshot;

/// Tells the parent where this process listens.
///
/// # Errors
/// The parent is gone.
pub(crate) fn announce(address: SocketAddr) -> std::io::Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{address}")?;
    output.flush()
}

/// Completes when the parent is gone, or wants this process to end.
pub(crate) fn cut() -> impl Future<Output = ()> + Send + 'static {
    let (cut, seen) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        // Nothing is ever written: the read ends with the pipe.
        let ended = std::io::stdin().read(&mut [0]);
        drop((ended, cut));
    });
    async move {
        // An error is the sender's drop: what is waited for.
        let _ = seen.await;
    }
}
