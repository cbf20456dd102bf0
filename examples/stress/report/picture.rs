//! The report as a picture: throughput against the floors above, latencies below.

use super::Report;
use super::chart::{self, Bar, Group, Range, WIDTH};
use super::svg::{Anchor, Svg};
use super::text_table::{count, grouped};
use crate::figures::Figures;
use crate::hot::{Hot, Target};
use crate::miss::Novelty;
use crate::mixed::Mixed;
use crate::mode::Mode;

const FLOOR_COLOUR: &str = "#b3bcc6";

impl Report {
    /// An SVG file.
    pub(crate) fn svg(&self) -> String {
        let mut svg = Svg::default();
        let title = format!(
            "Autodex under load: {} automations in {} repositories",
            grouped(f64::from(
                u32::try_from(self.settings.automations).unwrap_or(u32::MAX)
            )),
            grouped(f64::from(
                u32::try_from(self.settings.repositories).unwrap_or(u32::MAX)
            )),
        );
        svg.text((24.0, 36.0), Anchor::Start, "title", &title);
        svg.text((24.0, 56.0), Anchor::Start, "small", &self.subtitle());
        let mut y = 66.0;
        if let Some(hot) = &self.hot {
            let heading = format!(
                "One query of search + facets + stats, {} KB of answer, {} connections: requests a second",
                hot.answer_bytes / 1000,
                self.settings.connections
            );
            y = section(&mut svg, y, &heading, |svg, y| {
                chart::bars(svg, y, &hot_bars(hot))
            });
        }
        if let Some(zipf) = &self.zipf {
            let heading = format!(
                "{} distinct queries, Zipf-distributed, warm: requests a second",
                count(zipf.distinct)
            );
            y = section(&mut svg, y, &heading, |svg, y| {
                chart::bars(svg, y, &mixed_bars(zipf))
            });
        }
        let groups = self.latencies();
        if !groups.is_empty() {
            let heading = "One request after another: latency (miss: all three, never asked before)";
            y = section(&mut svg, y, heading, |svg, y| chart::ranges(svg, y, &groups));
        }
        svg.file((WIDTH, y + 16.0), &title)
    }

    fn subtitle(&self) -> String {
        let mut parts = vec![self.date.get(..10).unwrap_or_default().to_owned()];
        parts.push(format!("{} cores", self.machine.cores));
        parts.extend(self.machine.processor.clone());
        parts.extend(
            self.machine
                .load_before
                .as_ref()
                .map(|load| format!("load {load}")),
        );
        parts.push(format!("rounds: {}, their median", self.settings.rounds));
        parts.extend(
            self.machine
                .commit
                .as_ref()
                .map(|commit| format!("commit {commit}")),
        );
        parts.join(" · ")
    }

    fn latencies(&self) -> Vec<Group> {
        let mut groups = Vec::new();
        for row in &self.table {
            let ranges = row.modes.iter().map(|cell| {
                let below = cell
                    .reduction_percent
                    .map_or(String::new(), |percent| format!(" (−{percent:.0} %)"));
                range(cell.mode, &cell.figures, &below.replace("−-", "+"))
            });
            groups.push(Group {
                name: row.query.to_owned(),
                ranges: ranges.collect(),
            });
        }
        let misses = self.miss.iter().filter(|row| row.new == Novelty::Variables);
        let ranges: Vec<Range> = misses.map(|row| range(row.mode, &row.figures, "")).collect();
        if !ranges.is_empty() {
            let name = "miss".to_owned();
            groups.push(Group { name, ranges });
        }
        groups
    }
}

fn section(svg: &mut Svg, y: f64, heading: &str, draw: impl FnOnce(&mut Svg, f64) -> f64) -> f64 {
    svg.text((24.0, y + 28.0), Anchor::Start, "heading", heading);
    draw(svg, y + 44.0)
}

fn hot_bars(hot: &Hot) -> Vec<Bar> {
    let bar = |target: &crate::hot::HotTarget| {
        let floor = if target.target.floor() == Some(Target::RedisFloor) {
            "Redis floor"
        } else {
            "floor"
        };
        let share = target
            .of_floor
            .map_or(String::new(), |share| format!("  ·  {share:.2} of {floor}"));
        Bar {
            label: target.target.name().to_owned(),
            value: target.warm.per_second,
            note: format!("{}{share}", grouped(target.warm.per_second)),
            colour: match target.target {
                Target::BareFloor | Target::RedisFloor => FLOOR_COLOUR,
                Target::Server(mode) => colour(mode),
            },
        }
    };
    hot.targets.iter().map(bar).collect()
}

fn mixed_bars(zipf: &Mixed) -> Vec<Bar> {
    let bar = |mode: &crate::mixed::MixedMode| {
        let hits = mode
            .warm
            .hit_percent
            .map_or(String::new(), |hits| format!("  ·  {hits:.1} % hits"));
        Bar {
            label: mode.mode.name().to_owned(),
            value: mode.warm.per_second,
            note: format!("{}{hits}", grouped(mode.warm.per_second)),
            colour: colour(mode.mode),
        }
    };
    zipf.modes.iter().map(bar).collect()
}

fn range(mode: Mode, figures: &Figures, note: &str) -> Range {
    Range {
        label: mode.name(),
        from: figures.p50_ms,
        to: figures.p95_ms,
        note: format!("{:.3} to {:.3}{note}", figures.p50_ms, figures.p95_ms),
        colour: colour(mode),
    }
}

/// Colours that stay apart for the colour-blind.
const fn colour(mode: Mode) -> &'static str {
    match mode {
        Mode::Off => "#cc79a7",
        Mode::Memory => "#0072b2",
        Mode::Redis => "#e69f00",
        Mode::Both => "#009e73",
    }
}
