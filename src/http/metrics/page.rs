//! A page of Prometheus' text format 0.0.4.

use std::fmt::{Display, Write};

use crate::telemetry::Durations;

/// A page that is being written.
#[derive(Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// What was written.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Begins a family of samples.
    pub(super) fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    /// Adds a sample to the family begun last. Names and values of labels are our own words.
    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        if labels.is_empty() {
            return self.line(format_args!("{name} {value}"));
        }
        let labels: Vec<String> = labels
            .iter()
            .map(|(label, value)| format!("{label}=\"{value}\""))
            .collect();
        self.line(format_args!("{name}{{{}}} {value}", labels.join(",")));
    }

    /// A family of one sample.
    pub(super) fn one(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        labels: &[(&str, &str)],
        value: impl Display,
    ) {
        self.family(name, kind, help);
        self.sample(name, labels, value);
    }

    /// Adds a histogram to the family begun last.
    pub(super) fn durations(&mut self, name: &str, labels: &[(&str, &str)], durations: &Durations) {
        let bucket = format!("{name}_bucket");
        for (bound, count) in &durations.up_to {
            let bound = bound.to_string();
            self.sample(&bucket, &[labels, &[("le", bound.as_str())]].concat(), count);
        }
        self.sample(&bucket, &[labels, &[("le", "+Inf")]].concat(), durations.count);
        self.sample(&format!("{name}_sum"), labels, durations.sum);
        self.sample(&format!("{name}_count"), labels, durations.count);
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_introduced_and_its_samples_follow() {
        let mut page = Page::default();
        page.one("a_total", "counter", "How many.", &[], 3);
        page.family("b", "gauge", "Which.");
        page.sample("b", &[("x", "1"), ("y", "2")], 0.5);
        let expected = "# HELP a_total How many.\n# TYPE a_total counter\na_total 3\n\
                        # HELP b Which.\n# TYPE b gauge\nb{x=\"1\",y=\"2\"} 0.5\n";
        assert_eq!(page.into_text(), expected);
    }

    #[test]
    fn a_histogram_ends_with_all_of_it() {
        let mut page = Page::default();
        let durations = Durations {
            up_to: vec![(0.00005, 1), (0.25, 2)],
            count: 4,
            sum: 7.5,
        };
        page.durations("d", &[("x", "1")], &durations);
        let expected = "d_bucket{x=\"1\",le=\"0.00005\"} 1\nd_bucket{x=\"1\",le=\"0.25\"} 2\n\
                        d_bucket{x=\"1\",le=\"+Inf\"} 4\nd_sum{x=\"1\"} 7.5\nd_count{x=\"1\"} 4\n";
        assert_eq!(page.into_text(), expected);
    }
}
