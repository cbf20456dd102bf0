//! What a synthetic data set promises.

use std::collections::HashSet;

use super::*;

fn level(number: u8) -> Level {
    Level::try_from(number).unwrap()
}

#[test]
fn totals_are_exact_and_names_and_paths_are_distinct() {
    for number in 1..=3 {
        let level = level(number);
        let (mut names, mut total) = (HashSet::new(), 0);
        for (repository, automations) in Synth::new(level, 7) {
            assert!(!automations.is_empty());
            let paths: HashSet<_> = automations
                .iter()
                .map(|automation| &automation.source_file_path)
                .collect();
            assert_eq!(paths.len(), automations.len());
            total += automations.len();
            names.insert((repository.owner, repository.name));
        }
        assert_eq!((names.len(), total), (level.repositories(), level.automations()));
    }
}

#[test]
fn the_same_seed_gives_the_same_data_and_another_seed_gives_other_data() {
    let make = |seed| Synth::new(level(1), seed).collect::<Vec<_>>();
    assert_eq!(make(1), make(1));
    assert_ne!(make(1), make(2));
}

#[test]
fn a_known_seed_gives_known_values_on_every_machine() {
    let (repository, automations) = Synth::new(level(1), 42).next().unwrap();
    let digest = format!(
        "{}/{} {} {:?}",
        repository.owner, repository.name, repository.stars, automations[0].alias
    );
    assert_eq!(digest, "bram0/huis 222 Some(\"Soil lights zolderbel 6\")");
}

#[test]
fn values_are_skewed() {
    let mut counts = std::collections::HashMap::new();
    for (_, automations) in Synth::new(level(2), 3) {
        for call in automations
            .into_iter()
            .flat_map(|automation| automation.action_calls)
        {
            *counts.entry(call).or_insert(0_u32) += 1;
        }
    }
    let total: u32 = counts.values().sum();
    assert!(counts.len() > 350, "{} actions", counts.len());
    assert!(
        counts["light.turn_on"] * 12 > total,
        "the first action is far ahead of the others"
    );
}

#[test]
fn the_source_says_what_the_fields_say() {
    for automation in Synth::new(level(1), 5).flat_map(|(_, automations)| automations) {
        let source = automation.source.unwrap();
        assert!((200..3_000).contains(&source.len()), "{source}");
        let lines = u32::try_from(source.lines().count()).unwrap();
        assert_eq!(
            automation.end_line.unwrap() - automation.start_line.unwrap() + 1,
            lines
        );
        let said = |key: &str, value: &str| source.contains(&format!("{key}: {value}\n"));
        assert!(automation.trigger_types.iter().all(|kind| said("trigger", kind)));
        assert!(automation.action_calls.iter().all(|call| said("action", call)));
        assert!(automation.blueprint_path.iter().all(|path| said("path", path)));
        assert!(
            automation
                .alias
                .iter()
                .all(|alias| said("alias", &format!("\"{alias}\"")))
        );
    }
}

#[test]
fn another_number_is_refused_and_named() {
    assert_eq!(
        Level::try_from(6).unwrap_err().to_string(),
        "there is no level 6: expected 1, 2, 3, 4 or 5"
    );
}
