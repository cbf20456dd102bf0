//! The report as text.

use super::Report;
use super::text_table::{TextTable, count, grouped};
use crate::figures::Figures;
use crate::hot::Hot;
use crate::mixed::Mixed;
use crate::{miss, table};

impl Report {
    /// All of it.
    pub(crate) fn text(&self) -> String {
        let mut text = self.header();
        if let Some(hot) = &self.hot {
            text += &of_hot(hot, self.settings.connections);
        }
        if let Some(zipf) = &self.zipf {
            text += &of_mixed(zipf, self.settings.connections);
        }
        if !self.table.is_empty() {
            text += &of_table(&self.table);
        }
        if !self.miss.is_empty() {
            text += &of_miss(&self.miss);
        }
        if let Some(limits) = &self.limits {
            text += &super::limits::text(limits);
        }
        let remarks = self.remarks.iter().map(|remark| format!("note: {remark}\n"));
        text + "\n" + &remarks.collect::<String>()
    }

    fn header(&self) -> String {
        let (settings, machine) = (&self.settings, &self.machine);
        let or_unknown = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".to_owned());
        format!(
            "level {}: {} repositories, {} automations; {} connections, {} s a phase, rounds: {}, their median\n\
             {}; {} cores ({}), load {} before and {} after; {}; commit {}\n",
            settings.level,
            count(settings.repositories),
            count(settings.automations),
            settings.connections,
            settings.seconds,
            settings.rounds,
            self.date,
            machine.cores,
            or_unknown(&machine.processor),
            or_unknown(&machine.load_before),
            or_unknown(&machine.load_after),
            or_unknown(&machine.rustc),
            or_unknown(&machine.commit),
        )
    }
}

fn of_hot(hot: &Hot, connections: usize) -> String {
    let mut table = TextTable::new(&[
        "",
        "req/s",
        "of floor",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "hits",
        "cpu us/req",
        "by cpu",
        "client",
        "cold p50 ms",
        "cold max ms",
    ]);
    for target in &hot.targets {
        let (warm, cold) = (&target.warm, target.cold.as_ref());
        table.row(vec![
            target.target.name().to_owned(),
            grouped(warm.per_second),
            optional(target.of_floor, |share| format!("{share:.2}")),
            ms(warm.p50_ms),
            ms(warm.p95_ms),
            ms(warm.p99_ms),
            if target.target.floor().is_some() {
                hits(warm)
            } else {
                String::new()
            },
            optional(warm.server_cpu_us, |time| format!("{time:.1}")),
            optional(target.of_floor_by_cpu, |share| format!("{share:.2}")),
            optional(warm.client_percent, |share| format!("{share:.0} %")),
            optional(cold.map(|cold| cold.p50_ms), ms),
            optional(cold.map(|cold| cold.max_ms), ms),
        ]);
    }
    format!(
        "\nhot: one query of search + facets + stats, answer {} bytes, {connections} connections; cold: their first requests, \
         all at once\n{}",
        count(hot.answer_bytes),
        table.lines()
    )
}

fn of_mixed(mixed: &Mixed, connections: usize) -> String {
    let mut table = TextTable::new(&[
        "",
        "req/s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "hits",
        "cpu us/req",
        "bytes",
    ]);
    for mode in &mixed.modes {
        for (phase, figures) in [("cold", &mode.cold), ("warm", &mode.warm)] {
            table.row(vec![
                format!("{}, {phase}", mode.mode.name()),
                grouped(figures.per_second),
                ms(figures.p50_ms),
                ms(figures.p95_ms),
                ms(figures.p99_ms),
                hits(figures),
                optional(figures.server_cpu_us, |time| format!("{time:.1}")),
                grouped(figures.mean_bytes),
            ]);
        }
    }
    format!(
        "\nzipf: {} distinct queries, exponent {:.1}, {connections} connections\n{}",
        count(mixed.distinct),
        mixed.exponent,
        table.lines()
    )
}

fn of_table(rows: &[table::Row]) -> String {
    let mut table = TextTable::new(&["", "p50 ms", "p95 ms", "hits", "p50 below uncached"]);
    for row in rows {
        for cell in &row.modes {
            table.row(vec![
                format!("{}, {}", row.query, cell.mode.name()),
                ms(cell.figures.p50_ms),
                ms(cell.figures.p95_ms),
                hits(&cell.figures),
                optional(cell.reduction_percent, |percent| format!("{percent:.1} %")),
            ]);
        }
    }
    format!(
        "\ntable: one query after another, 1 connection\n{}",
        table.lines()
    )
}

fn of_miss(rows: &[miss::Row]) -> String {
    let mut table = TextTable::new(&[
        "",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "hits",
        "cpu us/req",
        "bytes",
        "requests",
    ]);
    for row in rows {
        let figures = &row.figures;
        table.row(vec![
            format!("{}, {}", row.new.name(), row.mode.name()),
            ms(figures.p50_ms),
            ms(figures.p95_ms),
            ms(figures.p99_ms),
            hits(figures),
            optional(figures.server_cpu_us, |time| format!("{time:.1}")),
            grouped(figures.mean_bytes),
            grouped(figures.requests),
        ]);
    }
    format!(
        "\nmiss: search + facets + stats nobody asked before, 1 connection\n{}",
        table.lines()
    )
}

fn ms(milliseconds: f64) -> String {
    format!("{milliseconds:.3}")
}

fn hits(figures: &Figures) -> String {
    figures
        .hit_percent
        .map_or_else(|| "?".to_owned(), |percent| format!("{percent:.1} %"))
}

fn optional(value: Option<f64>, show: impl Fn(f64) -> String) -> String {
    value.map(show).unwrap_or_default()
}
