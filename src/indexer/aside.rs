//! Threads for what is not to slow requests down: a run, and each reading of a repository in it, for unpacking and parsing
//! are pure computation. They give way to whatever answers requests.

use tokio::sync::oneshot;

/// How much such a thread gives way: 19 is the most (nice(2)). A machine with nothing else to do is not slower for it.
const NICENESS: i32 = 15;

/// Runs it on a thread of its own, of this name; `None` when it broke down.
pub async fn aside<T: Send + 'static>(
    name: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (done, result) = oneshot::channel();
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        give_way();
        // Whoever asked may be gone by now.
        drop(done.send(work()));
    });
    if let Err(error) = started {
        tracing::error!(%error, name, "cannot start a thread");
    }
    result.await.ok()
}

/// On Linux a thread has a niceness of its own; elsewhere it is the process's, and stays as it is.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "a thread does not give way");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_breaks_down_is_nothing_and_harms_nobody() {
        assert_eq!(aside("test", || 7).await, Some(7));
        assert_eq!(aside("test", || -> u8 { panic!("a fault") }).await, None);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn only_that_thread_gives_way() {
        let before = rustix::process::getpriority_process(None).unwrap();
        let during = aside("test", || rustix::process::getpriority_process(None).unwrap())
            .await
            .unwrap();
        assert_eq!(during, (before + NICENESS).min(19));
        assert_eq!(rustix::process::getpriority_process(None).unwrap(), before);
    }
}
