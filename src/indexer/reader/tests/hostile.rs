//! Files made to hurt: each costs itself, within bounds, and the rest of the repository is read.

use std::fmt::Write as _;

use super::{aliases, named, read, read_configuration, warnings};
use crate::indexer::files::{FileTree, Listing, MemoryTree, ReadError};
use crate::indexer::reader::{Limits, WarningReason};

/// A tree that fails the test when it is asked for more than a bound.
struct Huge(MemoryTree, u64);

impl FileTree for Huge {
    fn listing(&self) -> Listing {
        self.0.listing()
    }

    fn read(&self, path: &str, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
        assert!(max_bytes <= self.1, "asked for {max_bytes} bytes");
        self.0.read(path, max_bytes)
    }
}

#[test]
fn a_file_of_fifty_megabytes_is_named_and_left_out() {
    let mut tree = MemoryTree::new();
    tree.insert("automations/big.yaml", vec![b'#'; 50 * 1024 * 1024]);
    tree.insert("automations/good.yaml", named("Good"));
    let limits = Limits::default();
    let reading = read_configuration(&Huge(tree, limits.max_file_bytes), &limits);
    assert_eq!(aliases(&reading), ["Good"]);
    assert_eq!(
        warnings(&reading),
        ["automations/big.yaml: larger than 8388608 bytes, left out"]
    );
}

#[test]
fn a_sparse_file_on_disk_is_left_out_unread() {
    use crate::indexer::files::LocalFolder;
    let home = tempfile::tempdir().unwrap();
    let file = std::fs::File::create(home.path().join("automations.yaml")).unwrap();
    file.set_len(1 << 40).unwrap();
    let reading = read_configuration(&LocalFolder::open(home.path()).unwrap(), &Limits::default());
    assert_eq!(
        reading.warnings[0].reason,
        WarningReason::TooLarge {
            limit: 8 * 1024 * 1024
        }
    );
}

#[test]
fn a_billion_laughs_are_read_in_the_time_of_ten() {
    let mut text = String::from("x0: &x0 {service: light.turn_on}\n");
    for level in 1..60 {
        let previous = level - 1;
        writeln!(
            text,
            "x{level}: &x{level} [*x{previous}, *x{previous}, *x{previous}, *x{previous}]"
        )
        .unwrap();
    }
    text.push_str("automation:\n  - alias: Laugh\n    trigger: *x59\n    action: *x59\n");
    let reading = read(&[
        ("configuration.yaml", &text),
        ("automations.yaml", &named("Good")),
    ]);
    assert_eq!(aliases(&reading), ["Good", "Laugh"]);
    assert_eq!(reading.automations[1].action_calls, ["light.turn_on"]);
}

#[test]
fn an_alias_of_what_it_stands_in_goes_round_once() {
    let text = "automation: &a\n  - alias: Round\n    trigger: &t [*t, {platform: sun}]\n    action: &b {sequence: [*b, *a, {service: a.b}]}\n  - *a\n";
    let reading = read(&[("configuration.yaml", text)]);
    assert_eq!(reading.automations[0].trigger_types, ["sun"]);
    assert_eq!(reading.automations[0].action_calls, ["a.b"]);
    let merges = read(&[(
        "automations.yaml",
        "- &m\n  <<: *m\n  alias: Merge\n  trigger: []\n  action: []\n",
    )]);
    assert_eq!(aliases(&merges), ["Merge"]);
}

#[test]
fn brackets_without_end_overflow_no_stack() {
    for text in [
        "[".repeat(1_000_000),
        "{a: ".repeat(500_000),
        "- ".repeat(500_000),
        "? ".repeat(500_000),
        "!a ".repeat(300_000),
        "[[{a: [".repeat(100),
    ] {
        let reading = read(&[("a.yaml", &text), ("b.yaml", &named("B"))]);
        assert_eq!(aliases(&reading), ["B"]);
        assert_eq!(reading.warnings.len(), 1, "{:?}", warnings(&reading));
    }
}

#[test]
fn nesting_beyond_the_bound_is_named() {
    let deep = format!("automation: {}{}", "[".repeat(400), "]".repeat(400));
    let reading = read(&[("configuration.yaml", &deep)]);
    assert_eq!(
        warnings(&reading),
        ["configuration.yaml: nested more than 200 deep"]
    );
}

#[test]
fn deep_chains_of_anchors_overflow_no_stack() {
    let mut text = String::from("- &a0 []\n");
    for level in 1..3_000 {
        writeln!(
            text,
            "- &a{level} {}*a{}{}",
            "[".repeat(100),
            level - 1,
            "]".repeat(100)
        )
        .unwrap();
    }
    assert_eq!(
        aliases(&read(&[("a.yaml", &text), ("b.yaml", &named("B"))])),
        ["B"]
    );
}

#[test]
fn merging_one_large_mapping_many_times_stays_within_the_bound() {
    let mut text = String::from("- &big\n  alias: Big\n  trigger: []\n  action: []\n");
    for key in 0..3_000 {
        writeln!(text, "  key_{key}: 1").unwrap();
    }
    for child in 0..3_000 {
        writeln!(text, "- <<: *big\n  alias: Child {child}").unwrap();
    }
    let limits = Limits {
        max_nodes: 100_000,
        ..Limits::default()
    };
    let reading = read_configuration(
        &[("a.yaml", text), ("b.yaml", named("B"))]
            .into_iter()
            .collect::<MemoryTree>(),
        &limits,
    );
    assert!(aliases(&reading).contains(&"B"));
    assert!(
        warnings(&reading).contains(&"a.yaml: more than 100000 nodes".to_owned()),
        "{:?}",
        warnings(&reading)
    );
}

#[test]
fn a_text_that_aliases_repeat_is_kept_within_the_bound() {
    let mut text = format!("- &t '{}'\n", "x".repeat(100_000));
    for _ in 0..5_000 {
        text.push_str("- {alias: *t, description: *t, id: *t, trigger: {platform: *t}, action: []}\n");
    }
    let reading = read(&[("a.yaml", &text)]);
    let kept: usize = reading
        .automations
        .iter()
        .map(|a| a.alias.as_ref().map_or(0, String::len))
        .sum();
    assert!(kept <= 16 * Limits::default().max_nodes, "{kept}");
    assert!(!reading.warnings.is_empty());
}

#[test]
fn automations_inside_one_another_do_not_multiply_the_text() {
    let depth = 60;
    let mut text = String::new();
    for level in 0..depth {
        write!(text, "{{trigger: [], alias: a, action: [], n{level}: &n{level} ").unwrap();
    }
    text.push_str(&"x".repeat(10_000));
    text.push_str(&"}".repeat(depth));
    let names: Vec<String> = (0..depth - 1).map(|level| format!("*n{level}")).collect();
    let all = format!("x: {text}\nautomation: [{}]\n", names.join(", "));
    let reading = read(&[("configuration.yaml", &all)]);
    let kept: usize = reading
        .automations
        .iter()
        .map(|a| a.source.as_ref().map_or(0, String::len))
        .sum();
    assert!(
        reading.automations.len() >= depth - 1 && kept <= 2 * all.len(),
        "{} {kept}",
        reading.automations.len()
    );
    assert!(warnings(&reading)[0].contains("without their text"));
}

#[test]
fn includes_that_double_at_each_step_stay_within_the_bound() {
    let mut tree = MemoryTree::new();
    tree.insert("configuration.yaml", "automation: !include_dir_merge_list d0");
    for level in 0..24 {
        for side in ["a", "b"] {
            tree.insert(
                &format!("d{level}/{side}.yaml"),
                format!("!include_dir_merge_list ../d{}", level + 1),
            );
        }
    }
    tree.insert("automations.yaml", named("Good"));
    let limits = Limits {
        max_nodes: 50_000,
        ..Limits::default()
    };
    let reading = read_configuration(&tree, &limits);
    assert_eq!(aliases(&reading), ["Good"]);
    assert!(
        reading
            .warnings
            .iter()
            .any(|w| w.reason == WarningReason::TooManyNodes { limit: 50_000 })
    );
}

#[test]
fn a_long_chain_of_includes_is_cut() {
    let mut tree = MemoryTree::new();
    tree.insert("configuration.yaml", "automation: !include f0.yaml");
    for step in 0..100 {
        tree.insert(&format!("f{step}.yaml"), format!("!include f{}.yaml", step + 1));
    }
    let reading = read_configuration(&tree, &Limits::default());
    assert!(
        reading
            .warnings
            .iter()
            .any(|w| w.reason == WarningReason::IncludeTooDeep { limit: 32 })
    );
}

#[test]
fn more_files_bytes_nodes_or_warnings_than_allowed_are_left_out_and_said() {
    let files: Vec<(String, String)> = (0..20).map(|n| (format!("f{n:02}.yaml"), named("A"))).collect();
    let tree: MemoryTree = files.into_iter().collect();
    let read = |limits: Limits| read_configuration(&tree, &limits);
    let few = read(Limits {
        max_files: 5,
        ..Limits::default()
    });
    assert_eq!((few.automations.len(), few.files_read), (5, 5));
    assert_eq!(
        warnings(&few)[0],
        "f05.yaml: more than 5 files, the rest left out"
    );
    let small = read(Limits {
        max_total_bytes: 300,
        ..Limits::default()
    });
    assert!(small.automations.len() < 6 && warnings(&small)[0].ends_with("the repository is too large"));
    let thin = read(Limits {
        max_total_nodes: 50,
        ..Limits::default()
    });
    assert!(thin.automations.len() < 6 && !thin.warnings.is_empty());
    let quiet = read(Limits {
        max_files: 5,
        max_warnings: 3,
        ..Limits::default()
    });
    assert_eq!(quiet.warnings.len(), 4);
    let tiny = read(Limits {
        max_nodes: 4,
        ..Limits::default()
    });
    assert_eq!((tiny.automations.len(), tiny.warnings.len()), (0, 20));
}
