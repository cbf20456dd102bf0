//! The five include tags by Home Assistant's rules.

use super::{aliases, named, read, warnings};

#[test]
fn a_single_file_is_seen_from_the_including_file() {
    let reading = read(&[
        ("config/configuration.yaml", "automation: !include parts/all.yml"),
        ("config/parts/all.yml", "!include more/a.yaml"),
        ("config/parts/more/a.yaml", &named("Deep")),
    ]);
    assert_eq!(
        (aliases(&reading), reading.warnings.len(), reading.files_read),
        (vec!["Deep"], 0, 3)
    );
}

#[test]
fn a_folder_as_a_list_has_one_automation_a_file() {
    let single = "alias: One\ntrigger: []\naction: []\n";
    let reading = read(&[
        ("configuration.yaml", "automation: !include_dir_list auto"),
        ("auto/one.yaml", single),
        ("auto/sub/list.yaml", &named("Loose")),
    ]);
    assert_eq!(aliases(&reading), ["One", "Loose"]);
}

#[test]
fn a_folder_merged_has_the_lists_of_its_files() {
    let reading = read(&[
        (
            "configuration.yaml",
            "automation manual: !include_dir_merge_list auto/\nautomation ui: !include ui.yaml",
        ),
        ("auto/b.yaml", &named("B")),
        ("auto/a/a.yaml", &named("A")),
        ("ui.yaml", &named("Ui")),
    ]);
    assert_eq!(aliases(&reading), ["A", "B", "Ui"]);
}

#[test]
fn folders_by_name_are_taken_although_home_assistant_wants_lists() {
    let reading = read(&[
        (
            "configuration.yaml",
            "automation: !include_dir_named auto\nautomation 2: !include_dir_merge_named merged",
        ),
        ("auto/action.yaml", "trigger: []\naction: []\nalias: Named\n"),
        (
            "merged/x.yaml",
            "first:\n  alias: Merged\n  trigger: []\n  action: []\n",
        ),
    ]);
    assert_eq!(aliases(&reading), ["Named", "Merged"]);
}

#[test]
fn hidden_files_and_other_endings_are_not_included_but_plain_automations_are_found_all_the_same() {
    let partial = "trigger: []\n";
    let reading = read(&[
        ("configuration.yaml", "automation: !include_dir_list auto"),
        ("auto/seen.yaml", partial),
        ("auto/.hidden.yaml", partial),
        ("auto/.folder/x.yaml", partial),
        ("auto/other.yml", partial),
        ("auto/plain.yml", &named("Plain")),
    ]);
    let paths: Vec<_> = reading
        .automations
        .iter()
        .map(|a| a.source_file_path.as_str())
        .collect();
    assert_eq!(paths, ["auto/plain.yml", "auto/seen.yaml"]);
}

#[test]
fn an_absolute_path_is_seen_from_the_folder_of_the_configuration() {
    let reading = read(&[
        (
            "home/configuration.yaml",
            "automation: !include_dir_list /config/auto\nhomeassistant: !include x/core.yaml",
        ),
        ("home/auto/a.yaml", "trigger: []\nalias: A\n"),
        ("home/x/core.yaml", "packages:\n  p: !include /config/p.yaml"),
        ("home/x/p.yaml", "automation:\n  trigger: []\n  alias: Wrong\n"),
        ("home/p.yaml", "automation:\n  trigger: []\n  alias: Right\n"),
    ]);
    assert_eq!(aliases(&reading), ["A", "Right"]);
}

#[test]
fn includes_inside_an_automation_are_followed() {
    let reading = read(&[
        (
            "automations.yaml",
            "- alias: A\n  triggers: !include_dir_list t\n  actions:\n    - !include a.yaml\n",
        ),
        ("t/one.yaml", "trigger: sun\n"),
        ("t/two.yaml", "- trigger: time\n"),
        ("a.yaml", "- action: light.toggle\n"),
    ]);
    assert_eq!(reading.automations[0].trigger_types, ["sun", "time"]);
    assert_eq!(reading.automations[0].action_calls, ["light.toggle"]);
}

#[test]
fn secrets_are_never_opened_whatever_includes_them() {
    let secret = "- alias: Stolen\n  trigger: []\n  action: []\n";
    let reading = read(&[
        (
            "configuration.yaml",
            "automation: !include secrets.yaml\nautomation b: !include_dir_merge_list auto\nautomation c: !include ../secrets.yaml",
        ),
        ("secrets.yaml", secret),
        ("auto/secrets.yaml", secret),
        ("auto/a.yaml", &named("A")),
    ]);
    assert_eq!((aliases(&reading), reading.files_read), (vec!["A"], 2));
    assert_eq!(warnings(&reading).len(), 2);
    assert!(
        warnings(&reading)
            .iter()
            .all(|w| w.starts_with("configuration.yaml: includes") && w.contains("secrets"))
    );
}

#[test]
fn a_cycle_of_includes_is_named_and_cut() {
    let reading = read(&[
        (
            "configuration.yaml",
            "automation a: !include a.yaml\nautomation b: !include good.yaml\nautomation c: !include configuration.yaml",
        ),
        ("a.yaml", "- !include b.yaml"),
        ("b.yaml", "!include a.yaml"),
        ("good.yaml", &named("Good")),
    ]);
    assert_eq!(aliases(&reading), ["Good"]);
    let cycles = [
        "b.yaml: includes a.yaml, which includes it in turn",
        "configuration.yaml: includes configuration.yaml, which includes it in turn",
    ];
    assert!(
        cycles
            .iter()
            .all(|cycle| warnings(&reading).iter().any(|w| w == cycle)),
        "{:?}",
        warnings(&reading)
    );
}

#[test]
fn what_is_not_there_is_named_with_the_file_that_wants_it() {
    let reading = read(&[(
        "configuration.yaml",
        "automation: !include_dir_list nowhere\nautomation 2: !include ../out.yaml",
    )]);
    assert_eq!(
        warnings(&reading),
        [
            "configuration.yaml: includes ../out.yaml, which is not there",
            "configuration.yaml: includes nowhere, which is not there",
        ]
    );
}

#[test]
fn what_two_includes_reach_is_listed_once() {
    let reading = read(&[
        (
            "configuration.yaml",
            "automation: !include a.yaml\nautomation 2: !include a.yaml",
        ),
        ("old/configuration.yaml", "automation: !include ../a.yaml"),
        ("a.yaml", &named("A")),
    ]);
    assert_eq!(aliases(&reading), ["A"]);
}
