//! The reader from outside: files in, automations and warnings out. One file per kind of behaviour.

mod actions;
mod blueprints;
mod encodings;
mod hostile;
mod includes;
mod packages;
mod positions;
mod properties;
mod secrets;
mod shapes;
mod symlinks;
mod syntax;
mod triggers;

use super::{Limits, Reading, read_configuration};
use crate::indexer::files::MemoryTree;
use crate::model::Automation;

/// An automation with the given name that needs nothing else.
fn named(alias: &str) -> String {
    format!("- alias: {alias}\n  trigger:\n    platform: state\n  action:\n    service: light.turn_on\n")
}

/// Reads a repository of these files.
fn read(files: &[(&str, &str)]) -> Reading {
    let tree: MemoryTree = files.iter().map(|(path, text)| (*path, *text)).collect();
    read_configuration(&tree, &Limits::default())
}

/// Reads one `automations.yaml`.
fn read_one(text: &str) -> Automation {
    let mut reading = read(&[
        ("configuration.yaml", "automation: !include automations.yaml"),
        ("automations.yaml", text),
    ]);
    assert_eq!(reading.automations.len(), 1, "{reading:?}");
    reading.automations.remove(0)
}

/// The names of the automations, in order.
fn aliases(reading: &Reading) -> Vec<&str> {
    reading
        .automations
        .iter()
        .map(|automation| automation.alias.as_deref().unwrap_or("-"))
        .collect()
}

/// The warnings as people see them.
fn warnings(reading: &Reading) -> Vec<String> {
    reading.warnings.iter().map(ToString::to_string).collect()
}
