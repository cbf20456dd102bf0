//! The root of all mutations: what operators do.

use async_graphql::{Context, Object};

use super::access::Access;
use super::control::CacheControl;
use super::error::QueryError;
use super::index_control::{IndexControl, StartError};
use super::loaders::Loaders;
use super::types::clear_result::{CacheScope, ClearCacheResult};
use super::types::index_run::IndexRun;
use crate::model::{RepositoryName, RunStarter};

/// The most repositories one run is asked for by name.
const MAX_REPOSITORIES: usize = 50;

/// What can be changed. All of it is for operators, who send `Authorization: Bearer $ADMIN_TOKEN`.
pub(super) struct Mutation;

/// What can be changed. All of it is for operators, who send `Authorization: Bearer $ADMIN_TOKEN`.
#[Object]
impl Mutation {
    /// Makes the server forget cached answers, on all its instances. Rate limits stay as they are.
    async fn clear_cache(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which kinds of answers; all of them if left out.")] scopes: Option<Vec<CacheScope>>,
    ) -> Option<async_graphql::Result<ClearCacheResult>> {
        let cleared = async {
            ctx.data_unchecked::<Access>().check("clearCache")?;
            let request_id = ctx.data_unchecked::<super::loaders::Loaders>().request_id();
            let control = ctx.data_unchecked::<CacheControl>();
            control.clear(&scopes.unwrap_or_default(), request_id).await
        };
        Some(cleared.await.map_err(|error: QueryError| error.into()))
    }

    /// Starts an index run in the background and tells it as it begins; `indexRuns` tells how it goes. One runs at a time.
    async fn start_index_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Repositories on GitHub, as `owner/name`, 1 to 50; those with a topic and those that are in the index \
                    already, if left out."
        )]
        repositories: Option<Vec<String>>,
    ) -> Option<async_graphql::Result<IndexRun>> {
        let started = async {
            ctx.data_unchecked::<Access>().check("startIndexRun")?;
            let names = repository_names(repositories)?;
            let control = ctx.data_unchecked::<IndexControl>();
            let run = control.start(RunStarter::Operator, names, None).await;
            run.map(IndexRun::from).map_err(|error| not_started(ctx, error))
        };
        Some(started.await.map_err(|error: QueryError| error.into()))
    }

    /// Takes a repository and its automations out of the index; says whether it was there. The next run over all brings it
    /// back if it still has the topic: to keep it out, name it in `INDEX_EXCLUDE`.
    async fn remove_repository(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account it belongs to, in any spelling of its case.")] owner: String,
        #[graphql(desc = "Its name under that account, in any spelling of its case.")] name: String,
    ) -> Option<async_graphql::Result<bool>> {
        let removed = async {
            ctx.data_unchecked::<Access>().check("removeRepository")?;
            let name = repository_name(&format!("{owner}/{name}"))?;
            let control = ctx.data_unchecked::<IndexControl>();
            let removed = control.remove(&name).await;
            removed.map_err(|cause| QueryError::internal(request_id(ctx), cause))
        };
        Some(removed.await.map_err(|error: QueryError| error.into()))
    }
}

fn repository_names(given: Option<Vec<String>>) -> Result<Vec<RepositoryName>, QueryError> {
    let Some(given) = given else { return Ok(Vec::new()) };
    if given.is_empty() || given.len() > MAX_REPOSITORIES {
        return Err(QueryError::Argument {
            argument: "repositories",
            given: format!("a list of {} values", given.len()),
            expected: format!("1 to {MAX_REPOSITORIES}, or nothing for all"),
        });
    }
    given.iter().map(|name| repository_name(name)).collect()
}

fn repository_name(given: &str) -> Result<RepositoryName, QueryError> {
    given.parse().map_err(|_| QueryError::Argument {
        argument: "repository",
        given: format!("{given:?}"),
        expected: "owner/name, letters, digits, '-', '_' and '.' in each part".to_owned(),
    })
}

fn not_started(ctx: &Context<'_>, error: StartError) -> QueryError {
    match error {
        StartError::Busy(run) => QueryError::Busy {
            run: run.id,
            since: run.started_at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        },
        StartError::Database(cause) => QueryError::internal(request_id(ctx), cause),
        StartError::NotDue => QueryError::internal(request_id(ctx), crate::db::DatabaseError::LeaseLost),
    }
}

fn request_id<'a>(ctx: &'a Context<'_>) -> &'a str {
    ctx.data_unchecked::<Loaders>().request_id()
}
