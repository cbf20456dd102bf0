//! A repository, as clients see it.

use std::sync::Arc;

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};

use super::search_page::SearchPage;
use crate::catalog::{SearchHits, Snapshot};
use crate::db::StoredRepository;
use crate::graphql::arguments::Page;

/// A public repository that holds a Home Assistant configuration.
pub(in crate::graphql) struct Repository(pub(in crate::graphql) Arc<StoredRepository>);

/// A public repository that holds a Home Assistant configuration.
#[Object(serial)]
impl Repository {
    /// The account it belongs to.
    async fn owner(&self) -> &str {
        &self.0.repository.owner
    }

    /// Its name under that account.
    async fn name(&self) -> &str {
        &self.0.repository.name
    }

    /// `owner/name`: what a filter takes.
    async fn full_name(&self) -> String {
        format!("{}/{}", self.0.repository.owner, self.0.repository.name)
    }

    /// What its owner says of it.
    async fn description(&self) -> Option<&str> {
        self.0.repository.description.as_deref()
    }

    /// Its home page.
    async fn url(&self) -> &str {
        &self.0.repository.url
    }

    /// How many people starred it.
    async fn stars(&self) -> u32 {
        self.0.repository.stars
    }

    /// The branch that is indexed.
    async fn default_branch(&self) -> &str {
        &self.0.repository.default_branch
    }

    /// How many automations it holds.
    async fn automation_count(&self, ctx: &Context<'_>) -> async_graphql::Result<u32> {
        Ok(ctx
            .data::<Arc<Snapshot>>()?
            .catalog
            .automation_count(self.0.id)
            .unwrap_or(0))
    }

    /// Its automations, in the order they came into the index.
    async fn automations(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 1, desc = "Which page, from 1. page * perPage is at most 10,000.")] page: i32,
        #[graphql(default = 15, desc = "Results on a page, 1 to 100.")] per_page: i32,
    ) -> async_graphql::Result<SearchPage> {
        let page = Page::check(page, per_page)?;
        let (offset, limit) = (page.offset() as usize, page.per_page as usize);
        let catalog = &ctx.data::<Arc<Snapshot>>()?.catalog;
        let hits = catalog.repository_automations(self.0.id, offset, limit);
        let hits = hits.unwrap_or(SearchHits {
            total: 0,
            ids: Vec::new(),
        });
        Ok(SearchPage::load(ctx, page, hits).await?)
    }

    /// When it, or one of its automations, last changed in the index.
    async fn indexed_at(&self) -> DateTime<Utc> {
        self.0.indexed_at
    }
}
