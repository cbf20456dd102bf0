//! What an automation does: the actions it calls by name.

use std::collections::{BTreeSet, HashSet};

use super::library::Library;
use super::place::{Field, Place, View};
use super::template::is_template;

/// The keys under which an action has further actions. `if` holds conditions, `wait_for_trigger` triggers and `data`
/// whatever the called action wants (notifications have an `action:` in it), so none of those is entered.
const NESTED: [&str; 7] = [
    "choose", "default", "then", "else", "repeat", "parallel", "sequence",
];

/// The keys that name the action to call, newest first.
const NAMING: [&str; 3] = ["action", "service", "service_template"];

/// The names of the actions that a value calls, literal ones only, each once, sorted.
pub(super) fn calls(library: &mut Library<'_>, values: Vec<Place>) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut calls = BTreeSet::new();
    let mut waiting = values;
    while let Some(place) = waiting.pop() {
        if !seen.insert(place.identity()) {
            continue;
        }
        match place.look(library).view {
            View::List(items) => waiting.extend(items),
            View::Map(fields) => {
                calls.extend(call(library, &fields));
                let nested = fields
                    .into_iter()
                    .filter(|field| !field.shadowed && NESTED.contains(&&*field.key));
                waiting.extend(nested.map(|field| field.value));
            }
            View::Text(_) | View::Nothing => {}
        }
    }
    calls.into_iter().collect()
}

/// The action that one item calls by name.
fn call(library: &mut Library<'_>, fields: &[Field]) -> Option<String> {
    let naming = |key: &&str| fields.iter().find(|field| !field.shadowed && *field.key == **key);
    let name = NAMING.iter().find_map(naming)?.value.look(library).text()?;
    let name = name.trim();
    // Home Assistant takes names in any case, and calls the small one.
    (!is_template(name) && is_action_name(name)).then(|| name.to_ascii_lowercase())
}

/// `domain.action`, both of letters, digits and `_`.
fn is_action_name(name: &str) -> bool {
    let slug = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    name.split_once('.')
        .is_some_and(|(domain, action)| slug(domain) && slug(action))
}
