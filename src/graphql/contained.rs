//! Running what may hang or panic: it ends by its deadline, and a panic ends no more than itself.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

/// How work ended that did not come to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It took too long, and was dropped.
    TimedOut,
    /// It panicked, with this message, which is for the log only.
    Panicked(String),
}

/// Runs until it is done, until so much time has passed, or until it panics. What it holds is dropped in each case.
///
/// What is shared with other requests must be safe to find half changed: here, counters and caches, whose locks are taken
/// for single steps.
pub(super) async fn contained<T>(limit: Duration, work: impl Future<Output = T>) -> Result<T, Broken> {
    let caught = Box::pin(AssertUnwindSafe(work).catch_unwind());
    match tokio::time::timeout(limit, caught).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(payload)) => Err(Broken::Panicked(message(&*payload))),
        Err(_) => Err(Broken::TimedOut),
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "without a message".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_done_in_time_is_done() {
        let work = async {
            tokio::time::sleep(Duration::from_secs(9)).await;
            7
        };
        assert_eq!(contained(Duration::from_secs(10), work).await, Ok(7));
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_too_long_is_dropped() {
        let held = Arc::new(());
        let work = {
            let held = held.clone();
            async move {
                std::future::pending::<()>().await;
                drop(held);
            }
        };
        assert_eq!(
            contained(Duration::from_secs(10), work).await,
            Err(Broken::TimedOut)
        );
        assert_eq!(Arc::strong_count(&held), 1);
    }

    #[tokio::test]
    async fn a_panic_is_told_and_drops_what_was_held() {
        let held = Arc::new(());
        let work = {
            let held = held.clone();
            async move {
                assert_eq!(Arc::strong_count(&held), 3, "as a resolver might");
            }
        };
        let Err(Broken::Panicked(message)) = contained(Duration::from_secs(10), work).await else {
            panic!("it did not panic");
        };
        assert!(message.contains("as a resolver might"), "{message}");
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
