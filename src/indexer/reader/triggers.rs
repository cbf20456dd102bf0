//! What starts an automation: the kinds of its triggers.

use std::collections::HashSet;

use super::library::Library;
use super::place::{Place, View};
use super::template::is_template;

/// The literal kinds (`state`, `zone.occupancy_detected`) of the triggers in a value, each once, in the order written.
///
/// A kind is said by `platform:` or, newer, `trigger:`; a trigger may hold others under `triggers:`.
pub(super) fn types(library: &mut Library<'_>, values: Vec<Place>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut types: Vec<String> = Vec::new();
    let mut waiting: Vec<Place> = values.into_iter().rev().collect();
    while let Some(place) = waiting.pop() {
        if !seen.insert(place.identity()) {
            continue;
        }
        match place.look(library).view {
            View::List(items) => waiting.extend(items.into_iter().rev()),
            View::Map(fields) => {
                let mut kind = None;
                for field in fields.into_iter().rev().filter(|field| !field.shadowed) {
                    match &*field.key {
                        "platform" => kind = literal(library, &field.value).or(kind),
                        "trigger" | "triggers" => match field.value.look(library).view {
                            View::Text(text) => kind = kind.or_else(|| named(&text)),
                            _ => waiting.push(field.value),
                        },
                        _ => {}
                    }
                }
                types.extend(kind);
            }
            View::Text(_) | View::Nothing => {}
        }
    }
    let mut once = HashSet::new();
    types.retain(|kind| once.insert(kind.clone()));
    types
}

fn literal(library: &mut Library<'_>, value: &Place) -> Option<String> {
    named(&value.look(library).text()?)
}

/// A kind's name; a template's value is known only when it runs.
fn named(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && !is_template(text)).then(|| text.to_owned())
}
