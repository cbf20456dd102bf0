//! Rows as the rest of the program sees them: the domain's data with the keys and times the database adds.

use chrono::{DateTime, SubsecRound, Utc};
use sea_orm::ActiveValue::{NotSet, Set};

use super::digest::content_digest;
use super::entities::{Strings, automation, index_state, repository};
use crate::model::{Automation, Repository};

/// A repository with its key and the time of its last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRepository {
    /// Its key.
    pub id: i64,
    /// What it is.
    pub repository: Repository,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it, or one of its automations, last changed in the index.
    pub indexed_at: DateTime<Utc>,
}

/// An automation with its keys and the time of its last change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAutomation {
    /// Its key, the same for as long as the automation is there.
    pub id: i64,
    /// The key of its repository.
    pub repository_id: i64,
    /// What it is.
    pub automation: Automation,
    /// When what it says last changed in the index; a mere move to other lines does not count.
    pub indexed_at: DateTime<Utc>,
}

/// Which data this is: every number changes in the same transaction as what it counts, and only ever rises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexState {
    /// Counts the changes of the index.
    pub data_version: i64,
    /// The data version at which a repository was last added or removed.
    pub structure_version: i64,
    /// Counts the clears of the cache.
    pub cleared: ClearCounts,
    /// Given by chance when the database was made: tells it from another whose versions count alike.
    pub lineage: i64,
    /// When the index last changed.
    pub updated_at: DateTime<Utc>,
}

/// How often each kind of cached data was cleared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClearCounts {
    /// Pages of results.
    pub search: i64,
    /// Facets.
    pub facets: i64,
    /// Statistics.
    pub stats: i64,
}

impl ClearCounts {
    /// Of each kind the greater count: counts only rise.
    #[must_use]
    pub fn latest(self, other: Self) -> Self {
        Self {
            search: self.search.max(other.search),
            facets: self.facets.max(other.facets),
            stats: self.stats.max(other.stats),
        }
    }
}

/// An automation on its way in. An index run knows neither key nor time; an import may bring both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingAutomation {
    /// What it is.
    pub automation: Automation,
    /// The key to give it, where it is new.
    pub id: Option<i64>,
    /// The time to give it; `None` = now.
    pub indexed_at: Option<DateTime<Utc>>,
}

impl From<Automation> for IncomingAutomation {
    fn from(automation: Automation) -> Self {
        Self {
            automation,
            id: None,
            indexed_at: None,
        }
    }
}

impl IncomingAutomation {
    /// With the one character replaced that PostgreSQL does not take in a text, on both databases alike.
    pub(super) fn without_nul(mut self) -> Self {
        let it = &mut self.automation;
        let optional = [
            &mut it.automation_id,
            &mut it.alias,
            &mut it.description,
            &mut it.blueprint_path,
            &mut it.source,
        ];
        let lists = it.trigger_types.iter_mut().chain(&mut it.action_calls);
        for text in optional
            .into_iter()
            .flatten()
            .chain(lists)
            .chain([&mut it.source_file_path])
        {
            if text.contains('\0') {
                *text = text.replace('\0', "\u{fffd}");
            }
        }
        self
    }

    pub(super) fn into_row(self, repository_id: i64, now: DateTime<Utc>) -> automation::ActiveModel {
        let digest = content_digest(&self.automation);
        let Self {
            automation: it,
            id,
            indexed_at,
        } = self;
        automation::ActiveModel {
            id: id.map_or(NotSet, Set),
            repository_id: Set(repository_id),
            automation_id: Set(it.automation_id),
            alias: Set(it.alias),
            description: Set(it.description),
            trigger_types: Set(Strings(it.trigger_types)),
            action_calls: Set(Strings(it.action_calls)),
            blueprint_path: Set(it.blueprint_path),
            source_file_path: Set(it.source_file_path),
            start_line: Set(it.start_line.map(to_column)),
            end_line: Set(it.end_line.map(to_column)),
            source: Set(it.source),
            content_hash: Set(digest.to_vec()),
            indexed_at: Set(stored_time(indexed_at.unwrap_or(now))),
        }
    }
}

/// A time as both databases keep it: to the microsecond, the finer of what they share.
pub(super) fn stored_time(time: DateTime<Utc>) -> DateTime<Utc> {
    time.trunc_subsecs(6)
}

/// A count as its column holds it; what is too large for the column is as good as its largest value.
pub(super) fn to_column(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn from_column(count: i32) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

impl From<repository::Model> for StoredRepository {
    fn from(row: repository::Model) -> Self {
        Self {
            id: row.id,
            repository: Repository {
                owner: row.owner,
                name: row.name,
                description: row.description,
                url: row.url,
                stars: from_column(row.stars),
                default_branch: row.default_branch,
            },
            version: row.version,
            indexed_at: row.indexed_at,
        }
    }
}

impl From<automation::Model> for StoredAutomation {
    fn from(row: automation::Model) -> Self {
        Self {
            id: row.id,
            repository_id: row.repository_id,
            automation: Automation {
                automation_id: row.automation_id,
                alias: row.alias,
                description: row.description,
                trigger_types: row.trigger_types.0,
                action_calls: row.action_calls.0,
                blueprint_path: row.blueprint_path,
                source_file_path: row.source_file_path,
                start_line: row.start_line.map(from_column),
                end_line: row.end_line.map(from_column),
                source: row.source,
            },
            indexed_at: row.indexed_at,
        }
    }
}

impl From<index_state::Model> for IndexState {
    fn from(row: index_state::Model) -> Self {
        Self {
            data_version: row.data_version,
            structure_version: row.structure_version,
            cleared: ClearCounts {
                search: row.search_epoch,
                facets: row.facets_epoch,
                stats: row.stats_epoch,
            },
            lineage: row.lineage,
            updated_at: row.updated_at,
        }
    }
}
