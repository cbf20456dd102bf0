//! What the data speaks of: its words and the values of its dimensions, the commonest first.

use std::collections::HashMap;

use autodex::model::{Automation, Repository};

/// The fewest letters of a word worth looking for.
const MIN_LETTERS: usize = 3;
/// How many of each are kept.
const KEPT: usize = 2_000;

/// Words and values, the commonest first.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// Words of aliases and descriptions, in lower case.
    pub(crate) words: Vec<String>,
    /// Repositories, as `owner/name`.
    pub(crate) repositories: Vec<String>,
    /// Blueprint paths.
    pub(crate) blueprints: Vec<String>,
    /// Kinds of triggers.
    pub(crate) triggers: Vec<String>,
    /// Domains of actions.
    pub(crate) action_domains: Vec<String>,
    /// Actions.
    pub(crate) actions: Vec<String>,
}

/// Counts while the data passes.
#[derive(Debug, Default)]
pub(crate) struct Counting {
    words: Counts,
    repositories: Counts,
    blueprints: Counts,
    triggers: Counts,
    action_domains: Counts,
    actions: Counts,
}

#[derive(Debug, Default)]
struct Counts(HashMap<String, u64>);

impl Counting {
    /// Counts a repository and what it holds.
    pub(crate) fn add(&mut self, repository: &Repository, automations: &[Automation]) {
        let name = format!("{}/{}", repository.owner, repository.name);
        self.repositories.add(&name, automations.len() as u64);
        for automation in automations {
            self.add_words(automation);
            self.blueprints.all(automation.blueprint_path.as_deref());
            self.triggers
                .all(automation.trigger_types.iter().map(String::as_str));
            self.action_domains.all(automation.action_domains());
            self.actions
                .all(automation.action_calls.iter().map(String::as_str));
        }
    }

    /// Ends the counting.
    pub(crate) fn finish(self) -> Vocabulary {
        Vocabulary {
            words: self.words.commonest(),
            repositories: self.repositories.commonest(),
            blueprints: self.blueprints.commonest(),
            triggers: self.triggers.commonest(),
            action_domains: self.action_domains.commonest(),
            actions: self.actions.commonest(),
        }
    }

    fn add_words(&mut self, automation: &Automation) {
        let texts = [&automation.alias, &automation.description];
        for text in texts.into_iter().flatten() {
            let words = text.split(|c: char| !c.is_alphanumeric());
            for word in words.filter(|word| word.chars().count() >= MIN_LETTERS) {
                self.words.add(&word.to_lowercase(), 1);
            }
        }
    }
}

impl Counts {
    fn add(&mut self, value: &str, times: u64) {
        match self.0.get_mut(value) {
            Some(count) => *count += times,
            None => {
                self.0.insert(value.to_owned(), times);
            }
        }
    }

    fn all<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) {
        for value in values {
            self.add(value, 1);
        }
    }

    /// By count, then by name: the same on every run.
    fn commonest(self) -> Vec<String> {
        let mut counted: Vec<(String, u64)> = self.0.into_iter().collect();
        counted.sort_unstable_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
        counted.into_iter().map(|(value, _)| value).take(KEPT).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_come_first_and_short_words_not_at_all() {
        let automation = |alias: &str, trigger: &str| Automation {
            alias: Some(alias.to_owned()),
            trigger_types: vec![trigger.to_owned()],
            ..Automation::default()
        };
        let mut counting = Counting::default();
        let automations = [automation("Lamp on", "state"), automation("Kitchen LAMP", "sun")];
        counting.add(&Repository::default(), &automations);
        let vocabulary = counting.finish();
        assert_eq!(vocabulary.words, ["lamp", "kitchen"]);
        assert_eq!(vocabulary.triggers, ["state", "sun"]);
    }
}
