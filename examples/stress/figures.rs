//! The figures of a phase, and the median of several rounds.

use std::time::Duration;

use serde::Serialize;

use crate::sample::Sample;
use crate::units::{median, milliseconds, number, rounded};

/// The shortest phase whose processor time is told: the system counts it in hundredths of a second.
const SHORTEST: Duration = Duration::from_millis(200);

/// One phase in figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Figures {
    /// Answers that came.
    pub(crate) requests: f64,
    /// Answers that were no good: another status than 200, or GraphQL errors.
    pub(crate) errors: f64,
    /// Answers a second.
    pub(crate) per_second: f64,
    /// Median latency in milliseconds.
    pub(crate) p50_ms: f64,
    /// 95th percentile of the latency in milliseconds.
    pub(crate) p95_ms: f64,
    /// 99th percentile of the latency in milliseconds.
    pub(crate) p99_ms: f64,
    /// Largest latency in milliseconds.
    pub(crate) max_ms: f64,
    /// The share of answers that said they came from the cache, of a hundred; nothing where answers do not say.
    pub(crate) hit_percent: Option<f64>,
    /// Bytes of a body, on average.
    pub(crate) mean_bytes: f64,
    /// Processor time of the server for one answer, in microseconds.
    pub(crate) server_cpu_us: Option<f64>,
    /// The share of a core the client used, of a hundred: near 100, it is the client that was measured.
    pub(crate) client_percent: Option<f64>,
}

/// Processor time the server and the client used in a phase, where the system tells.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CpuUsed {
    /// By the server's process.
    pub(crate) server: Option<Duration>,
    /// By this one.
    pub(crate) client: Option<Duration>,
}

impl Figures {
    /// The figures of one phase.
    pub(crate) fn of(sample: &Sample, cpu: CpuUsed) -> Self {
        let requests = number(sample.requests());
        let latency = |percent| milliseconds(sample.latencies.percentile(percent));
        let is_long = sample.elapsed >= SHORTEST;
        let told = sample.requests() - sample.untold;
        let each = |time: Duration| rounded(time.as_secs_f64() * 1e6 / requests.max(1.0), 1);
        let share = |time: Duration| rounded(100.0 * time.as_secs_f64() / sample.elapsed.as_secs_f64(), 0);
        Self {
            requests,
            errors: number(sample.errors),
            per_second: rounded(requests / sample.elapsed.as_secs_f64().max(1e-9), 1),
            p50_ms: latency(50),
            p95_ms: latency(95),
            p99_ms: latency(99),
            max_ms: milliseconds(sample.latencies.max()),
            hit_percent: (told > 0).then(|| rounded(100.0 * number(sample.hits) / number(told), 2)),
            mean_bytes: rounded(number(sample.bytes) / requests.max(1.0), 0),
            server_cpu_us: cpu.server.filter(|_| is_long).map(each),
            client_percent: cpu.client.filter(|_| is_long).map(share),
        }
    }

    /// Of nothing.
    pub(crate) fn none() -> Self {
        Self::of(&Sample::default(), CpuUsed::default())
    }

    /// Each figure's median; errors are added up. Nothing of no rounds.
    pub(crate) fn median(rounds: &[Self]) -> Option<Self> {
        let of = |figure: fn(&Self) -> f64| median(rounds.iter().map(figure));
        let of_told = |figure: fn(&Self) -> Option<f64>| median(rounds.iter().filter_map(figure));
        Some(Self {
            requests: of(|round| round.requests)?,
            errors: rounds.iter().map(|round| round.errors).sum(),
            per_second: of(|round| round.per_second)?,
            p50_ms: of(|round| round.p50_ms)?,
            p95_ms: of(|round| round.p95_ms)?,
            p99_ms: of(|round| round.p99_ms)?,
            max_ms: of(|round| round.max_ms)?,
            hit_percent: of_told(|round| round.hit_percent),
            mean_bytes: of(|round| round.mean_bytes)?,
            server_cpu_us: of_told(|round| round.server_cpu_us),
            client_percent: of_told(|round| round.client_percent),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Reply;
    use crate::head::Told;

    fn sample(told: &[Told]) -> Sample {
        let mut sample = Sample {
            elapsed: Duration::from_secs(2),
            ..Sample::default()
        };
        for &told in told {
            let reply = Reply {
                status: 200,
                is_good: true,
                told,
                body_bytes: 1,
                window_end: None,
            };
            sample.record(Duration::from_millis(1), reply);
        }
        sample
    }

    #[test]
    fn a_hit_rate_is_told_of_those_that_say_and_unknown_where_none_does() {
        let figures = |told: &[Told]| Figures::of(&sample(told), CpuUsed::default());
        assert_eq!(
            figures(&[Told::Hit, Told::Hit, Told::Hit, Told::Other]).hit_percent,
            Some(75.0)
        );
        assert_eq!(figures(&[Told::Nothing, Told::Nothing]).hit_percent, None);
    }

    #[test]
    fn medians_are_taken_figure_by_figure_and_errors_are_added() {
        let round = |per_second: f64, errors: f64| Figures {
            per_second,
            errors,
            ..Figures::of(&sample(&[Told::Hit]), CpuUsed::default())
        };
        let median = Figures::median(&[round(10.0, 1.0), round(30.0, 0.0), round(20.0, 2.0)]).unwrap();
        assert!((median.per_second - 20.0).abs() < 1e-9);
        assert!((median.errors - 3.0).abs() < 1e-9);
        assert_eq!(Figures::median(&[]), None);
    }
}
