//! What is an automation and what only looks like one, where no configuration says so.

use super::{aliases, named, read, read_one};

const NONE: [&str; 0] = [];

#[test]
fn loose_files_hold_lists_mappings_packages_and_names() {
    let plain = "trigger: []\n  action: []\n";
    let reading = read(&[
        ("a/list.yaml", &named("List")),
        ("b/single.yml", "alias: Single\ntrigger: []\naction: []\n"),
        (
            "c/package.yaml",
            &format!("automation:\n- alias: Package\n  {plain}"),
        ),
        (
            "d/labelled.yaml",
            &format!("automation x:\n- alias: Labelled\n  {plain}"),
        ),
        ("e/named.yaml", &format!("first:\n  alias: Named\n  {plain}")),
        (
            "f/packages.yaml",
            "room:\n  automation:\n    alias: Room\n    trigger: []\n    action: []\n",
        ),
        (
            "g/nested.yaml",
            &format!("- - alias: Nested\n    trigger: []\n    action: []\n- alias: Beside\n  {plain}"),
        ),
    ]);
    assert_eq!(
        aliases(&reading),
        [
            "List", "Single", "Package", "Labelled", "Named", "Room", "Nested", "Beside"
        ]
    );
}

#[test]
fn what_has_only_part_of_an_automation_is_none_unless_a_configuration_says_so() {
    let text = "- alias: Half\n  trigger: []\n";
    assert_eq!(aliases(&read(&[("loose.yaml", text)])), NONE);
    assert_eq!(read_one(text).alias.as_deref(), Some("Half"));
}

#[test]
fn other_tools_files_are_none() {
    let files = [
        (
            ".github/workflows/ci.yml",
            "name: x\non: [push]\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n",
        ),
        ("docker-compose.yml", "services:\n  ha:\n    image: x\n"),
        (
            "esphome/lamp.yaml",
            "esphome:\n  name: x\nbinary_sensor:\n  - platform: gpio\n    on_press:\n      then:\n        - light.toggle: a\n",
        ),
        (
            "ui-lovelace.yaml",
            "views:\n  - cards:\n      - type: button\n        tap_action:\n          action: call-service\n          service: light.toggle\n",
        ),
        (
            "zigbee2mqtt/configuration.yaml",
            "mqtt:\n  server: x\ndevices:\n  '0x00': {friendly_name: a}\n",
        ),
        (
            "blueprints/automation/x/y.yaml",
            "blueprint:\n  name: x\n  domain: automation\ntrigger: []\naction: []\n",
        ),
        (
            "scripts.yaml",
            "a:\n  alias: S\n  sequence:\n    - service: light.toggle\n",
        ),
        (
            "scripts2.yaml",
            "a:\n  alias: S\n  use_blueprint:\n    path: x.yaml\n",
        ),
        ("scenes.yaml", "- id: '1'\n  name: s\n  entities: {}\n"),
        (
            "templates.yaml",
            "- trigger:\n    - platform: state\n  action:\n    - service: weather.get_forecasts\n  sensor:\n    - name: x\n- trigger: []\n  actions: []\n  alarm_control_panel: []\n  alias: x\n",
        ),
        ("apps.yaml", "lights:\n  module: x\n  class: Y\n  trigger: a\n"),
        (
            "alerts.yaml",
            "groups:\n  - name: x\n    rules:\n      - alert: y\n        action: z\n",
        ),
    ];
    assert_eq!(aliases(&read(&files)), NONE);
}

#[test]
fn what_a_configuration_gives_to_templates_is_none() {
    let reading = read(&[
        (
            "configuration.yaml",
            "template: !include_dir_merge_list t\nautomation: !include a.yaml",
        ),
        ("t/x.yaml", "- alias: T\n  trigger: []\n  action: []\n"),
        ("a.yaml", &named("A")),
    ]);
    assert_eq!(aliases(&reading), ["A"]);
}

#[test]
fn a_shadowed_key_counts() {
    let text = "automation:\n  - alias: First\n    trigger: []\n    action: []\nautomation:\n  - alias: Second\n    trigger: []\n    action: []\n";
    assert_eq!(
        aliases(&read(&[("configuration.yaml", text)])),
        ["First", "Second"]
    );
}

#[test]
fn ids_and_names_are_text_whatever_yaml_makes_of_them() {
    let automation =
        read_one("- id: 1587654321000\n  alias: 12\n  description: yes\n  trigger: []\n  action: []\n");
    assert_eq!(automation.automation_id.as_deref(), Some("1587654321000"));
    assert_eq!(automation.alias.as_deref(), Some("12"));
    assert_eq!(automation.description.as_deref(), Some("yes"));
}

#[test]
fn a_name_that_is_null_secret_or_missing_is_none() {
    for alias in ["", "~", "null", "!secret name", "[a]"] {
        assert_eq!(
            read_one(&format!("- alias: {alias}\n  trigger: []\n  action: []\n")).alias,
            None,
            "{alias}"
        );
    }
    assert_eq!(
        read_one("- alias: 'null'\n  trigger: []\n  action: []\n")
            .alias
            .as_deref(),
        Some("null")
    );
}
