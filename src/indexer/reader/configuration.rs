//! Where Home Assistant itself looks: `automation:` and `automation NAME:` in a `configuration.yaml` and in its packages.
//!
//! Invariant: every key counts, also one that a later duplicate shadows, since its author wrote an automation all the same.

use std::collections::HashSet;

use super::collect::Found;
use super::library::Library;
use super::place::{Field, Place, View};
use super::shape::Shape;
use super::yaml::NodeId;

/// A walk over configurations, and the files in which other integrations keep what looks like automations.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub(super) found: Found,
    /// Files that `template:` or `script:` bring in: nothing in them is an automation.
    pub(super) foreign: HashSet<String>,
    seen: HashSet<(usize, NodeId)>,
}

impl Walk {
    /// Takes a mapping from integrations to their configuration: a `configuration.yaml`, or a package.
    pub(super) fn integrations(&mut self, library: &mut Library<'_>, fields: Vec<Field>, least: Shape) {
        for field in fields {
            match domain(&field.key) {
                "automation" => self.found.collect(library, &field.value, least),
                "homeassistant" => self.core(library, &field.value, least),
                "template" | "script" => self.note_foreign(library, field.value),
                _ => {}
            }
        }
    }

    /// Takes a file that holds integrations.
    pub(super) fn file(&mut self, library: &mut Library<'_>, path: &str, least: Shape) {
        let Some(shelved) = library.open(path) else { return };
        for root in Place::roots(&shelved) {
            if let View::Map(fields) = root.look(library).view {
                self.integrations(library, fields, least);
            }
        }
    }

    /// Takes `homeassistant:`, of which only `packages:` matters.
    fn core(&mut self, library: &mut Library<'_>, value: &Place, least: Shape) {
        let View::Map(fields) = value.look(library).view else {
            return;
        };
        for field in fields.into_iter().filter(|field| &*field.key == "packages") {
            self.packages(library, &field.value, least);
        }
    }

    /// Takes `packages:`: a mapping from names to packages, or a list of packages, in whatever files.
    pub(super) fn packages(&mut self, library: &mut Library<'_>, value: &Place, least: Shape) {
        let packages: Vec<Place> = match value.look(library).view {
            View::Map(fields) => fields.into_iter().map(|field| field.value).collect(),
            View::List(items) => items,
            View::Text(_) | View::Nothing => return,
        };
        for package in packages {
            // A package may itself have `homeassistant: packages:`; one that comes back to itself is seen once.
            if self.seen.insert(package.identity())
                && let View::Map(fields) = package.look(library).view
            {
                self.integrations(library, fields, least);
            }
        }
    }

    /// Notes the files that a value brings in.
    fn note_foreign(&mut self, library: &mut Library<'_>, value: Place) {
        let mut waiting = vec![value];
        while let Some(place) = waiting.pop() {
            let home = place.document().path.clone();
            let children = match place.look(library).view {
                View::Map(fields) => fields.into_iter().map(|field| field.value).collect(),
                View::List(items) => items,
                View::Text(_) | View::Nothing => Vec::new(),
            };
            for child in children {
                // Only what stands in another file is of interest; its file is then known, and not gone through.
                if child.document().path == home {
                    if self.seen.insert(child.identity()) {
                        waiting.push(child);
                    }
                } else {
                    self.foreign.insert(child.document().path.clone());
                }
            }
        }
    }
}

/// The integration a key configures: `automation lights` is one of `automation`'s.
pub(super) fn domain(key: &str) -> &str {
    key.split(' ').next().unwrap_or(key)
}
