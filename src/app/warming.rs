//! Warms the cache at the start and after each change of the index, in the background.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::cache::popular::PopularStore;
use crate::catalog::Snapshot;
use crate::graphql::{self, Engine};

/// How long an index must have been still before it is warmed: a run that writes many repositories is warmed once.
const STILL: Duration = Duration::from_millis(200);

/// Warms the cache for each new snapshot, until the sender is gone.
pub(super) async fn keep_warm(
    engine: Engine,
    store: Option<PopularStore>,
    operations: usize,
    mut snapshots: watch::Receiver<Option<Arc<Snapshot>>>,
) {
    while snapshots.changed().await.is_ok() {
        while let Ok(Ok(())) = tokio::time::timeout(STILL, snapshots.changed()).await {}
        let Some(snapshot) = snapshots.borrow_and_update().clone() else {
            continue;
        };
        let mut popular = engine.caching().popular().top(operations);
        // A new instance knows nothing of its own yet: what all the others were asked.
        if popular.is_empty()
            && let Some(store) = &store
        {
            popular = store.load(operations).await.unwrap_or_default();
        }
        let warmed = graphql::warm(&engine, &snapshot, &popular).await;
        tracing::info!(
            operations = warmed.operations,
            cut_short = warmed.cut_short,
            "cache warmed"
        );
    }
}
