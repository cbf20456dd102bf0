//! `autodex synth`

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Place;

#[test]
fn the_same_level_and_seed_give_the_same_lines() {
    let place = Place::new();
    let made = |arguments: &[&str]| {
        place
            .succeed(&[&["synth", "--level", "1"], arguments].concat())
            .stdout
    };
    let first = made(&["--seed", "7"]);
    assert_eq!(made(&["--seed", "7"]), first);
    assert_ne!(made(&["--seed", "8"]), first);
    place.succeed(&["synth", "--level", "1", "--seed", "7", "--output", "lines.jsonl"]);
    assert_eq!(std::fs::read_to_string(place.path("lines.jsonl")).unwrap(), first);
}

#[test]
fn level_one_has_fifty_repositories_and_five_hundred_automations() {
    let ended = Place::new().succeed(&["synth", "--level", "1"]);
    let repositories: BTreeSet<String> = ended
        .stdout
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["repository"]["fullName"].to_string()
        })
        .collect();
    assert_eq!((repositories.len(), ended.stdout.lines().count()), (50, 500));
    assert!(ended.stderr.contains("500 automations"), "{}", ended.stderr);
}

#[test]
fn there_are_five_levels() {
    let place = Place::new();
    for arguments in [
        &["synth"][..],
        &["synth", "--level", "0"],
        &["synth", "--level", "6"],
        &["synth", "--level", "x"],
    ] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("--level"), "{}", ended.stderr);
    }
}
