//! The reader against a corpus of real configurations whose automations are known: what it missed, what it made up, and in
//! which fields it differs.
//!
//! Invariant: every difference is reported; one that is not in [`KNOWN`], with its reason, is unexplained.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::{fs, io};

use autodex::indexer::files::LocalFolder;
use autodex::indexer::reader::{Limits, read_configuration};
use autodex::model::Automation;
use serde::Deserialize;

/// Differences in which the corpus's truth is at fault: file, first line, field, why.
const KNOWN: [(&str, u32, Field, &str); 7] = [
    (
        "avbor/HomeAssistantConfig/packages/country_house/pack_ch_energy.yaml",
        816,
        Field::EndLine,
        UNTERMINATED,
    ),
    (
        "avbor/HomeAssistantConfig/packages/pack_autoreboot.yaml",
        93,
        Field::EndLine,
        UNTERMINATED,
    ),
    (
        "avbor/HomeAssistantConfig/packages/pack_climate.yaml",
        537,
        Field::EndLine,
        UNTERMINATED,
    ),
    (
        "avbor/HomeAssistantConfig/packages/pack_feedreader.yaml",
        17,
        Field::EndLine,
        UNTERMINATED,
    ),
    (
        "avbor/HomeAssistantConfig/packages/pack_git.yaml",
        121,
        Field::EndLine,
        UNTERMINATED,
    ),
    (
        "rohankapoorcom/homeassistant-config/packages/kitchen/kitchen_lights.yaml",
        106,
        Field::EndLine,
        ALIAS,
    ),
    (
        "rohankapoorcom/homeassistant-config/packages/kitchen/kitchen_lights.yaml",
        240,
        Field::EndLine,
        ALIAS,
    ),
];
const UNTERMINATED: &str =
    "ends with a block of text whose last line has no line feed; the truth leaves that line out";
const ALIAS: &str = "ends with an alias on a line of its own; the truth leaves that line out";

/// One line of `truth.jsonl`, as far as the reader says the same things.
#[derive(Debug, Deserialize)]
struct Expected {
    owner: String,
    repo: String,
    path: String,
    start_line: u32,
    end_line: u32,
    id: Option<String>,
    alias: Option<String>,
    description: Option<String>,
    trigger_types: Vec<String>,
    action_calls: Vec<String>,
    blueprint: Option<String>,
}

/// What is compared. `Found` is whether it is there at all, at its path and first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Found,
    EndLine,
    Id,
    Alias,
    Description,
    Triggers,
    Actions,
    Blueprint,
}

/// All fields, in the order they are reported.
const FIELDS: [Field; 8] = [
    Field::Found,
    Field::EndLine,
    Field::Id,
    Field::Alias,
    Field::Description,
    Field::Triggers,
    Field::Actions,
    Field::Blueprint,
];

/// One difference.
struct Difference {
    file: String,
    line: u32,
    field: Field,
    detail: String,
}

/// The figures of one repository.
struct Row {
    name: String,
    expected: usize,
    found: usize,
    right: usize,
}

/// What came of the comparison. Its `Display` is the report.
pub(crate) struct Report {
    rows: Vec<Row>,
    differences: Vec<Difference>,
    files_read: usize,
    warnings: usize,
}

/// Reads every repository below `corpus` and compares it with the truth there.
///
/// # Errors
/// When the corpus itself cannot be read.
pub(crate) fn compare(corpus: &Path) -> io::Result<Report> {
    let mut report = Report {
        rows: Vec::new(),
        differences: Vec::new(),
        files_read: 0,
        warnings: 0,
    };
    for (name, expected) in truth(corpus)? {
        let tree = LocalFolder::open(&corpus.join("repos").join(&name))?;
        let reading = read_configuration(&tree, &Limits::default());
        report.files_read += reading.files_read;
        report.warnings += reading.warnings.len();
        report.add(name, &expected, &reading.automations);
    }
    Ok(report)
}

/// The truth, by repository.
fn truth(corpus: &Path) -> io::Result<BTreeMap<String, Vec<Expected>>> {
    let mut truth: BTreeMap<String, Vec<Expected>> = BTreeMap::new();
    for line in fs::read_to_string(corpus.join("truth.jsonl"))?.lines() {
        let expected: Expected = serde_json::from_str(line)?;
        truth
            .entry(format!("{}/{}", expected.owner, expected.repo))
            .or_default()
            .push(expected);
    }
    Ok(truth)
}

impl Report {
    /// How many differences are not in the table of known ones.
    pub(crate) fn unexplained(&self) -> usize {
        self.differences
            .iter()
            .filter(|difference| difference.reason().is_none())
            .count()
    }

    fn add(&mut self, name: String, expected: &[Expected], found: &[Automation]) {
        let place = |a: &Automation| (a.source_file_path.clone(), a.start_line.unwrap_or_default());
        let mut left: BTreeMap<_, _> = found
            .iter()
            .map(|automation| (place(automation), automation))
            .collect();
        let mut right = 0;
        for truth in expected {
            let found = left.remove(&(truth.path.clone(), truth.start_line));
            right += usize::from(found.is_some());
            let differences = found.map_or_else(|| vec![missed(truth)], |found| differing(truth, found));
            self.note(&name, &truth.path, truth.start_line, differences);
        }
        for ((path, line), automation) in left {
            self.note(
                &name,
                &path,
                line,
                vec![(Field::Found, format!("made up: {:?}", automation.alias))],
            );
        }
        self.rows.push(Row {
            name,
            expected: expected.len(),
            found: found.len(),
            right,
        });
    }

    fn note(&mut self, name: &str, path: &str, line: u32, differences: Vec<(Field, String)>) {
        for (field, detail) in differences {
            self.differences.push(Difference {
                file: format!("{name}/{path}"),
                line,
                field,
                detail,
            });
        }
    }

    fn sum(&self, part: impl Fn(&Row) -> usize) -> usize {
        self.rows.iter().map(part).sum()
    }
}

fn missed(truth: &Expected) -> (Field, String) {
    (Field::Found, format!("missed: {:?}", truth.alias))
}

/// The fields in which an automation differs from the truth.
fn differing(truth: &Expected, found: &Automation) -> Vec<(Field, String)> {
    let mut differences = Vec::new();
    let mut check = |field, same: bool, expected: &dyn fmt::Debug, found: &dyn fmt::Debug| {
        if !same {
            differences.push((field, format!("expected {expected:?}, found {found:?}")));
        }
    };
    let pairs = [
        (Field::Id, &truth.id, &found.automation_id),
        (Field::Alias, &truth.alias, &found.alias),
        (Field::Description, &truth.description, &found.description),
        (Field::Blueprint, &truth.blueprint, &found.blueprint_path),
    ];
    for (field, expected, found) in pairs {
        check(field, expected == found, expected, found);
    }
    let end = Some(truth.end_line);
    check(Field::EndLine, end == found.end_line, &end, &found.end_line);
    check(
        Field::Triggers,
        truth.trigger_types == found.trigger_types,
        &truth.trigger_types,
        &found.trigger_types,
    );
    check(
        Field::Actions,
        truth.action_calls == found.action_calls,
        &truth.action_calls,
        &found.action_calls,
    );
    differences
}

impl Difference {
    /// Why it is there, when that is known.
    fn reason(&self) -> Option<&'static str> {
        let known = |(file, line, field, _): &&(&str, u32, Field, &str)| {
            *file == self.file && *line == self.line && *field == self.field
        };
        KNOWN.iter().find(known).map(|(.., reason)| *reason)
    }
}

/// A share of a whole, in percent; of nothing, all.
fn percent(part: usize, whole: usize) -> f64 {
    let number = |count: usize| u32::try_from(count).map_or(f64::NAN, f64::from);
    if whole == 0 {
        100.0
    } else {
        100.0 * number(part) / number(whole)
    }
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = u32::try_from(values.len()).map_or(f64::NAN, f64::from);
    values.sum::<f64>() / count
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.repositories(f)?;
        self.fields(f)?;
        for difference in &self.differences {
            writeln!(f, "{difference}")?;
        }
        let unexplained = self.unexplained();
        writeln!(
            f,
            "{} files read, {} warnings, {unexplained} unexplained",
            self.files_read, self.warnings
        )
    }
}

impl Report {
    /// Recall and precision of each repository, of all, and on average.
    fn repositories(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |f: &mut fmt::Formatter<'_>, name: &str, counts: String, recall: f64, precision: f64| {
            writeln!(f, "{name:<58} {counts:>14} {recall:>7.2}% {precision:>7.2}%")
        };
        writeln!(
            f,
            "{:<58} {:>14} {:>8} {:>8}",
            "repository", "found/expected", "recall", "precise"
        )?;
        for row in &self.rows {
            let counts = format!("{}/{}", row.found, row.expected);
            line(
                f,
                &row.name,
                counts,
                percent(row.right, row.expected),
                percent(row.right, row.found),
            )?;
        }
        let (expected, found) = (self.sum(|row| row.expected), self.sum(|row| row.found));
        let right = self.sum(|row| row.right);
        let counts = format!("{found}/{expected}");
        line(f, "all", counts, percent(right, expected), percent(right, found))?;
        let recall = mean(self.rows.iter().map(|row| percent(row.right, row.expected)));
        let precision = mean(self.rows.iter().map(|row| percent(row.right, row.found)));
        line(f, "mean over repositories", String::new(), recall, precision)
    }

    /// How often each field is right, of the automations that were found. The first line is right where they were found.
    fn fields(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let right = self.sum(|row| row.right);
        for field in FIELDS.into_iter().filter(|field| *field != Field::Found) {
            let wrong = self
                .differences
                .iter()
                .filter(|difference| difference.field == field)
                .count();
            let share = percent(right.saturating_sub(wrong), right);
            writeln!(
                f,
                "{:<12} {share:>7.2}% right, {wrong} wrong",
                format!("{field:?}")
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            field,
            detail,
        } = self;
        write!(
            f,
            "{file}:{line} {field:?}: {detail} ({})",
            self.reason().unwrap_or("UNEXPLAINED")
        )
    }
}
