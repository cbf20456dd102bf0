//! A mapping that is an automation, as an [`Automation`]: every text in it masked.

use super::actions;
use super::library::Library;
use super::mask::mask_text;
use super::place::{Field, Place, View};
use super::source;
use super::triggers;
use super::warning::WarningReason;
use crate::model::Automation;

/// Reads one automation; none when its file's room for being looked at is used up.
pub(super) fn read(library: &mut Library<'_>, place: &Place) -> Option<Automation> {
    let View::Map(fields) = place.look(library).view else {
        return None;
    };
    let document = place.document();
    let node = document.node(place.node);
    let line = |byte| Some(document.lines.line_of(byte));
    Some(Automation {
        automation_id: text(library, &fields, "id"),
        alias: text(library, &fields, "alias"),
        description: text(library, &fields, "description"),
        trigger_types: masked(triggers::types(library, values(&fields, ["triggers", "trigger"]))),
        action_calls: masked(actions::calls(library, values(&fields, ["actions", "action"]))),
        blueprint_path: blueprint(library, &fields),
        source_file_path: document.path.clone(),
        start_line: line(node.start),
        end_line: line(node.end.saturating_sub(1).max(node.start)),
        source: source(library, place),
    })
}

/// Its YAML text; none, with a warning, when automations inside one another would repeat the file's text many times.
fn source(library: &mut Library<'_>, place: &Place) -> Option<String> {
    let document = place.document();
    let span = source::span(document, place.node);
    if place.shelved.quote(span.len()) {
        return Some(source::text(document, place.node, span));
    }
    library.warnings.add(&document.path, WarningReason::RepeatedText);
    None
}

/// The value of a key.
fn value<'f>(fields: &'f [Field], key: &str) -> Option<&'f Place> {
    fields
        .iter()
        .find(|field| !field.shadowed && &*field.key == key)
        .map(|field| &field.value)
}

/// The values of two spellings of a key.
fn values(fields: &[Field], keys: [&str; 2]) -> Vec<Place> {
    keys.iter()
        .filter_map(|key| value(fields, key))
        .cloned()
        .collect()
}

/// The text of a key's value, masked.
fn text(library: &mut Library<'_>, fields: &[Field], key: &str) -> Option<String> {
    let text = value(fields, key)?.look(library).text()?;
    Some(mask_text(&text).into_owned())
}

/// The path of the blueprint it is made from.
fn blueprint(library: &mut Library<'_>, fields: &[Field]) -> Option<String> {
    let View::Map(inner) = value(fields, "use_blueprint")?.look(library).view else {
        return None;
    };
    text(library, &inner, "path")
}

fn masked(texts: Vec<String>) -> Vec<String> {
    texts
        .into_iter()
        .map(|text| mask_text(&text).into_owned())
        .collect()
}
