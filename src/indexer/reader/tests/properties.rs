//! Whatever the bytes, the reader answers, in bounds, and the same each time.

use proptest::prelude::*;

use super::{named, read_configuration};
use crate::indexer::files::MemoryTree;
use crate::indexer::reader::{Limits, Reading};

/// A configuration in which most of what the reader knows occurs.
const SAMPLE: &str = concat!(
    "homeassistant:\n  packages: !include_dir_named packages\n",
    "automation manual: &m\n  - id: '1'\n    alias: \"A\"\n    trigger:\n      - platform: state\n        to: 'on'\n",
    "    action:\n      - choose:\n          - conditions: []\n            sequence: &s\n              - service: light.turn_on\n",
    "                data: {password: hunter2, message: >-\n                  x}\n        default: *s\n",
    "  - <<: *d\n    use_blueprint: {path: a/b.yaml, input: {x: !input y}}\n",
    "automation: !include automations.yaml\nautomation: !include_dir_merge_list auto\n",
);

fn read(text: &[u8]) -> Reading {
    let mut tree = MemoryTree::new();
    tree.insert("configuration.yaml", text);
    tree.insert("automations.yaml", text);
    tree.insert("packages/p.yaml", text);
    tree.insert("auto/a.yaml", named("Good"));
    let limits = Limits {
        max_nodes: 10_000,
        max_depth: 60,
        ..Limits::default()
    };
    read_configuration(&tree, &limits)
}

fn check(text: &[u8]) -> Result<(), TestCaseError> {
    let reading = read(text);
    prop_assert_eq!(&reading, &read(text));
    prop_assert!(
        reading
            .automations
            .iter()
            .any(|a| a.alias.as_deref() == Some("Good"))
    );
    for automation in &reading.automations {
        let (start, end) = (
            automation.start_line.unwrap_or(0),
            automation.end_line.unwrap_or(0),
        );
        prop_assert!(start >= 1 && start <= end);
        let lines = automation
            .source
            .as_ref()
            .map_or(0, |source| source.split('\n').count());
        prop_assert!(
            automation.source.is_none() || lines == (end - start + 1) as usize,
            "{:?}",
            automation
        );
    }
    Ok(())
}

/// A cut, a repetition or an insertion at a place.
fn mutate(text: &str, edits: &[(prop::sample::Index, u8, String)]) -> String {
    let mut text = text.to_owned();
    for (place, kind, insert) in edits {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let Some(at) = (!places.is_empty()).then(|| places[place.index(places.len())]) else {
            continue;
        };
        match kind % 4 {
            0 => text.insert_str(at, insert),
            1 => text.truncate(at),
            2 => drop(text.remove(at)),
            _ => text = format!("{}{text}", &text[..at]),
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes)?;
    }

    #[test]
    fn any_yaml_characters_are_answered(text in "[-:?#\"'{}\\[\\],&*!|>%@` \t\n\rab.<~]{0,200}") {
        check(text.as_bytes())?;
    }

    #[test]
    fn any_mutation_of_a_configuration_is_answered(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), "[-:?#\"'{}\\[\\],&*!|> \t\n\u{feff}\u{85}a*<~]{1,4}"), 1..6)
    ) {
        check(mutate(SAMPLE, &edits).as_bytes())?;
    }
}
