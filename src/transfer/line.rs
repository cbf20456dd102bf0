//! The format: one automation a line, its fields named as in the GraphQL schema, its repository within.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::db::{IncomingAutomation, StoredAutomation, StoredRepository};
use crate::model::{Automation, Repository};

/// One line of an export.
///
/// What can be computed from the rest (`actionDomains`, `githubUrl`, `fullName`) is written for whoever reads the file,
/// and not read back. `id` and `indexedAt` may be missing in a file that was made by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The automation's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The automation.
    #[serde(flatten)]
    pub automation: Automation,
    /// Its action domains.
    #[serde(default, skip_deserializing)]
    pub action_domains: Vec<String>,
    /// Where to read it.
    #[serde(default, skip_deserializing)]
    pub github_url: String,
    /// When it last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed_at: Option<DateTime<Utc>>,
    /// Its repository.
    pub repository: LineRepository,
}

/// The repository within a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineRepository {
    /// The repository.
    #[serde(flatten)]
    pub repository: Repository,
    /// `owner/name`.
    #[serde(default, skip_deserializing)]
    pub full_name: String,
    /// When it last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indexed_at: Option<DateTime<Utc>>,
}

impl Line {
    /// A line for an automation that is in no database.
    pub fn new(automation: Automation, repository: &Repository) -> Self {
        Self {
            id: None,
            action_domains: automation
                .action_domains()
                .into_iter()
                .map(String::from)
                .collect(),
            github_url: automation.github_url(repository),
            automation,
            indexed_at: None,
            repository: LineRepository {
                full_name: format!("{}/{}", repository.owner, repository.name),
                repository: repository.clone(),
                indexed_at: None,
            },
        }
    }

    /// The line of a stored automation.
    pub(super) fn stored(automation: StoredAutomation, repository: &StoredRepository) -> Self {
        let mut line = Self::new(automation.automation, &repository.repository);
        line.id = Some(automation.id.to_string());
        line.indexed_at = Some(automation.indexed_at);
        line.repository.indexed_at = Some(repository.indexed_at);
        line
    }

    /// Its id as a key of the database, if it has one that could be.
    pub(super) fn key(&self) -> Option<i64> {
        self.id.as_ref()?.parse().ok().filter(|id| *id > 0)
    }

    /// The automation, ready to be written; its id only where it may be kept.
    pub(super) fn incoming(self, keep_id: bool) -> (Repository, IncomingAutomation) {
        let id = self.key().filter(|_| keep_id);
        let incoming = IncomingAutomation {
            automation: self.automation,
            id,
            indexed_at: self.indexed_at,
        };
        (self.repository.repository, incoming)
    }
}
