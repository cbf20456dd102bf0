//! What YAML has besides mappings and lists: tags, anchors, merges, duplicates, documents, and errors.

use super::{aliases, named, read, read_one, warnings};

#[test]
fn unknown_tags_never_lose_a_file() {
    let text = "- alias: !what A\n  variables: !lambda |\n    return 1;\n  x: !!binary aGk=\n  y: !<tag:x> [!env_var HOME, !input a]\n  trigger: !special\n    - platform: state\n  action: []\n";
    let automation = read_one(text);
    assert_eq!(automation.trigger_types, ["state"]);
}

#[test]
fn a_broken_file_costs_only_itself() {
    let broken = "- alias: 'Broken\n  trigger: [}\n";
    let reading = read(&[
        ("configuration.yaml", "automation: !include_dir_merge_list auto"),
        ("auto/a.yaml", &named("A")),
        ("auto/b.yaml", broken),
        ("auto/c.yaml", &named("C")),
    ]);
    assert_eq!(aliases(&reading), ["A", "C"]);
    assert_eq!(reading.warnings.len(), 1);
    assert!(
        warnings(&reading)[0].starts_with("auto/b.yaml: line "),
        "{:?}",
        warnings(&reading)
    );
}

#[test]
fn anchors_and_merges_are_taken_in() {
    let text = concat!(
        "- &base\n  alias: Base\n  trigger: &t\n    - platform: sun\n  action: &a\n    - service: light.turn_on\n",
        "- <<: *base\n  alias: Child\n  action:\n    - *a\n    - service: light.turn_off\n",
        "- alias: Third\n  <<: [{trigger: {platform: tag}}, *base]\n  mode: single\n",
    );
    let reading = read(&[("automations.yaml", text)]);
    assert_eq!(aliases(&reading), ["Base", "Child", "Third"]);
    let [_, child, third] = &reading.automations[..] else {
        unreachable!("three were just counted")
    };
    assert_eq!(
        (&child.trigger_types[..], &child.action_calls[..]),
        (
            &["sun".to_owned()][..],
            &["light.turn_off".to_owned(), "light.turn_on".to_owned()][..]
        )
    );
    assert_eq!(third.trigger_types, ["tag"]);
}

#[test]
fn an_alias_repeats_no_automation() {
    let text =
        "automation:\n  - &a\n    alias: A\n    trigger: []\n    action: []\n  - *a\nautomation 2: [*a]\n";
    assert_eq!(aliases(&read(&[("configuration.yaml", text)])), ["A"]);
}

#[test]
fn an_unknown_alias_costs_the_file() {
    let reading = read(&[
        ("a.yaml", "- alias: A\n  trigger: *gone\n  action: []\n"),
        ("b.yaml", &named("B")),
    ]);
    assert_eq!((aliases(&reading), reading.warnings.len()), (vec!["B"], 1));
}

#[test]
fn of_a_duplicate_key_the_last_counts() {
    assert_eq!(
        read_one("- alias: A\n  alias: B\n  trigger: []\n  action: []\n")
            .alias
            .as_deref(),
        Some("B")
    );
}

#[test]
fn every_document_of_a_file_is_read() {
    let text = format!(
        "---\n{}---\n{}...\n---\nautomation:\n{}",
        named("A"),
        named("B"),
        named("C")
    );
    let reading = read(&[("automations.yaml", &text)]);
    assert_eq!(aliases(&reading), ["A", "B", "C"]);
    assert_eq!(warnings(&reading), ["automations.yaml: 3 documents in one file"]);
}

#[test]
fn empty_files_and_files_of_comments_hold_nothing() {
    for text in [
        "",
        "\n\n",
        "# only a comment\n",
        "---\n",
        "---\n...\n",
        "~",
        "[]",
        "{}",
    ] {
        let reading = read(&[("automations.yaml", text)]);
        assert_eq!(
            (reading.automations.len(), reading.warnings.len()),
            (0, 0),
            "{text:?}"
        );
    }
}
