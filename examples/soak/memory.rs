//! The memory of the server's process, by what Linux tells in `/proc`.

use std::time::Duration;

use anyhow::Context;
use tokio::time::Instant;

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Mebibytes in memory, one for each look.
pub(crate) type Samples = Vec<f64>;

/// Looks until time is up.
///
/// # Errors
/// The process is gone.
pub(crate) async fn watch(process: u32, end: Instant) -> anyhow::Result<Samples> {
    let mut samples = Vec::new();
    while Instant::now() < end {
        samples.push(resident(process).context("the server is gone")?);
        tokio::time::sleep(EVERY).await;
    }
    Ok(samples)
}

fn resident(process: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1_024.0)
}

/// The middle one of the samples between two shares of the time.
pub(crate) fn median(samples: &[f64], from: f64, to: f64) -> f64 {
    let count = samples.len();
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    let at = |share: f64| ((count as f64 * share) as usize).min(count);
    let mut part = samples[at(from)..at(to)].to_vec();
    part.sort_by(f64::total_cmp);
    part.get(part.len() / 2).copied().unwrap_or(0.0)
}
