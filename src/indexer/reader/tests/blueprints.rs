//! Automations made from blueprints.

use super::{read, read_one};

#[test]
fn the_path_is_kept_as_written_and_inputs_are_no_actions() {
    let automation = read_one(
        "- alias: B\n  use_blueprint:\n    path: owner/motion.yaml\n    input:\n      trigger: []\n      action:\n        - service: light.turn_on\n      t: !input x\n",
    );
    assert_eq!(automation.blueprint_path.as_deref(), Some("owner/motion.yaml"));
    assert!(automation.trigger_types.is_empty() && automation.action_calls.is_empty());
}

#[test]
fn loose_automations_from_blueprints_are_found_by_their_name_or_id() {
    let text = "- id: a\n  use_blueprint: {path: x.yaml}\n- use_blueprint: {path: unnamed.yaml}\n";
    let reading = read(&[("old/automations.yaml", text)]);
    let paths: Vec<_> = reading
        .automations
        .iter()
        .map(|a| a.blueprint_path.as_deref())
        .collect();
    assert_eq!(paths, [Some("x.yaml")]);
}

#[test]
fn a_blueprint_that_is_no_mapping_has_no_path() {
    assert_eq!(
        read_one("- alias: B\n  use_blueprint: x.yaml\n").blueprint_path,
        None
    );
}
