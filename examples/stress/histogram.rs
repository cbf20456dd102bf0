//! Latencies in logarithmic buckets: 64 to each power of two, so that no value is off by more than 1/64.
//!
//! Invariant: recording allocates nothing.

use std::time::Duration;

/// Each power of two has 2⁶ buckets.
const BITS: u32 = 6;
const PER_POWER: u64 = 1 << BITS;
const POWERS: usize = (u64::BITS - BITS + 1) as usize;
/// The buckets any number of nanoseconds in a `u64` can fall in.
const BUCKETS: usize = POWERS << BITS;

/// Counts of latencies.
#[derive(Clone, Debug)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    max: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            counts: vec![0; BUCKETS],
            total: 0,
            max: 0,
        }
    }
}

impl Histogram {
    /// Counts one latency.
    pub(crate) fn record(&mut self, latency: Duration) {
        let nanoseconds = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(bucket(nanoseconds)) {
            *count += 1;
        }
        self.total += 1;
        self.max = self.max.max(nanoseconds);
    }

    /// Adds what another one counted.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine += theirs;
        }
        self.total += other.total;
        self.max = self.max.max(other.max);
    }

    /// How many latencies were counted.
    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    /// The largest latency, exactly.
    pub(crate) const fn max(&self) -> Duration {
        Duration::from_nanos(self.max)
    }

    /// The latency that `percent` of a hundred do not exceed, to 1/64 of itself; zero where none was counted.
    pub(crate) fn percentile(&self, percent: u64) -> Duration {
        let rank = (self.total * percent).div_ceil(100).max(1);
        let mut seen = 0;
        for (at, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return Duration::from_nanos(middle(at).min(self.max));
            }
        }
        Duration::ZERO
    }
}

/// Values below 64 have a bucket each; above, the bucket is the exponent and the six bits after the first.
fn bucket(value: u64) -> usize {
    let shift = (u64::BITS - value.leading_zeros()).saturating_sub(BITS + 1);
    let at = u64::from(shift) * PER_POWER + (value >> shift);
    usize::try_from(at).unwrap_or(BUCKETS - 1)
}

/// The middle of a bucket's values.
fn middle(bucket: usize) -> u64 {
    let at = bucket as u64;
    let shift = (at / PER_POWER).saturating_sub(1);
    let first = (at - shift * PER_POWER) << shift;
    first + ((1 << shift) >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: u64, expected: u64) -> bool {
        value.abs_diff(expected) <= expected / 64
    }

    #[test]
    fn every_value_is_told_to_one_part_in_sixty_four() {
        for power in 0..64 {
            for offset in [0, 1, 2] {
                let value = (1_u64 << power).saturating_add(offset * ((1 << power) / 3));
                let told = middle(bucket(value));
                assert!(close(told, value), "{value} is told as {told}");
            }
        }
        assert!(bucket(u64::MAX) < BUCKETS);
    }

    #[test]
    fn buckets_follow_each_other_without_a_gap() {
        let buckets: Vec<usize> = (0..10_000).map(bucket).collect();
        assert_eq!(buckets[0], 0);
        assert!(buckets.windows(2).all(|pair| pair[1] - pair[0] <= 1));
    }

    #[test]
    fn percentiles_of_one_to_a_thousand_are_where_they_belong() {
        let mut histogram = Histogram::default();
        for microseconds in 1..=1_000 {
            histogram.record(Duration::from_micros(microseconds));
        }
        for (percent, expected) in [(50, 500), (95, 950), (99, 990)] {
            let told = histogram.percentile(percent).as_nanos();
            let told = u64::try_from(told).unwrap();
            assert!(close(told, expected * 1_000), "p{percent} is told as {told}");
        }
        assert_eq!(histogram.max(), Duration::from_micros(1_000));
        assert_eq!(histogram.percentile(100), Duration::from_micros(1_000));
    }

    #[test]
    fn two_merged_are_as_one_that_saw_all() {
        let (mut all, mut odd, mut even) = (Histogram::default(), Histogram::default(), Histogram::default());
        for value in 0..500 {
            let latency = Duration::from_nanos(value * value);
            all.record(latency);
            if value % 2 == 0 { &mut even } else { &mut odd }.record(latency);
        }
        odd.merge(&even);
        assert_eq!(odd.counts, all.counts);
        assert_eq!((odd.total(), odd.max()), (all.total(), all.max()));
    }

    #[test]
    fn with_nothing_counted_every_percentile_is_zero() {
        assert_eq!(Histogram::default().percentile(99), Duration::ZERO);
    }
}
