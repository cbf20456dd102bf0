//! What people see while they wait: a progress bar on a terminal, plain lines elsewhere.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often a plain line is written where there is no terminal.
const LINE_INTERVAL: Duration = Duration::from_secs(5);

/// The progress of one long work on standard error.
pub(super) struct Progress {
    bar: ProgressBar,
    what: &'static str,
    last_line: Instant,
}

impl Progress {
    /// Of a work of so many bytes.
    pub(super) fn of_bytes(what: &'static str, total: u64) -> Self {
        Self::new(
            what,
            total,
            "{msg} [{bar:32}] {bytes}/{total_bytes} {bytes_per_sec} eta {eta}",
        )
    }

    /// Of a work of so many steps.
    pub(super) fn of_steps(what: &'static str, total: u64) -> Self {
        Self::new(what, total, "{msg} [{bar:32}] {pos}/{len} {per_sec} eta {eta}")
    }

    fn new(what: &'static str, total: u64, template: &str) -> Self {
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
        bar.set_style(style.progress_chars("=> "));
        bar.set_message(what);
        Self {
            bar,
            what,
            last_line: Instant::now(),
        }
    }

    /// Tells how much there is in all, as far as it is known by now.
    pub(super) fn of(&self, total: u64) {
        self.bar.set_length(total);
    }

    /// Goes on by so much.
    pub(super) fn advance(&mut self, by: u64) {
        self.bar.inc(by);
        if self.bar.is_hidden() && self.last_line.elapsed() >= LINE_INTERVAL {
            eprintln!(
                "{}: {} of {}",
                self.what,
                self.bar.position(),
                self.bar.length().unwrap_or(0)
            );
            self.last_line = Instant::now();
        }
    }

    /// Writes a line above the bar.
    pub(super) fn line(&self, text: &str) {
        self.bar.suspend(|| eprintln!("{text}"));
    }

    /// Takes the bar away.
    pub(super) fn finish(self) {
        self.bar.finish_and_clear();
    }
}

/// A number for people: with commas between thousands.
pub(super) fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of things for people: `1 warning`, `2 warnings`.
pub(super) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted_by_commas() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
    }

    #[test]
    fn one_thing_is_not_many() {
        assert_eq!(counted(1, "file", "files"), "1 file");
        assert_eq!(counted(2_000, "file", "files"), "2,000 files");
    }
}
