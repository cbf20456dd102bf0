//! What an automation looks like, told from its keys alone.

use super::place::Field;

/// The keys by which Home Assistant knows an automation, old and new.
const KNOWN: [&str; 22] = [
    "id",
    "alias",
    "description",
    "mode",
    "max",
    "max_exceeded",
    "trace",
    "initial_state",
    "hide_entity",
    "enabled",
    "variables",
    "trigger_variables",
    "trigger",
    "triggers",
    "condition",
    "conditions",
    "condition_type",
    "action",
    "actions",
    "stored_traces",
    "category",
    "labels",
];

/// Keys that only the items of a `template:` list have, which otherwise have triggers and actions like an automation.
const TEMPLATE: [&str; 20] = [
    "alarm_control_panel",
    "binary_sensor",
    "button",
    "cover",
    "device_tracker",
    "event",
    "fan",
    "image",
    "light",
    "lock",
    "number",
    "select",
    "sensor",
    "sequence",
    "switch",
    "text",
    "unique_id",
    "update",
    "vacuum",
    "weather",
];

/// How sure one can be, from its keys, that a mapping is an automation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Shape {
    /// It is none.
    Other,
    /// It has something of one: enough where Home Assistant expects nothing else.
    Possible,
    /// It could be nothing else, wherever it stands.
    Plain,
}

/// Judges a mapping by its keys.
pub(super) fn shape(fields: &[Field]) -> Shape {
    let has = |keys: &[&str]| fields.iter().any(|field| keys.contains(&&*field.key));
    if has(&["blueprint"]) {
        return Shape::Other;
    }
    let (starts, acts) = (has(&["trigger", "triggers"]), has(&["action", "actions"]));
    let (made, named) = (has(&["use_blueprint"]), has(&["id", "alias"]));
    let template = has(&TEMPLATE);
    let known = || fields.iter().all(|field| KNOWN.contains(&&*field.key));
    if !template && ((starts && acts && (named || known())) || (made && named)) {
        Shape::Plain
    } else if starts || acts || made {
        Shape::Possible
    } else {
        Shape::Other
    }
}
