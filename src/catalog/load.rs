//! Reading rows for a catalog from the database, all of them or those that changed: the one place where the catalog
//! touches anything outside itself.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{AutomationRow, BuildError, Catalog, CatalogBuilder, RepositoryContent, RepositoryRow};
use crate::db::{AutomationTerms, Database, DatabaseError, IndexState, SOME, Scan, StoredRepository};

/// Why a catalog could not be built.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// What is in it does not fit into a catalog.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// The task that builds it died.
    #[error("building the catalog was interrupted")]
    Interrupted,
}

/// A catalog with what the database said of the data it was built from.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) catalog: Catalog,
    pub(super) state: IndexState,
    pub(super) versions: HashMap<i64, i64>,
    pub(super) last_indexed_at: Option<DateTime<Utc>>,
}

/// Reads all the database holds, as of one moment, and builds a catalog of it.
///
/// Rows arrive in pages and are fed to the builder one by one: what the catalog does not need is never held.
pub(super) async fn load(database: &Database) -> Result<Loaded, LoadError> {
    let scan = database.scan().await?;
    let state = scan.state;
    let repositories = scan.repositories().await?;
    let versions = repositories.iter().map(|row| (row.id, row.version)).collect();
    let last_indexed_at = repositories.iter().map(|row| row.indexed_at).max();
    let mut builder = CatalogBuilder::new();
    for row in &repositories {
        builder.repository(&repository_row(row))?;
    }
    add_automations(&scan, &mut builder).await?;
    // A second or more of pure computation at a million automations: not on a thread that answers requests.
    let built = tokio::task::spawn_blocking(move || builder.build()).await;
    let catalog = built.map_err(|_| LoadError::Interrupted)??;
    Ok(Loaded {
        catalog,
        state,
        versions,
        last_indexed_at,
    })
}

/// What changed, with what the database said of the data that it made.
#[derive(Debug)]
pub(super) struct Moved {
    /// Those that came or changed, with all they hold.
    pub(super) changed: Vec<RepositoryContent>,
    /// The ids of those that went.
    pub(super) removed: Vec<i64>,
    pub(super) state: IndexState,
    pub(super) versions: HashMap<i64, i64>,
    pub(super) last_indexed_at: Option<DateTime<Utc>>,
}

/// Reads what changed, as of one moment, since the repositories had these versions; `None` if it is more than half of
/// what there is, so that reading everything is less work.
///
/// Of a repository that did not change, its key and its version are all that is read.
pub(super) async fn changes(
    database: &Database,
    known: &HashMap<i64, i64>,
) -> Result<Option<Moved>, LoadError> {
    let scan = database.scan().await?;
    let versions: HashMap<i64, i64> = scan.repository_versions().await?.into_iter().collect();
    let moved = |(id, version): (&i64, &i64)| (known.get(id) != Some(version)).then_some(*id);
    let mut ids: Vec<i64> = versions.iter().filter_map(moved).collect();
    if ids.len() > versions.len() / 2 {
        return Ok(None);
    }
    ids.sort_unstable();
    let gone = known.keys().filter(|id| !versions.contains_key(id));
    let removed = gone.copied().collect();
    let mut changed = Vec::with_capacity(ids.len());
    for some in ids.chunks(SOME) {
        changed.extend(contents(&scan, some).await?);
    }
    let last_indexed_at = scan.last_indexed_at().await?;
    let state = scan.state;
    Ok(Some(Moved {
        changed,
        removed,
        state,
        versions,
        last_indexed_at,
    }))
}

/// Some repositories with all they hold.
async fn contents(scan: &Scan, ids: &[i64]) -> Result<Vec<RepositoryContent>, LoadError> {
    let rows = scan.some_repositories(ids).await?;
    let mut contents: HashMap<i64, RepositoryContent> = rows
        .iter()
        .map(|row| {
            let content = RepositoryContent {
                repository: repository_row(row),
                automations: Vec::new(),
            };
            (row.id, content)
        })
        .collect();
    for row in scan.terms_of(ids).await? {
        if let Some(content) = contents.get_mut(&row.repository_id) {
            content.automations.push(automation_row(row));
        }
    }
    Ok(contents.into_values().collect())
}

async fn add_automations(scan: &Scan, builder: &mut CatalogBuilder) -> Result<(), LoadError> {
    let mut after = 0;
    loop {
        let rows = scan.automation_terms(after).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.id;
        for row in rows {
            builder.automation(&automation_row(row))?;
        }
        tokio::task::yield_now().await;
    }
}

fn repository_row(row: &StoredRepository) -> RepositoryRow {
    let it = &row.repository;
    RepositoryRow {
        id: row.id,
        owner: it.owner.clone(),
        name: it.name.clone(),
        description: it.description.clone(),
        stars: it.stars,
    }
}

fn automation_row(row: AutomationTerms) -> AutomationRow {
    AutomationRow {
        id: row.id,
        repository: row.repository_id,
        alias: row.alias,
        description: row.description,
        trigger_types: row.trigger_types,
        action_calls: row.action_calls,
        blueprint_path: row.blueprint_path,
        indexed_at: row.indexed_at.timestamp_micros(),
    }
}
