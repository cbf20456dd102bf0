//! An automation, as clients see it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::repository::Repository;
use crate::db::StoredAutomation;
use crate::graphql::error::QueryError;
use crate::graphql::loaders::Loaders;

/// An automation of somebody's home: when this happens, do that.
pub(in crate::graphql) struct Automation(pub(in crate::graphql) Arc<StoredAutomation>);

/// An automation of somebody's home: when this happens, do that.
#[Object(serial)]
impl Automation {
    /// Names it for good: the same for as long as the automation is there, whatever is edited in it.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its name, if its author gave it one.
    async fn alias(&self) -> Option<&str> {
        self.0.automation.alias.as_deref()
    }

    /// What it is for, in its author's words.
    async fn description(&self) -> Option<&str> {
        self.0.automation.description.as_deref()
    }

    /// The kinds of its triggers (`state`, `sun`), each once, in the order written.
    async fn trigger_types(&self) -> &[String] {
        &self.0.automation.trigger_types
    }

    /// The actions it calls by name (`light.turn_on`), each once, sorted.
    async fn action_calls(&self) -> &[String] {
        &self.0.automation.action_calls
    }

    /// The domains of those actions (`light`), each once, sorted.
    async fn action_domains(&self) -> Vec<&str> {
        self.0.automation.action_domains()
    }

    /// The blueprint it is made from, as written (`homeassistant/motion_light.yaml`).
    async fn blueprint_path(&self) -> Option<&str> {
        self.0.automation.blueprint_path.as_deref()
    }

    /// The file it stands in, from the repository's root.
    async fn source_file_path(&self) -> &str {
        &self.0.automation.source_file_path
    }

    /// The line it begins on, from 1.
    async fn start_line(&self) -> Option<u32> {
        self.0.automation.start_line
    }

    /// The line it ends on, from 1.
    async fn end_line(&self) -> Option<u32> {
        self.0.automation.end_line
    }

    /// Where to read it on GitHub.
    async fn github_url(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        let repository = ctx.data::<Loaders>()?.repository(self.0.repository_id).await?;
        let repository = repository.ok_or(QueryError::Gone)?;
        Ok(self.0.automation.github_url(&repository.repository))
    }

    /// Its YAML. What looked like a credential is masked as `***`.
    async fn source(&self) -> Option<&str> {
        self.0.automation.source.as_deref()
    }

    /// When what it says last changed in the index.
    async fn indexed_at(&self) -> DateTime<Utc> {
        self.0.indexed_at
    }

    /// The repository it is published in.
    async fn repository(&self, ctx: &Context<'_>) -> async_graphql::Result<Repository> {
        let repository = ctx.data::<Loaders>()?.repository(self.0.repository_id).await?;
        Ok(repository.map(Repository).ok_or(QueryError::Gone)?)
    }
}
