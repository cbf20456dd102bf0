//! The time as the client sees it, and waiting.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// Where the time comes from, and how waits pass.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// With a record, waits are over at once: the time jumps, and the record tells how far.
    jumps: Option<Arc<Mutex<Vec<Duration>>>>,
}

impl Pace {
    /// The machine's time.
    pub fn machine() -> Self {
        Self::default()
    }

    /// A time that jumps over every wait; clones jump together.
    pub fn jumping() -> Self {
        Self {
            jumps: Some(Arc::default()),
        }
    }

    /// What time it is.
    pub fn now(&self) -> SystemTime {
        SystemTime::now() + self.waited().iter().sum::<Duration>()
    }

    /// Waits.
    pub async fn wait(&self, time: Duration) {
        match &self.jumps {
            None => tokio::time::sleep(time).await,
            Some(jumps) => jumps.lock().unwrap_or_else(PoisonError::into_inner).push(time),
        }
    }

    /// The waits jumped over so far.
    pub fn waited(&self) -> Vec<Duration> {
        let jumps = self.jumps.as_ref();
        jumps
            .map(|jumps| jumps.lock().unwrap_or_else(PoisonError::into_inner).clone())
            .unwrap_or_default()
    }
}

/// The pause before the next try: twice as long after each one that failed, and by chance anything from half of that to
/// all of it, so that clients that failed together do not come back together.
pub(super) fn pause(first: Duration, failures: u32, chance: f64) -> Duration {
    const LONGEST: Duration = Duration::from_mins(1);
    let full = first
        .saturating_mul(1 << failures.saturating_sub(1).min(16))
        .min(LONGEST);
    full.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute_and_differ_by_chance() {
        let second = Duration::from_secs(1);
        let milliseconds = |failures, chance| pause(second, failures, chance).as_millis();
        let full = [1, 2, 3, 7].map(|failures| milliseconds(failures, 1.0));
        assert_eq!(full, [1_000, 2_000, 4_000, 60_000]);
        assert_eq!([milliseconds(2, 0.0), milliseconds(2, 0.5)], [1_000, 1_500]);
        assert_eq!(milliseconds(u32::MAX, 1.0), 60_000);
    }
}
