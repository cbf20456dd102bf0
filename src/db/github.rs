//! What is remembered of repositories on GitHub: by the id they keep when they are renamed, what they were like when
//! they were last read.

use chrono::Utc;
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::connect::Database;
use super::entities::{Strings, github_repository, repository};
use super::error::DatabaseError;
use super::rows::{StoredRepository, stored_time};
use super::sync::{key_of, name_key};
use super::write::Writer;
use crate::model::{Repository, RepositoryName};

/// What a repository was like when it was last looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GithubMark {
    /// GitHub's id of it.
    pub github_id: i64,
    /// When something was last pushed to it, in GitHub's own words.
    pub pushed_at: Option<String>,
    /// The commit that was read.
    pub commit: Option<String>,
    /// The entity tag of what GitHub says of it.
    pub etag: Option<String>,
    /// The topics it was found by; none = it was asked for by name.
    pub topics: Vec<String>,
    /// Which reading of configurations it was read by.
    pub reader: i32,
}

/// A repository of the index that is on GitHub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// What it was like.
    pub mark: GithubMark,
    /// What the index says of it.
    pub repository: Repository,
}

impl Database {
    /// Those with these ids on one GitHub.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn tracked(&self, host: &str, ids: &[i64]) -> Result<Vec<Tracked>, DatabaseError> {
        let those = github_repository::Column::GithubId.is_in(ids.iter().copied());
        self.tracked_where(host, Condition::all().add(those), ids.len() as u64)
            .await
    }

    /// The next ones by id, after an id.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn tracked_after(
        &self,
        host: &str,
        after: i64,
        limit: u64,
    ) -> Result<Vec<Tracked>, DatabaseError> {
        let later = github_repository::Column::GithubId.gt(after);
        self.tracked_where(host, Condition::all().add(later), limit).await
    }

    /// The one with a name, in any spelling of its case.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn tracked_named(
        &self,
        host: &str,
        name: &RepositoryName,
    ) -> Result<Option<Tracked>, DatabaseError> {
        let named = repository::Column::NameKey.eq(name.to_string().to_lowercase());
        let found = self.tracked_where(host, Condition::all().add(named), 1).await?;
        Ok(found.into_iter().next())
    }

    async fn tracked_where(
        &self,
        host: &str,
        those: Condition,
        limit: u64,
    ) -> Result<Vec<Tracked>, DatabaseError> {
        let rows = github_repository::Entity::find()
            .find_also_related(repository::Entity)
            .filter(github_repository::Column::Host.eq(host))
            .filter(those)
            .order_by_asc(github_repository::Column::GithubId)
            .limit(limit)
            .all(&self.connection)
            .await?;
        let tracked = |(row, repository): (github_repository::Model, Option<repository::Model>)| {
            Some(Tracked {
                repository: StoredRepository::from(repository?).repository,
                mark: GithubMark {
                    github_id: row.github_id,
                    pushed_at: row.pushed_at,
                    commit: row.commit_id,
                    etag: row.etag,
                    topics: row.topics.0,
                    reader: row.reader,
                },
            })
        };
        Ok(rows.into_iter().filter_map(tracked).collect())
    }
}

impl Writer {
    /// Gives the repository with an id the name it has now: its automations keep their ids. GitHub gives a name to one
    /// repository at a time, so another one of the same GitHub that stands under it has a new name too, and waits for it
    /// under one that nobody can have; what came under that name by another way is gone. Says whether the index has the
    /// repository at all.
    ///
    /// # Errors
    /// A statement failed: drop the writer, nothing has happened.
    pub async fn rename(
        &mut self,
        host: &str,
        github_id: i64,
        now: &Repository,
    ) -> Result<bool, DatabaseError> {
        let mark = github_repository::Entity::find_by_id((host.to_owned(), github_id))
            .one(self.transaction())
            .await?;
        let Some(mark) = mark else { return Ok(false) };
        let row = repository::Entity::find_by_id(mark.repository_id)
            .one(self.transaction())
            .await?;
        let key = name_key(now);
        let Some(row) = row.filter(|row| row.name_key != key) else {
            return Ok(true);
        };
        self.clear_name(host, &key).await?;
        self.give_name(row, now.owner.clone(), now.name.clone()).await?;
        Ok(true)
    }

    /// Makes a name free.
    async fn clear_name(&mut self, host: &str, key: &str) -> Result<(), DatabaseError> {
        let standing = repository::Entity::find()
            .filter(repository::Column::NameKey.eq(key))
            .one(self.transaction())
            .await?;
        let Some(standing) = standing else { return Ok(()) };
        let tracked = github_repository::Entity::find()
            .filter(github_repository::Column::Host.eq(host))
            .filter(github_repository::Column::RepositoryId.eq(standing.id))
            .one(self.transaction())
            .await?;
        if let Some(tracked) = tracked {
            // No name on GitHub has such a character in it.
            let (owner, name) = (
                standing.owner.clone(),
                format!("{}~{}", standing.name, tracked.github_id),
            );
            return self.give_name(standing, owner, name).await;
        }
        repository::Entity::delete_by_id(standing.id)
            .exec(self.transaction())
            .await?;
        Ok(())
    }

    async fn give_name(
        &mut self,
        row: repository::Model,
        owner: String,
        name: String,
    ) -> Result<(), DatabaseError> {
        let version = row.version + 1;
        let mut renamed = row.into_active_model();
        renamed.version = Set(version);
        renamed.indexed_at = Set(stored_time(Utc::now()));
        renamed.name_key = Set(key_of(&owner, &name));
        renamed.owner = Set(owner);
        renamed.name = Set(name);
        renamed.update(self.transaction()).await?;
        self.structure_has_changed();
        Ok(())
    }

    /// Removes the repository with an id, whatever it is called; says whether it was there. One that took over its name
    /// stays.
    ///
    /// # Errors
    /// A statement failed: drop the writer, nothing has happened.
    #[tracing::instrument(name = "sql", level = "debug", skip_all, fields(asked = "remove"))]
    pub async fn remove_tracked(&mut self, host: &str, github_id: i64) -> Result<bool, DatabaseError> {
        let mark = github_repository::Entity::find_by_id((host.to_owned(), github_id))
            .one(self.transaction())
            .await?;
        let Some(mark) = mark else { return Ok(false) };
        repository::Entity::delete_by_id(mark.repository_id)
            .exec(self.transaction())
            .await?;
        self.structure_has_changed();
        Ok(true)
    }

    /// Remembers what a repository of the index was like.
    ///
    /// # Errors
    /// A statement failed: drop the writer, nothing has happened.
    pub async fn mark(
        &mut self,
        host: &str,
        repository: &Repository,
        mark: GithubMark,
    ) -> Result<(), DatabaseError> {
        use github_repository::Column;
        let row = repository::Entity::find()
            .filter(repository::Column::NameKey.eq(name_key(repository)))
            .one(self.transaction())
            .await?;
        let Some(row) = row else { return Ok(()) };
        // What stood for it before, under whatever id: a name may pass to another repository.
        let same = Condition::all()
            .add(Column::Host.eq(host))
            .add(Column::GithubId.eq(mark.github_id));
        github_repository::Entity::delete_many()
            .filter(Condition::any().add(Column::RepositoryId.eq(row.id)).add(same))
            .exec(self.transaction())
            .await?;
        let fresh = github_repository::ActiveModel {
            host: Set(host.to_owned()),
            github_id: Set(mark.github_id),
            repository_id: Set(row.id),
            pushed_at: Set(mark.pushed_at),
            commit_id: Set(mark.commit),
            etag: Set(mark.etag),
            topics: Set(Strings(mark.topics)),
            reader: Set(mark.reader),
        };
        github_repository::Entity::insert(fresh)
            .exec_without_returning(self.transaction())
            .await?;
        Ok(())
    }
}
