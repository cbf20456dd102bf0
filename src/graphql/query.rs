//! The root of all queries.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::access::Access;
use super::arguments::{self, AutomationFilter, AutomationOrder, Page};
use super::caching::{Caching, FacetArguments, Lookup, Parts, SearchArguments};
use super::control::CacheControl;
use super::error::QueryError;
use super::index_control::IndexControl;
use super::loaders::Loaders;
use super::types::automation::Automation;
use super::types::cache_stats::CacheStats;
use super::types::facets::Facets;
use super::types::index_run::IndexRun;
use super::types::repository::Repository;
use super::types::search_page::SearchPage;
use super::types::stats::Stats;
use crate::cache::Traffic;
use crate::catalog::{Order, Snapshot};

/// What can be asked. A field that fails answers null with its error, and the others still answer.
pub(super) struct Query;

/// What a root field gives: null where there is nothing, null with an error where it failed, and the others still answer.
/// (An error returned outside the `Option` would take the field out of the answer.)
type Answer<T> = Option<async_graphql::Result<T>>;

/// What can be asked. A field that fails answers null with its error, and the others still answer.
#[Object]
impl Query {
    /// Finds automations.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Words to look for, in any case and with or without accents; all must be found, as whole words, as \
                    beginnings or as parts of words. At most 256 characters."
        )]
        text: Option<String>,
        #[graphql(desc = "Which automations to look at.")] filter: Option<AutomationFilter>,
        #[graphql(
            default_with = "AutomationOrder::Relevance",
            desc = "The order of the results."
        )]
        order_by: AutomationOrder,
        #[graphql(default = 1, desc = "Which page, from 1. page * perPage is at most 10,000.")] page: i32,
        #[graphql(default = 15, desc = "Results on a page, 1 to 100.")] per_page: i32,
    ) -> Answer<SearchPage> {
        Some(
            search(ctx, text, filter, order_by, (page, per_page))
                .await
                .map_err(Into::into),
        )
    }

    /// Counts how the automations found break down.
    async fn facets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Words to look for, as in `search`.")] text: Option<String>,
        #[graphql(desc = "Which automations to look at; each dimension's counts leave its own filter out.")]
        filter: Option<AutomationFilter>,
        #[graphql(default = 20, desc = "How many values of each dimension, 1 to 100.")] top: i32,
        #[graphql(
            name = "match",
            desc = "Only values that contain this text. At most 256 characters."
        )]
        matching: Option<String>,
    ) -> Answer<Facets> {
        Some(facets(ctx, text, filter, top, matching).await.map_err(Into::into))
    }

    /// Tells how large the index is, and how new.
    async fn stats(&self, ctx: &Context<'_>) -> Answer<Stats> {
        let totals = caching(ctx).totals(&lookup(ctx)).await;
        Some(Ok(Stats::new(totals, snapshot(ctx))))
    }

    /// The last index runs, the newest first.
    async fn index_runs(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 10, desc = "How many, 1 to 100.")] last: i32,
    ) -> Answer<Vec<IndexRun>> {
        let runs = async {
            let last = arguments::check_last(last)?;
            let runs = ctx.data_unchecked::<IndexControl>().runs(last).await;
            let internal = |cause| QueryError::internal(ctx.data_unchecked::<Loaders>().request_id(), cause);
            Ok(runs.map_err(internal)?.into_iter().map(IndexRun::from).collect())
        };
        Some(runs.await.map_err(|error: QueryError| error.into()))
    }

    /// How the cache does. For operators.
    async fn cache_stats(&self, ctx: &Context<'_>) -> Answer<CacheStats> {
        let stats = async {
            ctx.data_unchecked::<Access>().check("cacheStats")?;
            Ok(ctx.data_unchecked::<CacheControl>().stats().await)
        };
        Some(stats.await.map_err(|error: QueryError| error.into()))
    }

    /// The automation with an id; null where there is none.
    async fn automation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id, as `Automation.id` tells it.")] id: ID,
    ) -> Answer<Automation> {
        let id: i64 = id.parse().ok()?;
        match ctx.data_unchecked::<Loaders>().automation(id).await {
            Ok(row) => row.map(|row| Ok(Automation(row))),
            Err(error) => Some(Err(error.into())),
        }
    }

    /// The repository with a name, in any spelling of its case; null where there is none.
    async fn repository(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account it belongs to.")] owner: String,
        #[graphql(desc = "Its name under that account.")] name: String,
    ) -> Answer<Repository> {
        let id = snapshot(ctx).catalog.repository_id(&owner, &name)?;
        match ctx.data_unchecked::<Loaders>().repository(id).await {
            Ok(row) => row.map(|row| Ok(Repository(row))),
            Err(error) => Some(Err(error.into())),
        }
    }
}

async fn search(
    ctx: &Context<'_>,
    text: Option<String>,
    filter: Option<AutomationFilter>,
    order: AutomationOrder,
    (page, per_page): (i32, i32),
) -> Result<SearchPage, QueryError> {
    arguments::check_text("text", text.as_deref())?;
    let filter = arguments::check_filter(filter)?;
    let page = Page::check(page, per_page)?;
    let arguments = SearchArguments {
        text: arguments::normal_text(text.as_deref()),
        filter,
        order: order.into(),
        offset: page.offset(),
        limit: page.per_page,
    };
    let hits = caching(ctx).search(&lookup(ctx), &arguments).await;
    SearchPage::load(ctx, page, hits).await
}

async fn facets(
    ctx: &Context<'_>,
    text: Option<String>,
    filter: Option<AutomationFilter>,
    top: i32,
    matching: Option<String>,
) -> Result<Facets, QueryError> {
    arguments::check_text("text", text.as_deref())?;
    arguments::check_text("match", matching.as_deref())?;
    let arguments = FacetArguments {
        text: arguments::normal_text(text.as_deref()),
        filter: arguments::check_filter(filter)?,
        top: arguments::check_top(top)?,
        matching: arguments::normal_text(matching.as_deref()),
    };
    let found = caching(ctx).facets(&lookup(ctx), &arguments).await;
    Facets::load(ctx, found).await
}

fn snapshot<'a>(ctx: &'a Context<'_>) -> &'a Arc<Snapshot> {
    ctx.data_unchecked::<Arc<Snapshot>>()
}

fn caching<'a>(ctx: &'a Context<'_>) -> &'a Caching {
    ctx.data_unchecked::<Arc<Caching>>()
}

fn lookup<'a>(ctx: &'a Context<'_>) -> Lookup<'a> {
    Lookup {
        snapshot: snapshot(ctx),
        traffic: *ctx.data_unchecked::<Traffic>(),
        parts: ctx.data_unchecked::<Arc<Parts>>(),
    }
}

impl From<AutomationOrder> for Order {
    fn from(order: AutomationOrder) -> Self {
        match order {
            AutomationOrder::Relevance => Self::Relevance,
            AutomationOrder::Stars => Self::Stars,
            AutomationOrder::Recent => Self::Recent,
        }
    }
}
