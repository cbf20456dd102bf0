//! The root of all mutations: what operators do.

use async_graphql::{Context, Object};

use super::access::Access;
use super::control::CacheControl;
use super::error::QueryError;
use super::types::clear_result::{CacheScope, ClearCacheResult};

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
}
