//! The YAML reader: whatever the bytes, it answers, the same each time; and what is beside them is read all the same.
#![no_main]

use autodex::indexer::files::MemoryTree;
use autodex::indexer::reader::{Limits, Reading, read_configuration};
use libfuzzer_sys::fuzz_target;

const GOOD: &str = "- alias: Good\n  trigger:\n    - platform: sun\n  action:\n    - service: light.turn_on\n";

fn read(bytes: &[u8]) -> Reading {
    let mut tree = MemoryTree::new();
    tree.insert("configuration.yaml", bytes);
    tree.insert("automations.yaml", bytes);
    tree.insert("packages/some.yaml", bytes);
    tree.insert("beside/good.yaml", GOOD);
    let limits = Limits {
        max_nodes: 10_000,
        max_depth: 60,
        ..Limits::default()
    };
    read_configuration(&tree, &limits)
}

fuzz_target!(|bytes: &[u8]| {
    let reading = read(bytes);
    assert_eq!(reading, read(bytes));
    for automation in &reading.automations {
        let (start, end) = (automation.start_line.unwrap_or(0), automation.end_line.unwrap_or(0));
        assert!(start >= 1 && start <= end, "{automation:?}");
    }
    assert!(reading.automations.iter().any(|it| it.alias.as_deref() == Some("Good")));
});
