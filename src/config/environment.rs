//! Reading variables: the one place that looks at the process's environment.
//!
//! A value that cannot be used is noted and its default goes on in its stead, so that one start names every mistake.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use super::SecretUrl;
use super::from_files::{file_variable, read_files};

/// A set of variables, the mistakes found in them so far, and the names asked for.
#[derive(Debug)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    problems: RefCell<Vec<Problem>>,
    asked: RefCell<BTreeSet<&'static str>>,
}

/// One variable that holds what cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The variable.
    pub variable: &'static str,
    /// What it holds.
    pub value: String,
    /// What it may hold.
    pub expected: String,
}

/// All the variables that hold what cannot be used; at least one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// They.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the environment cannot be used:")?;
        for Problem {
            variable,
            value,
            expected,
        } in &self.problems
        {
            write!(f, "\n  {variable} is {value:?}; expected {expected}")?;
        }
        Ok(())
    }
}

impl Environment {
    /// The variables of this process.
    pub fn of_process() -> Self {
        // A variable that is not Unicode is none of ours, or is reported as what it looks like.
        let lossy = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        Self::new(
            std::env::vars_os()
                .map(|(name, value)| (lossy(name), lossy(value)))
                .collect(),
        )
    }

    /// These variables.
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::new(
            variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        )
    }

    fn new(mut variables: BTreeMap<String, String>) -> Self {
        let problems = RefCell::new(read_files(&mut variables));
        Self {
            variables,
            problems,
            asked: RefCell::default(),
        }
    }

    /// The names asked for so far.
    pub fn asked(&self) -> Vec<&'static str> {
        self.asked.borrow().iter().copied().collect()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// There were mistakes.
    pub(super) fn finish(&self) -> Result<(), ConfigError> {
        let problems = self.problems.borrow().clone();
        if problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError { problems })
        }
    }

    /// A text.
    pub(super) fn text(&self, variable: &'static str, default: &str) -> String {
        self.get(variable).unwrap_or(default).to_owned()
    }

    /// Anything that is read from a text.
    pub(super) fn parsed<T: FromStr>(&self, variable: &'static str, expected: &str, default: T) -> T {
        self.read(variable, expected, |value| value.parse().ok())
            .unwrap_or(default)
    }

    /// `true` or `false`.
    pub(super) fn boolean(&self, variable: &'static str, default: bool) -> bool {
        self.one_of(variable, &[("true", true), ("false", false)], default)
    }

    /// One of a few words.
    pub(super) fn one_of<T: Copy>(&self, variable: &'static str, words: &[(&str, T)], default: T) -> T {
        let expected = words
            .iter()
            .map(|(word, _)| *word)
            .collect::<Vec<_>>()
            .join(" or ");
        let find = |value: &str| {
            words
                .iter()
                .find(|(word, _)| *word == value)
                .map(|(_, meaning)| *meaning)
        };
        self.read(variable, &expected, find).unwrap_or(default)
    }

    /// A number of at least so much.
    pub(super) fn at_least<T>(&self, variable: &'static str, least: &T, default: T) -> T
    where
        T: FromStr + PartialOrd + fmt::Display,
    {
        let expected = format!("a number, at least {least}");
        let find = |value: &str| value.parse().ok().filter(|number| number >= least);
        self.read(variable, &expected, find).unwrap_or(default)
    }

    /// A number from one to another.
    pub(super) fn within(&self, variable: &'static str, range: RangeInclusive<u64>, default: u64) -> u64 {
        let expected = format!("a number, {} to {}", range.start(), range.end());
        let find = |value: &str| value.parse().ok().filter(|number| range.contains(number));
        self.read(variable, &expected, find).unwrap_or(default)
    }

    /// A share, 0.0 to 1.0; 0.0 if not set.
    pub(super) fn share(&self, variable: &'static str) -> f64 {
        self.share_or(variable, 0.0)
    }

    /// A share, 0.0 to 1.0.
    pub(super) fn share_or(&self, variable: &'static str, default: f64) -> f64 {
        let find = |value: &str| value.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        self.read(variable, "a share, 0.0 to 1.0", find)
            .unwrap_or(default)
    }

    /// A secret that passes a test; a refused one is not shown.
    pub(super) fn secret(
        &self,
        variable: &'static str,
        expected: &str,
        passes: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let value = self.get(variable)?;
        if passes(value) {
            return Some(value.to_owned());
        }
        let value = format!("{} characters long", value.chars().count());
        self.problems.borrow_mut().push(Problem {
            variable,
            value,
            expected: expected.to_owned(),
        });
        None
    }

    /// A number of seconds.
    pub(super) fn seconds(&self, variable: &'static str, default: u64) -> Duration {
        Duration::from_secs(self.parsed(variable, "a number of seconds", default))
    }

    /// A number of milliseconds, at least one.
    pub(super) fn milliseconds(&self, variable: &'static str, default: u64) -> Duration {
        let at_least_one = |value: &str| value.parse().ok().filter(|&ms| ms > 0);
        let ms = self.read(variable, "a number of milliseconds, at least 1", at_least_one);
        Duration::from_millis(ms.unwrap_or(default))
    }

    /// A URL that begins with one of a few schemes; a refused one is shown without its password.
    pub(super) fn url(&self, variable: &'static str, schemes: &[&str], default: &str) -> SecretUrl {
        let url = SecretUrl::from(self.text(variable, default));
        if !schemes.iter().any(|scheme| url.expose().starts_with(scheme)) {
            let expected = format!("a URL that begins with {}", schemes.join(" or "));
            self.problems.borrow_mut().push(Problem {
                variable,
                value: url.to_string(),
                expected,
            });
        }
        url
    }

    /// A URL that begins with one of a few schemes, if it is set.
    pub(super) fn optional_url(&self, variable: &'static str, schemes: &[&str]) -> Option<String> {
        let expected = format!("a URL that begins with {}", schemes.join(" or "));
        let begins = |value: &str| schemes.iter().any(|scheme| value.starts_with(scheme));
        self.read(variable, &expected, |value| {
            begins(value).then(|| value.to_owned())
        })
    }

    /// Values separated by commas, each of which passes a test.
    pub(super) fn list_of(
        &self,
        variable: &'static str,
        expected: &str,
        passes: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let values = self.list(variable);
        if values.iter().any(|value| !passes(value)) {
            let (value, expected) = (self.text(variable, ""), expected.to_owned());
            self.problems.borrow_mut().push(Problem {
                variable,
                value,
                expected,
            });
        }
        values
    }

    /// Values separated by commas, each read from its text.
    pub(super) fn parsed_list<T: FromStr>(&self, variable: &'static str, expected: &str) -> Vec<T> {
        let texts = self.list_of(variable, expected, |text| text.parse::<T>().is_ok());
        texts.iter().filter_map(|text| text.parse().ok()).collect()
    }

    /// Values separated by commas.
    fn list(&self, variable: &'static str) -> Vec<String> {
        let values = self.get(variable).unwrap_or_default().split(',');
        values
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .map(String::from)
            .collect()
    }

    fn read<T>(&self, variable: &'static str, expected: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.get(variable)?;
        let meaning = read(value);
        if meaning.is_none() {
            let (value, expected) = (value.to_owned(), expected.to_owned());
            self.problems.borrow_mut().push(Problem {
                variable,
                value,
                expected,
            });
        }
        meaning
    }

    /// The value without the space around it; set to nothing counts as not set.
    fn get(&self, variable: &'static str) -> Option<&str> {
        self.asked
            .borrow_mut()
            .extend(std::iter::once(variable).chain(file_variable(variable)));
        self.variables
            .get(variable)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }
}
