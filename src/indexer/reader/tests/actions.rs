//! What an automation calls, through every construct that nests actions.

use super::read_one;

fn calls(actions: &str) -> Vec<String> {
    let indented = actions.replace('\n', "\n    ");
    read_one(&format!("- alias: A\n  trigger: []\n  action:\n    {indented}\n")).action_calls
}

#[test]
fn old_and_new_words_mean_the_same() {
    for word in ["service", "action", "service_template"] {
        assert_eq!(calls(&format!("- {word}: light.turn_on")), ["light.turn_on"]);
        assert_eq!(
            calls(&format!("{word}: light.turn_on\ndata: {{}}")),
            ["light.turn_on"]
        );
    }
    assert_eq!(
        read_one("- alias: A\n  triggers: []\n  actions:\n    - action: Light.Turn_On\n").action_calls,
        ["light.turn_on"]
    );
}

#[test]
fn calls_are_sorted_and_each_named_once() {
    assert_eq!(
        calls("- service: z.z\n- service: a.a\n- service: z.z"),
        ["a.a", "z.z"]
    );
}

#[test]
fn every_construct_that_nests_actions_is_entered() {
    let table = [
        (
            "choose:\n  - conditions: []\n    sequence:\n      - service: a.b",
            "a choice",
        ),
        (
            "- choose:\n    conditions: []\n    sequence:\n      service: a.b",
            "a single choice",
        ),
        ("- choose: []\n  default:\n    - service: a.b", "default"),
        ("- if: []\n  then:\n    - service: a.b", "then"),
        ("- if: []\n  then: []\n  else:\n    service: a.b", "else"),
        (
            "- repeat:\n    count: 3\n    sequence:\n      - service: a.b",
            "repeat",
        ),
        (
            "- repeat:\n    for_each: [1]\n    sequence:\n      - - service: a.b",
            "a list in a list",
        ),
        ("- parallel:\n    - service: a.b", "parallel"),
        (
            "- parallel:\n    - sequence:\n        - service: a.b",
            "a sequence in parallel",
        ),
        ("- sequence:\n    - service: a.b", "sequence"),
        ("- - - service: a.b", "lists"),
        ("- enabled: false\n  service: a.b", "disabled"),
        (
            "- choose:\n    - sequence:\n        - if: x\n          then:\n            - repeat:\n                until: []\n                sequence:\n                  - parallel:\n                      - service: a.b",
            "all of them",
        ),
    ];
    for (actions, what) in table {
        assert_eq!(calls(actions), ["a.b"], "{what}");
    }
}

#[test]
fn what_only_looks_like_a_call_is_none() {
    let table = [
        ("- service: '{{ x }}.turn_on'", "a template"),
        (
            "- service_template: >\n    {% if x %} a.b {% else %} c.d {% endif %}",
            "a template in a block",
        ),
        ("- service: !input action", "an input"),
        (
            "- device_id: x\n  domain: light\n  type: turn_on",
            "a device action",
        ),
        ("- event: some.event\n  event_data:\n    action: a.b", "an event"),
        ("- scene: scene.movie", "a scene"),
        ("- delay: 5\n- wait_template: '{{ x }}'\n- stop: x", "waiting"),
        (
            "- wait_for_trigger:\n    - platform: state\n      action: a.b",
            "a trigger",
        ),
        (
            "- if:\n    - condition: state\n      action: a.b\n  then: []",
            "a condition",
        ),
        ("- variables:\n    action: a.b", "a variable"),
        ("- a.b", "text"),
        ("- service: turn_on", "half a name"),
        ("-", "nothing"),
    ];
    for (actions, what) in table {
        assert_eq!(calls(actions), Vec::<String>::new(), "{what}");
    }
}

#[test]
fn the_buttons_of_a_notification_are_not_entered() {
    let notification = "- service: notify.phone\n  data:\n    data:\n      actions:\n        - action: lock.open\n          title: x";
    assert_eq!(calls(notification), ["notify.phone"]);
}
