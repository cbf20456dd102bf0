//! What people's editors make of a text file.

use super::{aliases, named, read_configuration, warnings};
use crate::indexer::files::MemoryTree;
use crate::indexer::reader::{Limits, Reading};

fn read_bytes(bytes: Vec<u8>) -> Reading {
    let mut tree = MemoryTree::new();
    tree.insert("automations.yaml", bytes);
    read_configuration(&tree, &Limits::default())
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_first_key() {
    let reading = read_bytes(format!("\u{feff}{}", named("Mark")).into_bytes());
    assert_eq!((aliases(&reading), reading.warnings.len()), (vec!["Mark"], 0));
}

#[test]
fn utf_16_is_read_in_either_byte_order_with_a_warning() {
    let wide: Vec<u16> = format!("\u{feff}{}", named("Größe")).encode_utf16().collect();
    for bytes in [
        wide.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        wide.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
    ] {
        let reading = read_bytes(bytes);
        assert_eq!(aliases(&reading), ["Größe"]);
        assert_eq!(warnings(&reading), ["automations.yaml: UTF-16 instead of UTF-8"]);
    }
}

#[test]
fn latin_1_is_read_with_a_warning() {
    let reading = read_bytes(
        named("K_che")
            .into_bytes()
            .iter()
            .map(|byte| if *byte == b'_' { 0xfc } else { *byte })
            .collect(),
    );
    assert_eq!(
        reading.automations[0]
            .source
            .as_deref()
            .map(|source| source.contains("Küche")),
        Some(true)
    );
    assert_eq!(
        warnings(&reading),
        ["automations.yaml: not UTF-8, read as Windows-1252 where it is not"]
    );
}

#[test]
fn carriage_returns_count_no_lines_and_are_not_kept() {
    let text = format!("# first\n\n{}{}", named("A"), named("B")).replace('\n', "\r\n");
    let reading = read_bytes(text.into_bytes());
    let lines: Vec<_> = reading
        .automations
        .iter()
        .map(|a| (a.start_line, a.end_line))
        .collect();
    assert_eq!(lines, [(Some(3), Some(7)), (Some(8), Some(12))]);
    assert_eq!(
        reading.automations[0].source.as_deref(),
        Some(named("A").trim_end())
    );
}

#[test]
fn a_file_indented_with_tabs_is_lost_alone_and_named() {
    let mut tree = MemoryTree::new();
    tree.insert(
        "automations/tab.yaml",
        "- alias: T\n\ttrigger: []\n\taction: []\n",
    );
    tree.insert(
        "automations/blank.yaml",
        "- alias: T\n\t\n  trigger: []\n  action: []\n",
    );
    tree.insert("automations/good.yaml", named("Good"));
    let reading = read_configuration(&tree, &Limits::default());
    assert_eq!(aliases(&reading), ["Good"]);
    assert_eq!(reading.warnings.len(), 2);
    assert_eq!(
        warnings(&reading)[0],
        "automations/blank.yaml: line 2: indented with a tab"
    );
    assert!(
        warnings(&reading)[1].starts_with("automations/tab.yaml: line "),
        "{reading:?}"
    );
}

#[test]
fn a_tab_inside_a_text_or_brackets_is_no_indentation() {
    let text = "- alias: 'T\n\t  x'\n  trigger: [a,\n  \tb]\n  action:\n    - service: a.b\n      data:\n        m: |\n          x\n          \ty\n";
    assert_eq!(aliases(&read_bytes(text.into())), ["T x"]);
}
