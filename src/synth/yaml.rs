//! The YAML text of a made-up automation: it says what the fields say, in the words Home Assistant's editor writes.

use std::fmt::Write as _;

use super::random::Random;
use super::words::Vocabulary;
use crate::model::Automation;

/// Writes the automation as one item of a list. (Writing to a `String` cannot fail: the results are dropped.)
pub(super) fn write(automation: &Automation, vocabulary: &Vocabulary, random: &mut Random) -> String {
    let mut text = String::with_capacity(1_024);
    head(&mut text, automation);
    if let Some(path) = &automation.blueprint_path {
        let target = entity("light", vocabulary, random);
        let minutes = random.between(1, 30);
        let _ = write!(text, "  use_blueprint:\n    path: {path}\n    input:\n");
        let _ = write!(
            text,
            "      target_light:\n        entity_id: {target}\n      no_motion_wait: {minutes}\n"
        );
    }
    text.push_str("  triggers:\n");
    for kind in &automation.trigger_types {
        let _ = write!(text, "  - trigger: {kind}\n    ");
        trigger_detail(&mut text, kind, vocabulary, random);
    }
    conditions(&mut text, vocabulary, random);
    text.push_str("  actions:\n");
    for call in &automation.action_calls {
        action(&mut text, call, vocabulary, random);
    }
    text.push_str("  mode: single\n");
    text
}

/// An entity's id: `light.keuken_lamp_2`.
pub(super) fn entity(domain: &str, vocabulary: &Vocabulary, random: &mut Random) -> String {
    let (first, second) = (vocabulary.slug(random), vocabulary.slug(random));
    format!("{domain}.{first}_{second}_{}", random.between(1, 9))
}

fn head(text: &mut String, automation: &Automation) {
    let mut lead = "- ";
    for (key, value) in [
        ("id", &automation.automation_id),
        ("alias", &automation.alias),
        ("description", &automation.description),
    ] {
        if let Some(value) = value {
            // No word of the vocabulary has a quote or a backslash.
            let _ = writeln!(text, "{lead}{key}: \"{value}\"");
            lead = "  ";
        }
    }
}

fn trigger_detail(text: &mut String, kind: &str, vocabulary: &Vocabulary, random: &mut Random) {
    let _ = match kind {
        "time" => writeln!(text, "at: \"{:02}:{:02}:00\"", random.below(24), random.below(60)),
        "sun" => writeln!(
            text,
            "event: {}\n    offset: \"00:{:02}:00\"",
            random.pick(&["sunset", "sunrise"]),
            random.below(60)
        ),
        "numeric_state" => {
            let sensor = entity("sensor", vocabulary, random);
            writeln!(text, "entity_id: {sensor}\n    above: {}", random.between(5, 95))
        }
        "template" => {
            let sensor = entity("binary_sensor", vocabulary, random);
            writeln!(text, "value_template: \"{{{{ is_state('{sensor}', 'on') }}}}\"")
        }
        _ => {
            let sensor = entity("binary_sensor", vocabulary, random);
            writeln!(
                text,
                "entity_id: {sensor}\n    to: \"{}\"",
                random.pick(&["on", "off", "home", "open"])
            )
        }
    };
}

fn conditions(text: &mut String, vocabulary: &Vocabulary, random: &mut Random) {
    if random.chance(40) {
        text.push_str("  conditions: []\n");
        return;
    }
    text.push_str("  conditions:\n");
    for _ in 0..random.between(1, 2) {
        let watched = entity("input_boolean", vocabulary, random);
        let _ = write!(
            text,
            "  - condition: state\n    entity_id: {watched}\n    state: \"on\"\n"
        );
    }
}

fn action(text: &mut String, call: &str, vocabulary: &Vocabulary, random: &mut Random) {
    let domain = call.split_once('.').map_or(call, |(domain, _)| domain);
    let target = entity(domain, vocabulary, random);
    let _ = write!(
        text,
        "  - action: {call}\n    target:\n      entity_id: {target}\n"
    );
    match domain {
        "light" => {
            let _ = write!(
                text,
                "    data:\n      brightness_pct: {}\n",
                random.between(1, 100)
            );
        }
        "notify" | "tts" | "persistent_notification" => {
            let count = random.between(4, 10);
            let message = vocabulary.phrase(count, random);
            let _ = write!(text, "    data:\n      message: \"{message}\"\n");
        }
        _ => {}
    }
}
