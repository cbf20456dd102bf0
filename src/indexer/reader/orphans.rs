//! Automations that no `configuration.yaml` reaches: old copies, examples, snippets, repositories of parts.
//!
//! Invariant: only what is plainly an automation counts here, for nothing says that the file is Home Assistant's at all.

use super::collect::Found;
use super::configuration::{Walk, domain};
use super::library::{Library, is_secrets};
use super::place::{Field, Place, View};
use super::shape::{Shape, shape};
use crate::indexer::files::file_name;

/// Looks through every YAML file that is not known to hold something else.
pub(super) fn collect(walk: &mut Walk, library: &mut Library<'_>) {
    for path in library.paths() {
        if is_of_interest(path) && !is_secrets(path) && !walk.foreign.contains(path) {
            file(walk, library, path);
        }
    }
}

/// Whether a file is YAML by name.
pub(super) fn is_yaml(path: &str) -> bool {
    let ending = file_name(path).rsplit_once('.').map_or("", |(_, ending)| ending);
    ["yaml", "yml"]
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// Whether a file is one to look into: YAML, and not of a tool that keeps its own files in the repository.
fn is_of_interest(path: &str) -> bool {
    is_yaml(path)
        && !path
            .split('/')
            .any(|part| matches!(part, ".git" | ".github" | ".storage" | "node_modules"))
}

fn file(walk: &mut Walk, library: &mut Library<'_>, path: &str) {
    let Some(shelved) = library.open(path) else { return };
    for root in Place::roots(&shelved) {
        let look = root.look(library);
        match look.view {
            View::List(_) => walk.found.collect(library, &root, Shape::Plain),
            View::Map(fields) => mapping(walk, library, &root, fields),
            View::Text(_) | View::Nothing => {}
        }
    }
}

/// A file that is one mapping: an automation, a package or old configuration, or a mapping from names to either.
fn mapping(walk: &mut Walk, library: &mut Library<'_>, root: &Place, fields: Vec<Field>) {
    if fields.iter().any(|field| &*field.key == "blueprint") {
        return;
    }
    if shape(&fields) == Shape::Plain {
        walk.found.collect(library, root, Shape::Plain);
    } else if fields
        .iter()
        .any(|field| matches!(domain(&field.key), "automation" | "homeassistant"))
    {
        walk.integrations(library, fields, Shape::Plain);
    } else {
        named(walk, library, fields);
    }
}

/// A mapping from names to automations, as for `!include_dir_merge_named`, or from names to packages.
fn named(walk: &mut Walk, library: &mut Library<'_>, fields: Vec<Field>) {
    for field in fields {
        let View::Map(inner) = field.value.look(library).view else {
            continue;
        };
        if inner.iter().any(|field| domain(&field.key) == "automation") {
            walk.integrations(library, inner, Shape::Plain);
        } else if is_started(&inner) {
            single(&mut walk.found, library, &field.value);
        }
    }
}

/// Whether a mapping says what starts it. Under a name, a blueprint may as well be a script's.
fn is_started(fields: &[Field]) -> bool {
    fields
        .iter()
        .any(|field| matches!(&*field.key, "trigger" | "triggers"))
}

fn single(found: &mut Found, library: &mut Library<'_>, value: &Place) {
    found.collect(library, value, Shape::Plain);
}
