//! Small data to search in.

use autodex::model::{Automation, Repository};

/// A repository `owner/name` with some stars.
pub(crate) fn repository(full_name: &str, stars: u32) -> Repository {
    let (owner, name) = full_name.split_once('/').unwrap();
    Repository {
        owner: owner.into(),
        name: name.into(),
        description: None,
        url: format!("https://github.com/{full_name}"),
        stars,
        default_branch: "main".into(),
    }
}

/// An automation with an alias, triggers and actions, each separated by spaces; its file is named after the alias.
pub(crate) fn automation(alias: &str, triggers: &str, actions: &str) -> Automation {
    let words = |text: &str| text.split_whitespace().map(String::from).collect();
    Automation {
        alias: Some(alias.into()),
        trigger_types: words(triggers),
        action_calls: words(actions),
        source_file_path: format!("automations/{}.yaml", alias.to_lowercase().replace(' ', "_")),
        start_line: Some(1),
        end_line: Some(8),
        source: Some(format!("alias: {alias}\n")),
        ..Automation::default()
    }
}

/// Two homes with four automations between them: few enough to count by hand.
pub(crate) fn two_homes() -> Vec<(Repository, Vec<Automation>)> {
    let porch = Automation {
        blueprint_path: Some("bob/Motion.yaml".into()),
        ..automation("Porch", "state sun", "light.turn_on notify.bob")
    };
    vec![
        (
            repository("ana/casa", 5),
            vec![
                automation("Hall", "state", "light.turn_on"),
                automation("Door", "sun", "lock.lock"),
            ],
        ),
        (
            repository("bob/home", 9),
            vec![
                porch,
                automation("Wake", "time", "media_player.play_media notify.bob"),
            ],
        ),
    ]
}

/// So many automations called `Lamp 1`, `Lamp 2`...
pub(crate) fn lamps(count: usize) -> Vec<Automation> {
    (1..=count)
        .map(|number| automation(&format!("Lamp {number}"), "state", "light.turn_on"))
        .collect()
}
