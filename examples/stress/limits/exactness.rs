//! One client asks two instances for ten times the limit, for three windows.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::LIMIT;
use super::paced::{self, Seen};
use super::pair::{Pair, WINDOW, window_begins};
use crate::rig::Rig;

/// Connections to each instance.
const CONNECTIONS: usize = 5;
/// Windows that are measured.
const WINDOWS: u32 = 3;

/// What was let through.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Exactness {
    /// Requests per window that are allowed.
    pub(crate) limit: u32,
    /// Requests that were made, window by window.
    pub(crate) asked: Vec<u32>,
    /// Requests that were let through, window by window.
    pub(crate) accepted: Vec<u32>,
}

pub(super) async fn measure(rig: &Rig) -> anyhow::Result<Exactness> {
    let pair = Pair::start(rig).await?;
    let every = WINDOW / (10 * LIMIT) * u32::try_from(2 * CONNECTIONS).unwrap_or(1);
    let loads = pair.load(rig, 1, CONNECTIONS, every);
    let started = window_begins().await;
    // Stops short of the next window.
    let seen = paced::run(
        &loads,
        started,
        (WINDOW * WINDOWS).saturating_sub(Duration::from_millis(50)),
    )
    .await?;
    eprintln!("limits: ten times the limit on two instances");
    Ok(Exactness {
        limit: LIMIT,
        asked: by_window(&seen, |_| true),
        accepted: by_window(&seen, |seen| seen.status == 200),
    })
}

fn by_window(seen: &[Seen], counts: impl Fn(&Seen) -> bool) -> Vec<u32> {
    let mut windows: BTreeMap<u64, u32> = BTreeMap::new();
    for seen in seen {
        *windows.entry(seen.window).or_default() += u32::from(counts(seen));
    }
    windows.into_values().collect()
}
