//! Packages, in each of their forms.

use super::{aliases, named, read};

/// A package whose automation needs the configuration's word that it is one.
fn package(alias: &str) -> String {
    format!("automation:\n  - alias: {alias}\n    trigger: []\nlight: []\n")
}

#[test]
fn packages_as_a_mapping_hold_mappings_and_files() {
    let reading = read(&[
        (
            "configuration.yaml",
            "homeassistant:\n  packages:\n    a:\n      automation:\n        alias: A\n        trigger: []\n    b: !include b.yaml\n",
        ),
        ("b.yaml", &package("B")),
    ]);
    assert_eq!(aliases(&reading), ["B", "A"]);
}

#[test]
fn packages_come_from_folders_by_name() {
    let reading = read(&[
        ("configuration.yaml", "homeassistant: !include core.yaml"),
        ("core.yaml", "packages: !include_dir_named packages"),
        ("packages/a.yaml", &package("A")),
        ("packages/room/b.yaml", &package("B")),
    ]);
    assert_eq!(aliases(&reading), ["A", "B"]);
}

#[test]
fn packages_come_from_folders_merged() {
    let reading = read(&[
        (
            "configuration.yaml",
            "homeassistant:\n  packages: !include_dir_merge_named packages/",
        ),
        (
            "packages/x.yaml",
            "one:\n  automation night:\n    - alias: A\n      trigger: []\ntwo:\n  automation: !include ../b.yaml\n",
        ),
        ("b.yaml", &named("B")),
    ]);
    assert_eq!(aliases(&reading), ["B", "A"]);
}

#[test]
fn a_configuration_split_into_files_is_read_as_one() {
    let reading = read(&[
        ("configuration.yaml", "!include main.yaml"),
        (
            "main.yaml",
            "homeassistant:\n  packages:\n    inner:\n      homeassistant:\n        packages:\n          x: !include x.yaml\n",
        ),
        ("x.yaml", &package("Inner")),
    ]);
    assert_eq!(aliases(&reading), ["Inner"]);
}

#[test]
fn several_configurations_in_one_repository_are_all_read() {
    let reading = read(&[
        ("configuration.yaml", "automation: !include automations.yaml"),
        ("automations.yaml", &named("Root")),
        (
            "cabin/config/configuration.yaml",
            "automation: !include automations.yaml",
        ),
        ("cabin/config/automations.yaml", &named("Cabin")),
    ]);
    assert_eq!(aliases(&reading), ["Root", "Cabin"]);
}

#[test]
fn scripts_and_scenes_of_a_package_are_no_automations() {
    let text = "script:\n  a:\n    alias: S\n    use_blueprint: {path: s.yaml}\nscene:\n  - name: n\n    entities: {}\ntemplate:\n  - trigger: []\n    action: []\n    sensor: []\n";
    let reading = read(&[
        (
            "configuration.yaml",
            "homeassistant:\n  packages:\n    a: !include a.yaml",
        ),
        ("a.yaml", text),
    ]);
    assert_eq!(aliases(&reading), Vec::<&str>::new());
}
