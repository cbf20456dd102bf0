//! A histogram of durations for Prometheus: noting one is two relaxed additions, without a lock or an allocation.
//!
//! Invariant: the bounds are the same in every histogram, so that they can be compared and added up.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The upper bounds of the buckets but the last, in microseconds: from an answer out of memory to one nobody waits for.
const BOUNDS: [u64; 14] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000,
];
const BUCKETS: usize = BOUNDS.len() + 1;

/// How many durations fell between two bounds, and their sum. Written by whoever has a duration to note, read by whoever
/// asks; not read at one instant.
#[derive(Debug, Default)]
pub struct Histogram {
    buckets: [AtomicU64; BUCKETS],
    /// In nanoseconds: 584 years fit.
    sum: AtomicU64,
}

/// What a histogram held at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Durations {
    /// How many were at most so many seconds, by ascending bound.
    pub up_to: Vec<(f64, u64)>,
    /// How many there were.
    pub count: u64,
    /// Their sum in seconds.
    pub sum: f64,
}

impl Histogram {
    /// Notes a duration.
    pub fn note(&self, duration: Duration) {
        let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS
            .iter()
            .position(|bound| micros <= *bound)
            .unwrap_or(BOUNDS.len());
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.sum.fetch_add(nanos, Ordering::Relaxed);
    }

    /// What it holds now.
    pub fn read(&self) -> Durations {
        let mut count = 0;
        let mut up_to = Vec::with_capacity(BOUNDS.len());
        for (bound, bucket) in BOUNDS.iter().zip(&self.buckets) {
            count += bucket.load(Ordering::Relaxed);
            up_to.push((Duration::from_micros(*bound).as_secs_f64(), count));
        }
        count += self.buckets[BOUNDS.len()].load(Ordering::Relaxed);
        let sum = Duration::from_nanos(self.sum.load(Ordering::Relaxed)).as_secs_f64();
        Durations { up_to, count, sum }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_counts_for_every_bound_it_does_not_exceed() {
        let histogram = Histogram::default();
        for micros in [50, 51, 1_000, 6_000_000] {
            histogram.note(Duration::from_micros(micros));
        }
        let read = histogram.read();
        let counts: Vec<u64> = read.up_to.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts[..5], [1, 2, 2, 2, 3]);
        assert_eq!(counts.last(), Some(&3));
        assert_eq!(read.count, 4);
        assert!((read.sum - 6.001_101).abs() < 1e-9, "{}", read.sum);
    }

    #[test]
    fn nothing_noted_is_nothing_counted() {
        let read = Histogram::default().read();
        assert!(
            read.count == 0
                && read.sum.abs() < f64::EPSILON
                && read.up_to.iter().all(|(_, count)| *count == 0)
        );
    }

    #[test]
    fn the_bounds_rise() {
        assert!(BOUNDS.is_sorted_by(|a, b| a < b));
    }
}
