//! A made-up automation: its fields, and a YAML text that says the same.

use std::fmt::Write as _;

use super::actions;
use super::level::Level;
use super::random::Random;
use super::words::Vocabulary;
use super::yaml;
use super::zipf::Zipf;
use crate::model::Automation;

/// The moment the first `automation_id` stands for (milliseconds since 1970, as Home Assistant's editor gives them).
const FIRST_ID: u64 = 1_600_000_000_000;

/// Draws automations.
pub(super) struct AutomationMaker {
    vocabulary: Vocabulary,
    actions: Vec<String>,
    action: Zipf,
    trigger: Zipf,
    blueprint: Zipf,
    /// How many were made: keeps the ids apart.
    made: u64,
}

impl AutomationMaker {
    pub(super) fn new(level: Level) -> Self {
        let actions = actions::by_popularity();
        Self {
            vocabulary: Vocabulary::new(),
            action: Zipf::new(actions.len(), 0),
            actions,
            trigger: Zipf::new(actions::TRIGGERS.len(), 0),
            blueprint: Zipf::new(level.blueprints(), 1),
            made: 0,
        }
    }

    /// The automation number `at` (from 0) of its repository.
    pub(super) fn make(&mut self, at: u32, random: &mut Random) -> Automation {
        self.made += 1;
        let mut automation = Automation {
            automation_id: Some((FIRST_ID + self.made * 1_000 + random.below(1_000)).to_string()),
            alias: random.chance(97).then(|| self.alias(random)),
            description: random.chance(70).then(|| self.description(random)),
            trigger_types: self.triggers(random),
            action_calls: self.calls(random),
            blueprint_path: random.chance(12).then(|| self.blueprint_path(random)),
            source_file_path: self.path(at, random),
            ..Automation::default()
        };
        let source = yaml::write(&automation, &self.vocabulary, random);
        let start = u32::try_from(random.between(1, 9)).unwrap_or(1);
        let lines = u32::try_from(source.lines().count()).unwrap_or(1);
        automation.start_line = Some(start);
        automation.end_line = Some(start + lines - 1);
        automation.source = Some(source);
        automation
    }

    fn alias(&self, random: &mut Random) -> String {
        let count = random.between(2, 6);
        let mut alias = self.vocabulary.phrase(count, random);
        if random.chance(15) {
            let _ = write!(alias, " {}", random.between(1, 40));
        }
        alias
    }

    /// A sentence or two, now and then with the id of an entity in it.
    fn description(&self, random: &mut Random) -> String {
        let sentences = random.between(1, 2);
        let mut text = String::new();
        for _ in 0..sentences {
            let count = random.between(4, 11);
            text.push_str(&self.vocabulary.phrase(count, random));
            text.push_str(random.pick(&[". ", ". ", "! ", " - "]));
        }
        if random.chance(15) {
            let entity = yaml::entity("sensor", &self.vocabulary, random);
            let _ = write!(text, "({entity})");
        }
        text.trim_end().to_owned()
    }

    fn triggers(&self, random: &mut Random) -> Vec<String> {
        let count = random.pick(&[&1, &1, &1, &2, &2, &3, &4]);
        let mut types: Vec<String> = Vec::new();
        while types.len() < *count {
            let drawn = actions::TRIGGERS[self.trigger.draw(random)];
            if !types.iter().any(|known| known == drawn) {
                types.push(drawn.to_owned());
            }
        }
        types
    }

    fn calls(&self, random: &mut Random) -> Vec<String> {
        let count = *random.pick(&[&1, &1, &2, &2, &3, &4, &6]);
        let mut calls: Vec<String> = (0..count)
            .map(|_| self.actions[self.action.draw(random)].clone())
            .collect();
        calls.sort_unstable();
        calls.dedup();
        calls
    }

    /// One of the level's blueprints; the same rank always has the same path.
    fn blueprint_path(&self, random: &mut Random) -> String {
        const AUTHORS: &[&str] = &[
            "homeassistant",
            "blackshome",
            "epmatt",
            "freakshock88",
            "tsunami",
            "panhans",
            "sbyx",
        ];
        const SUBJECTS: &[&str] = &[
            "motion_light",
            "notify_leaving_zone",
            "sensor_light",
            "low_battery",
            "remote_control",
            "cover_automation",
        ];
        let rank = self.blueprint.draw(random);
        let author = AUTHORS[rank % AUTHORS.len()];
        let subject = SUBJECTS[rank / AUTHORS.len() % SUBJECTS.len()];
        match rank / (AUTHORS.len() * SUBJECTS.len()) {
            0 => format!("{author}/{subject}.yaml"),
            edition => format!("{author}/{subject}_{edition}.yaml"),
        }
    }

    /// A path that no other automation of the repository has.
    fn path(&self, at: u32, random: &mut Random) -> String {
        let subject = self.vocabulary.slug(random);
        match random.below(4) {
            0 => format!("packages/{subject}_{at}.yaml"),
            1 => format!("automations/{}/{subject}_{at}.yaml", self.vocabulary.slug(random)),
            2 => format!("config/automations/{subject}_{at}.yaml"),
            _ => format!("automations/{subject}_{at}.yaml"),
        }
    }
}
