//! The Home Assistant configuration reader: from the files of one repository to its automations.
//!
//! It finds what Home Assistant would: `automation:` in every `configuration.yaml`, in packages, through the five
//! `!include` tags; and then what plainly is an automation in files that no configuration reaches. Nothing is executed,
//! nothing outside the tree is opened, no file of secrets is opened, and values that look like credentials are masked.
//!
//! Invariants: a broken or hostile file costs itself and a [`Warning`], never the repository; work and memory are bounded by
//! [`Limits`]; the same files give the same [`Reading`], in the same order.
//!
//! The way of a file: `library` (bytes, `text`, `yaml`) -> `place` (aliases, merges, `include`, `inclusion`) -> `configuration`,
//! `orphans`, `collect`, `shape` (which mappings are automations) -> `automation` (`triggers`, `actions`, `source`, `mask`).

mod actions;
mod automation;
mod collect;
mod configuration;
mod include;
mod inclusion;
mod library;
mod limits;
mod mask;
mod orphans;
mod place;
mod shape;
mod source;
mod template;
mod text;
mod triggers;
mod warning;
mod yaml;

#[cfg(test)]
mod tests;

pub use limits::Limits;
pub use warning::{Warning, WarningReason};

use configuration::Walk;
use library::Library;
use shape::Shape;

use crate::indexer::files::{FileTree, file_name};
use crate::model::Automation;

/// What a repository holds, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Its automations, by file, then by line.
    pub automations: Vec<Automation>,
    /// What was left out or doubtful, by file.
    pub warnings: Vec<Warning>,
    /// How many files were opened.
    pub files_read: usize,
}

/// Which reading of configurations this is: raised with every change that makes another of the same files, so that what
/// did not change itself is read again.
pub const EDITION: i32 = 1;

/// Whether a file's bytes may be wanted, by its name: YAML, and no file of secrets.
pub fn is_wanted(path: &str) -> bool {
    orphans::is_yaml(path) && !library::is_secrets(path)
}

/// Whether a file is YAML by its name.
pub fn is_yaml(path: &str) -> bool {
    orphans::is_yaml(path)
}

/// A text that was not read from a configuration, with whatever looks like a credential in it masked.
pub fn mask(text: &str) -> String {
    mask::mask_text(text).into_owned()
}

/// Reads every automation of a repository. There is no failing: what cannot be read is a warning.
pub fn read_configuration(files: &dyn FileTree, limits: &Limits) -> Reading {
    let listing = files.listing();
    let mut library = Library::new(files, &listing, limits);
    let mut walk = Walk::default();
    for path in library
        .paths()
        .iter()
        .filter(|path| file_name(path) == "configuration.yaml")
    {
        walk.file(&mut library, path, Shape::Possible);
    }
    orphans::collect(&mut walk, &mut library);
    let mut found = walk.found.into_automations();
    found.sort_by(|a, b| a.position().cmp(&b.position()));
    let automations = found
        .iter()
        .filter_map(|place| automation::read(&mut library, place))
        .collect();
    Reading {
        automations,
        warnings: library.warnings.into_sorted(),
        files_read: library.files_read,
    }
}
