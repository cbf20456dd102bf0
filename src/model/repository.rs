//! A repository and its name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A public repository that holds a Home Assistant configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repository {
    /// The account it belongs to.
    pub owner: String,
    /// Its name under that account.
    pub name: String,
    /// What its owner says of it.
    #[serde(default)]
    pub description: Option<String>,
    /// Its home page, where people read it.
    pub url: String,
    /// How many people starred it.
    #[serde(default)]
    pub stars: u32,
    /// The branch that was read.
    pub default_branch: String,
}

/// `owner/name`, both parts non-empty and made of the characters GitHub allows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepositoryName {
    /// The account.
    pub owner: String,
    /// The repository's name under it.
    pub name: String,
}

/// A text that is not `owner/name`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a repository: expected owner/name, letters, digits, '-', '_' and '.' in each part")]
pub struct RepositoryNameError {
    given: String,
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

impl FromStr for RepositoryName {
    type Err = RepositoryNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |part: &str| {
            !matches!(part, "" | "." | "..")
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        match text.split_once('/') {
            Some((owner, name)) if allowed(owner) && allowed(name) => Ok(Self {
                owner: owner.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(RepositoryNameError {
                given: text.to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_two_parts_and_survives_a_round_trip() {
        let name: RepositoryName = "frenck/home-assistant.config".parse().unwrap();
        assert_eq!(
            (name.owner.as_str(), name.name.as_str()),
            ("frenck", "home-assistant.config")
        );
        assert_eq!(name.to_string(), "frenck/home-assistant.config");
    }

    #[test]
    fn anything_else_is_refused_and_shown() {
        for text in ["", "frenck", "/name", "owner/", "a/b/c", "a/..", "own er/name"] {
            let refused = text.parse::<RepositoryName>().unwrap_err().to_string();
            assert!(refused.contains(&format!("{text:?}")), "{refused}");
        }
    }
}
