//! Numbers into other units.

use std::time::Duration;

/// A count as a number to divide by. (Exact up to 2⁵³, which no count here reaches.)
#[expect(
    clippy::cast_precision_loss,
    reason = "exact below 2^53: counts of requests and of ticks"
)]
pub(crate) const fn number(count: u64) -> f64 {
    count as f64
}

/// Milliseconds, to the microsecond.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    rounded(time.as_secs_f64() * 1e3, 3)
}

/// To so many digits behind the point.
pub(crate) fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

/// The middle one, or the mean of the two in the middle; nothing of nothing.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = *values.get((values.len() - 1) / 2)?;
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(value: Option<f64>, expected: f64) -> bool {
        value.is_some_and(|value| (value - expected).abs() < 1e-9)
    }

    #[test]
    fn the_median_is_the_middle_one_or_the_mean_of_the_middle_two() {
        assert!(is(median([3.0, 1.0, 2.0]), 2.0));
        assert!(is(median([4.0, 1.0, 2.0, 3.0]), 2.5));
        assert!(is(median([7.0]), 7.0));
        assert_eq!(median([]), None);
    }

    #[test]
    fn milliseconds_are_told_to_the_microsecond() {
        assert!(is(Some(milliseconds(Duration::from_nanos(1_234_567))), 1.235));
    }
}
