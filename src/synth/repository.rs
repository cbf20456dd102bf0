//! A made-up repository.

use super::level::Level;
use super::random::Random;
use super::words::Vocabulary;
use crate::model::Repository;

const FIRST_NAMES: &[&str] = &[
    "anna", "bram", "carlos", "daan", "emma", "finn", "greta", "hugo", "ines", "jan", "klaas", "lena",
    "marek", "nora", "oscar", "pieter", "quinn", "rosa", "sven", "tom", "ulla", "vera", "wim", "xavier",
    "yara", "zoe",
];
const NAMES: &[&str] = &[
    "homeassistant-config",
    "home-assistant-config",
    "hass-config",
    "ha-config",
    "homeassistant",
    "smarthome",
    "HomeAssistant",
    "my-home",
    "huis",
    "home.config",
    "hass",
    "casa-inteligente",
];
const BRANCHES: &[&str] = &["main", "main", "main", "master", "master", "dev"];

/// The stars of the most popular repository; the one of rank r has a share of 1 / r of them.
const MOST_STARS: u32 = 6_000;

/// Makes repositories with distinct names.
pub(super) struct RepositoryMaker {
    vocabulary: Vocabulary,
    /// The stars of each, in the order they are made.
    stars: Vec<u32>,
}

impl RepositoryMaker {
    pub(super) fn new(level: Level, random: &mut Random) -> Self {
        let ranks = 1..=u32::try_from(level.repositories()).unwrap_or(u32::MAX);
        let mut stars: Vec<u32> = ranks.map(|rank| MOST_STARS / rank).collect();
        random.shuffle(&mut stars);
        Self {
            vocabulary: Vocabulary::new(),
            stars,
        }
    }

    pub(super) fn make(&self, at: usize, random: &mut Random) -> Repository {
        let owner = format!("{}{at}", random.pick(FIRST_NAMES));
        let name = random.pick(NAMES).to_owned();
        let description = random.chance(65).then(|| {
            let count = random.between(3, 9);
            self.vocabulary.phrase(count, random)
        });
        Repository {
            url: format!("https://github.com/{owner}/{name}"),
            stars: self.stars[at],
            default_branch: random.pick(BRANCHES).to_owned(),
            owner,
            name,
            description,
        }
    }
}
