//! A page of automations.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::automation::Automation;
use crate::catalog::SearchHits;
use crate::db::StoredAutomation;
use crate::graphql::arguments::Page;
use crate::graphql::error::QueryError;
use crate::graphql::loaders::Loaders;

/// A page of automations, and how many there are in all.
pub(in crate::graphql) struct SearchPage {
    total: u32,
    page: Page,
    rows: Vec<Arc<StoredAutomation>>,
}

impl SearchPage {
    /// Reads what the query will want of the rows: nothing at all where it wants only the total, and the repositories
    /// only where it looks at them.
    pub(in crate::graphql) async fn load(
        ctx: &Context<'_>,
        page: Page,
        hits: SearchHits,
    ) -> Result<Self, QueryError> {
        let results = ctx.look_ahead().field("results");
        if !results.exists() {
            return Ok(Self {
                total: hits.total,
                page,
                rows: Vec::new(),
            });
        }
        let loaders = ctx.data_unchecked::<Loaders>();
        let with_repositories = results.field("repository").exists() || results.field("githubUrl").exists();
        let rows = loaders.automations(&hits.ids, with_repositories).await?;
        Ok(Self {
            total: hits.total,
            page,
            rows,
        })
    }
}

/// A page of automations, and how many there are in all.
#[Object(serial)]
impl SearchPage {
    /// How many automations match, on all pages.
    async fn total(&self) -> u32 {
        self.total
    }

    /// Which page this is, from 1.
    async fn page(&self) -> u32 {
        self.page.page
    }

    /// How many results a page holds.
    async fn per_page(&self) -> u32 {
        self.page.per_page
    }

    /// How many pages there are. Those with page * perPage above 10,000 cannot be asked for.
    async fn page_count(&self) -> u32 {
        self.page.count(self.total)
    }

    /// The automations of this page.
    async fn results(&self) -> Vec<Automation> {
        self.rows.iter().cloned().map(Automation).collect()
    }
}
