//! What came of it: as text, as a picture, and as a list of promises that were broken.

use std::fmt::Write as _;

use crate::arguments::Run;
use crate::faults::Fault;
use crate::lanes::{KINDS, Seen};
use crate::memory::{Samples, median};
use crate::svg::{Anchor, Svg};

/// A soak shorter than this tells nothing of the memory: its caches are still filling.
const LONG_ENOUGH: u64 = 300;
/// How much more memory the last quarter may take than the second, in hundredths, and in mebibytes beside.
const GROWTH: (f64, f64) = (1.10, 4.0);

/// Everything that is told.
pub(crate) struct Report {
    seconds: u64,
    connections: u16,
    seen: Seen,
    faults: Vec<Fault>,
    samples: Samples,
    changes: u32,
    parsed: u64,
}

impl Report {
    pub(crate) fn new(
        run: &Run,
        seen: Seen,
        faults: Vec<Fault>,
        samples: Samples,
        changes: u32,
        parsed: u64,
    ) -> Self {
        Self {
            seconds: run.seconds,
            connections: run.connections,
            seen,
            faults,
            samples,
            changes,
            parsed,
        }
    }

    /// The promises that were broken; none is how it should be.
    pub(crate) fn broken_promises(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for (kind, outcome) in KINDS.iter().zip(&self.seen) {
            for (status, count) in outcome
                .statuses
                .range(500..)
                .filter(|(status, _)| **status != 503)
            {
                broken.push(format!("{count} {kind} requests were answered {status}"));
            }
            if outcome.lost > 0 {
                broken.push(format!("{} {kind} requests were not answered", outcome.lost));
            }
            if outcome.latencies.total() == 0 {
                broken.push(format!("no {kind} request was sent"));
            }
        }
        let good = &self.seen[0];
        let other: u64 = good
            .statuses
            .iter()
            .filter(|(status, _)| !matches!(status, 200 | 503))
            .map(|(_, n)| n)
            .sum();
        if other + good.errors > 0 {
            broken.push(format!(
                "{} good requests were not answered well",
                other + good.errors
            ));
        }
        let (before, after) = self.growth();
        if self.seconds >= LONG_ENOUGH && after > before * GROWTH.0 + GROWTH.1 {
            broken.push(format!("the memory grew from {before:.1} MiB to {after:.1} MiB"));
        }
        broken
    }

    /// The middle memory of the second quarter and of the last.
    fn growth(&self) -> (f64, f64) {
        (median(&self.samples, 0.25, 0.5), median(&self.samples, 0.75, 1.0))
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |line: String| {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{line}");
        };
        line(format!(
            "{} s, {} connections, {} times of Redis faults, {} changes of the index, {} documents parsed",
            self.seconds,
            self.connections,
            self.faults.len(),
            self.changes,
            self.parsed
        ));
        line("          requests      p50      p99      max   answers by status".to_owned());
        for (kind, outcome) in KINDS.iter().zip(&self.seen) {
            let latencies = &outcome.latencies;
            let milliseconds = |percent| latencies.percentile(percent).as_secs_f64() * 1e3;
            let statuses: Vec<String> = outcome
                .statuses
                .iter()
                .map(|(status, n)| format!("{status}: {n}"))
                .collect();
            line(format!(
                "{kind:8} {:>9} {:>8.2} {:>8.2} {:>8.1}   {}",
                latencies.total(),
                milliseconds(50),
                milliseconds(99),
                latencies.max().as_secs_f64() * 1e3,
                statuses.join(", ")
            ));
        }
        let (before, after) = self.growth();
        let most = self.samples.iter().copied().fold(0.0, f64::max);
        line(format!(
            "memory: {before:.1} MiB in the second quarter, {after:.1} MiB in the last, {most:.1} MiB at most (medians; latencies in ms)"
        ));
        text
    }

    /// The memory's curve over the times of trouble.
    pub(crate) fn svg(&self) -> String {
        let size = (900.0, 340.0);
        let (left, right, top, bottom) = (70.0, 870.0, 70.0, 300.0);
        let mut svg = Svg::default();
        let (before, after) = self.growth();
        svg.text(
            (24.0, 32.0),
            Anchor::Start,
            "title",
            "Memory of the server in a soak",
        );
        svg.text(
            (24.0, 52.0),
            Anchor::Start,
            "small",
            &format!(
                "{} s of good, bad and hostile requests over {} connections; shaded: Redis slow, silent or cut off. \
                 Median {before:.0} MiB in the second quarter, {after:.0} MiB in the last.",
                self.seconds, self.connections
            ),
        );
        for fault in &self.faults {
            let (from, to) = (
                left + (right - left) * fault.from,
                left + (right - left) * fault.to,
            );
            svg.rectangle((from, top), (to - from, bottom - top), "#f4e3d7");
            svg.text(
                (f64::midpoint(from, to), bottom + 14.0),
                Anchor::Middle,
                "small",
                fault.name,
            );
        }
        let most = self.samples.iter().copied().fold(1.0, f64::max) * 1.15;
        let y = |value: f64| bottom - (bottom - top) * value / most;
        for step in 0..=4_u8 {
            let value = most * f64::from(step) / 4.0;
            svg.line((left, y(value)), (right, y(value)), "#e4e7eb", 1.0);
            svg.text(
                (left - 8.0, y(value) + 4.0),
                Anchor::End,
                "small",
                &format!("{value:.0} MiB"),
            );
        }
        #[allow(clippy::cast_precision_loss)]
        let x = |at: usize| left + (right - left) * at as f64 / (self.samples.len().max(2) - 1) as f64;
        for (at, pair) in self.samples.windows(2).enumerate() {
            svg.line((x(at), y(pair[0])), (x(at + 1), y(pair[1])), "#1f6f8b", 2.0);
        }
        svg.file(size, "Memory of the server in a soak")
    }
}
