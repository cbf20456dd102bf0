//! Where an automation begins and ends, and its text.

use super::{read, read_one};

fn lines(text: &str) -> (u32, u32) {
    let automation = read_one(text);
    (automation.start_line.unwrap(), automation.end_line.unwrap())
}

#[test]
fn an_automation_begins_with_its_first_key() {
    assert_eq!(lines("# c\n- alias: a\n  trigger: x\n  action: y\n"), (2, 4));
    assert_eq!(lines("-\n  # c\n  alias: a\n  trigger: x\n  action: y\n"), (3, 5));
    assert_eq!(lines("- &a\n  alias: a\n  trigger: x\n  action: y\n"), (1, 4));
}

#[test]
fn an_automation_ends_with_its_last_content() {
    assert_eq!(
        lines("- alias: a\n  trigger: x\n  action:\n    - delay: 5\n    # after\n\n# after\n"),
        (1, 4)
    );
    assert_eq!(lines("- alias: a\n  trigger: x\n  action:\n\n\n"), (1, 3));
    assert_eq!(
        lines("- alias: a\n  trigger: x\n  action: [\n    {a: b},\n  ]\n"),
        (1, 5)
    );
    assert_eq!(
        lines("- trigger: x\n  action: y\n  description: |\n    one\n\n    two\n\n\n# z\n"),
        (1, 6)
    );
    assert_eq!(
        lines("- trigger: x\n  action: y\n  description: |\n    last without line feed"),
        (1, 4)
    );
    assert_eq!(lines("- trigger: &t x\n  action: y\n  alias:\n    *t\n"), (1, 4));
    assert_eq!(lines("- {alias: a, trigger: x,\n   action: y}\n"), (1, 2));
}

#[test]
fn the_source_is_its_lines_moved_to_the_margin() {
    let text = "automation:\n    - alias: A # note\n\n      trigger: x\n      action: y\n    - alias: B\n      trigger: x\n      action: y\n";
    let reading = read(&[("configuration.yaml", text)]);
    let sources: Vec<_> = reading
        .automations
        .iter()
        .map(|a| a.source.as_deref().unwrap())
        .collect();
    assert_eq!(
        sources,
        [
            "- alias: A # note\n\n  trigger: x\n  action: y",
            "- alias: B\n  trigger: x\n  action: y"
        ]
    );
}

#[test]
fn automations_that_share_a_line_have_each_their_own_text() {
    let reading = read(&[(
        "automations.yaml",
        "[{alias: A, trigger: x, action: y}, {alias: B, trigger: x, action: y}]",
    )]);
    let sources: Vec<_> = reading
        .automations
        .iter()
        .map(|a| a.source.as_deref().unwrap())
        .collect();
    assert_eq!(
        sources,
        [
            "{alias: A, trigger: x, action: y}",
            "{alias: B, trigger: x, action: y}"
        ]
    );
}

#[test]
fn automations_come_by_path_then_by_line() {
    let one = "- alias: 2\n  trigger: x\n  action: y\n- alias: 3\n  trigger: x\n  action: y\n";
    let reading = read(&[
        ("b/configuration.yaml", "automation: !include ../a/late.yaml"),
        ("a/late.yaml", one),
        ("a/early.yaml", "- alias: 1\n  trigger: x\n  action: y\n"),
    ]);
    assert_eq!(super::aliases(&reading), ["1", "2", "3"]);
}
