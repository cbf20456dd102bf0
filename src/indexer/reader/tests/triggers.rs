//! The kinds of an automation's triggers.

use super::read_one;

fn types(triggers: &str) -> Vec<String> {
    read_one(&format!("- alias: T\n{triggers}\n  action: []\n")).trigger_types
}

#[test]
fn old_and_new_words_mean_the_same() {
    assert_eq!(types("  trigger:\n    platform: state"), ["state"]);
    assert_eq!(
        types("  trigger:\n    - platform: state\n    - platform: time"),
        ["state", "time"]
    );
    assert_eq!(
        types("  triggers:\n    - trigger: zone.occupancy_detected\n    - platform: sun"),
        ["zone.occupancy_detected", "sun"]
    );
    assert_eq!(types("  triggers:\n    trigger: mqtt"), ["mqtt"]);
}

#[test]
fn each_kind_is_named_once_in_the_order_written() {
    assert_eq!(
        types("  trigger:\n    - platform: time\n    - platform: state\n    - platform: time"),
        ["time", "state"]
    );
}

#[test]
fn lists_in_lists_and_triggers_in_triggers_are_opened() {
    let nested = "  triggers:\n    - triggers:\n        - trigger: sun\n        - triggers: {trigger: tag}\n    - - platform: state\n    - trigger: time";
    assert_eq!(types(nested), ["sun", "tag", "state", "time"]);
}

#[test]
fn a_kind_that_is_a_template_missing_or_disabled_costs_only_itself() {
    let odd = "  trigger:\n    - platform: '{{ kind }}'\n    - entity_id: a.b\n    - platform:\n    - platform: !input x\n    - just text\n    -\n    - platform: device\n      enabled: false\n      type: turned_on";
    assert_eq!(types(odd), ["device"]);
}

#[test]
fn of_a_key_written_twice_the_last_counts() {
    assert_eq!(
        types("  trigger:\n    platform: state\n  trigger:\n    platform: sun"),
        ["sun"]
    );
}

#[test]
fn no_triggers_are_no_kinds() {
    for none in [
        "  trigger: []",
        "  trigger:",
        "  trigger: '{{ x }}'",
        "  triggers: {}",
    ] {
        assert_eq!(types(none), Vec::<String>::new(), "{none}");
    }
}
