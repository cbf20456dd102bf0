//! What tests need from outside: a Redis of their own, a network that fails, patience.

pub(crate) mod proxy;
pub(crate) mod redis;

use std::time::Duration;

/// Waits until something holds, half a minute at most: for what happens in the background at its own pace.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let trying = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let came_true = tokio::time::timeout(Duration::from_secs(30), trying).await;
    assert!(came_true.is_ok(), "never came true: {what}");
}
