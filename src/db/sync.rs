//! Makes the stored automations of one repository equal to those just read, by the fewest writes.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{Set, Unchanged};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult,
    QueryFilter, QuerySelect,
};

use super::diff::{self, Known, Read};
use super::digest::{Digest, content_digest};
use super::entities::{automation, repository};
use super::error::DatabaseError;
use super::rows::{IncomingAutomation, stored_time, to_column};
use crate::model::{Automation, Repository};

/// Rows of one INSERT: 14 columns each, and SQLite takes 32,766 values in a statement.
const INSERT_ROWS: usize = 500;
/// Keys of one DELETE.
const DELETE_ROWS: usize = 10_000;

/// What a sync did to a repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncOutcome {
    /// Whether the repository was not there before.
    pub new_repository: bool,
    /// Whether what is said of the repository itself changed.
    pub repository_changed: bool,
    /// Automations that were not there before.
    pub added: usize,
    /// Automations that say something else, or stand elsewhere, than before.
    pub updated: usize,
    /// Automations that are gone.
    pub removed: usize,
    /// Automations left as they were.
    pub unchanged: usize,
}

impl SyncOutcome {
    /// Whether anything at all was written.
    pub const fn changed(&self) -> bool {
        self.new_repository || self.repository_changed || self.added + self.updated + self.removed > 0
    }
}

/// One sync: where, when, and what was done so far.
pub(super) struct Sync<'a> {
    pub(super) transaction: &'a DatabaseTransaction,
    pub(super) now: DateTime<Utc>,
    /// The time a new repository gets; `None` = now.
    pub(super) indexed_at: Option<DateTime<Utc>>,
}

impl Sync<'_> {
    /// Runs it.
    pub(super) async fn run(
        &self,
        wanted: &Repository,
        incoming: Vec<IncomingAutomation>,
    ) -> Result<SyncOutcome, DatabaseError> {
        let mut outcome = SyncOutcome::default();
        let row = self.repository(wanted, &mut outcome).await?;
        let known = if outcome.new_repository {
            Vec::new()
        } else {
            self.known(row.id).await?
        };
        self.automations(row.id, &known, incoming, &mut outcome).await?;
        if outcome.changed() && !outcome.new_repository {
            self.touch(row, wanted).await?;
        }
        Ok(outcome)
    }

    /// The repository's row, made where there is none.
    async fn repository(
        &self,
        wanted: &Repository,
        outcome: &mut SyncOutcome,
    ) -> Result<repository::Model, DatabaseError> {
        let found = repository::Entity::find()
            .filter(repository::Column::NameKey.eq(name_key(wanted)))
            .one(self.transaction)
            .await?;
        if let Some(row) = found {
            outcome.repository_changed = !says_the_same(&row, wanted);
            return Ok(row);
        }
        outcome.new_repository = true;
        let row = repository::ActiveModel {
            name_key: Set(name_key(wanted)),
            version: Set(1),
            indexed_at: Set(stored_time(self.indexed_at.unwrap_or(self.now))),
            ..described(wanted)
        };
        Ok(row.insert(self.transaction).await?)
    }

    /// Makes the repository's row say what is given, where there is one; says whether it did not.
    pub(super) async fn describe(&self, wanted: &Repository) -> Result<bool, DatabaseError> {
        let found = repository::Entity::find()
            .filter(repository::Column::NameKey.eq(name_key(wanted)))
            .one(self.transaction)
            .await?;
        let Some(row) = found.filter(|row| !says_the_same(row, wanted)) else {
            return Ok(false);
        };
        self.touch(row, wanted).await?;
        Ok(true)
    }

    /// Notes on the repository's row that something of it changed.
    async fn touch(&self, row: repository::Model, wanted: &Repository) -> Result<(), DatabaseError> {
        let changed = repository::ActiveModel {
            id: Unchanged(row.id),
            version: Set(row.version + 1),
            indexed_at: Set(stored_time(self.now)),
            ..described(wanted)
        };
        changed.update(self.transaction).await?;
        Ok(())
    }

    /// What is stored of the repository's automations, as far as telling them apart needs.
    async fn known(&self, repository_id: i64) -> Result<Vec<Known>, DatabaseError> {
        use automation::Column;
        let columns = [
            Column::Id,
            Column::AutomationId,
            Column::Alias,
            Column::SourceFilePath,
            Column::StartLine,
            Column::EndLine,
            Column::ContentHash,
        ];
        let rows = automation::Entity::find()
            .filter(Column::RepositoryId.eq(repository_id))
            .select_only()
            .columns(columns)
            .into_model::<KnownRow>()
            .all(self.transaction)
            .await?;
        Ok(rows.into_iter().map(Known::from).collect())
    }

    async fn automations(
        &self,
        repository_id: i64,
        known: &[Known],
        incoming: Vec<IncomingAutomation>,
        outcome: &mut SyncOutcome,
    ) -> Result<(), DatabaseError> {
        let read: Vec<Read<'_>> = incoming
            .iter()
            .map(|it| Read {
                automation: &it.automation,
                digest: content_digest(&it.automation),
            })
            .collect();
        let pairs = diff::pair(known, &read);
        let digests: Vec<Digest> = read.iter().map(|it| it.digest).collect();
        let mut gone = vec![true; known.len()];
        let mut fresh = Vec::new();
        for ((new, digest), paired) in incoming.into_iter().zip(digests).zip(pairs) {
            let Some(old) = paired.map(|i| (i, &known[i])) else {
                fresh.push(new.into_row(repository_id, self.now));
                continue;
            };
            gone[old.0] = false;
            if old.1.digest == digest && stands_the_same(old.1, &new.automation) {
                outcome.unchanged += 1;
            } else {
                self.update(repository_id, old.1, new, digest).await?;
                outcome.updated += 1;
            }
        }
        outcome.added = fresh.len();
        self.insert(fresh).await?;
        outcome.removed = self.delete(known, &gone).await?;
        Ok(())
    }

    /// Writes what changed; a mere move keeps the time of the last change.
    async fn update(
        &self,
        repository_id: i64,
        old: &Known,
        new: IncomingAutomation,
        digest: Digest,
    ) -> Result<(), DatabaseError> {
        let id = Unchanged(old.id);
        let row = if old.digest == digest {
            automation::ActiveModel {
                id,
                start_line: Set(new.automation.start_line.map(to_column)),
                end_line: Set(new.automation.end_line.map(to_column)),
                source_file_path: Set(new.automation.source_file_path),
                ..Default::default()
            }
        } else {
            automation::ActiveModel {
                id,
                ..new.into_row(repository_id, self.now)
            }
        };
        automation::Entity::update(row)
            .exec_without_returning(self.transaction)
            .await?;
        Ok(())
    }

    async fn insert(&self, mut rows: Vec<automation::ActiveModel>) -> Result<(), DatabaseError> {
        while !rows.is_empty() {
            let rest = rows.split_off(rows.len().min(INSERT_ROWS));
            automation::Entity::insert_many(rows)
                .exec_without_returning(self.transaction)
                .await?;
            rows = rest;
        }
        Ok(())
    }

    async fn delete(&self, known: &[Known], gone: &[bool]) -> Result<usize, DatabaseError> {
        let ids: Vec<i64> = known
            .iter()
            .zip(gone)
            .filter(|(_, gone)| **gone)
            .map(|(it, _)| it.id)
            .collect();
        for some in ids.chunks(DELETE_ROWS) {
            automation::Entity::delete_many()
                .filter(automation::Column::Id.is_in(some.iter().copied()))
                .exec(self.transaction)
                .await?;
        }
        Ok(ids.len())
    }
}

/// `owner/name` in lower case: what makes a repository one and the same.
pub(super) fn name_key(repository: &Repository) -> String {
    key_of(&repository.owner, &repository.name)
}

/// The same of a name in its two parts.
pub(super) fn key_of(owner: &str, name: &str) -> String {
    format!("{owner}/{name}").to_lowercase()
}

fn described(wanted: &Repository) -> repository::ActiveModel {
    let Repository {
        owner,
        name,
        description,
        url,
        stars,
        default_branch,
    } = wanted.clone();
    repository::ActiveModel {
        owner: Set(owner),
        name: Set(name),
        description: Set(description),
        url: Set(url),
        stars: Set(to_column(stars)),
        default_branch: Set(default_branch),
        ..Default::default()
    }
}

fn says_the_same(row: &repository::Model, wanted: &Repository) -> bool {
    let Repository {
        owner,
        name,
        description,
        url,
        stars,
        default_branch,
    } = wanted;
    (&row.owner, &row.name, &row.description, &row.url) == (owner, name, description, url)
        && row.stars == to_column(*stars)
        && row.default_branch == *default_branch
}

fn stands_the_same(old: &Known, new: &Automation) -> bool {
    (&old.source_file_path, old.start_line, old.end_line)
        == (&new.source_file_path, new.start_line, new.end_line)
}

/// Sets PostgreSQL's counters of keys above the keys that were given by hand.
pub(super) async fn advance_key_counters(connection: &impl ConnectionTrait) -> Result<(), DatabaseError> {
    let statement = "SELECT setval(pg_get_serial_sequence('automation', 'id'), \
                     GREATEST((SELECT COALESCE(MAX(id), 1) FROM automation), 1))";
    connection.execute_unprepared(statement).await?;
    Ok(())
}

/// The columns of [`Known`].
#[derive(Debug, FromQueryResult)]
struct KnownRow {
    id: i64,
    automation_id: Option<String>,
    alias: Option<String>,
    source_file_path: String,
    start_line: Option<i32>,
    end_line: Option<i32>,
    content_hash: Vec<u8>,
}

impl From<KnownRow> for Known {
    fn from(row: KnownRow) -> Self {
        let line = |column: Option<i32>| column.and_then(|line| u32::try_from(line).ok());
        Self {
            id: row.id,
            automation_id: row.automation_id,
            alias: row.alias,
            source_file_path: row.source_file_path,
            start_line: line(row.start_line),
            end_line: line(row.end_line),
            // A digest of another length was not made here: the row counts as changed.
            digest: Digest::try_from(row.content_hash.as_slice()).unwrap_or_default(),
        }
    }
}
