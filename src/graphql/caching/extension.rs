//! The cache extension: wraps the execution of an operation, and answers it with finished bytes where they are kept.
//!
//! It is the only extension, and overrides `validation` and `execute` alone: each extension costs a future for every field
//! of an answer, and the `resolve` hook sees raw arguments and partial results.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextValidation};
use async_graphql::{Response, ServerError, ValidationResult};

use super::{Caching, Finished, Parts};
use crate::cache::{Cached, Key, Traffic};
use crate::graphql::documents::Documents;
use crate::graphql::finish::{self, Root};
use crate::graphql::outcome::Outcome;
use crate::graphql::validation::validated;

/// Makes an extension for each request.
pub(in crate::graphql) struct CacheExtension(pub(in crate::graphql) Arc<Documents>);

impl ExtensionFactory for CacheExtension {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self(Arc::clone(&self.0)))
    }
}

/// What a request may be answered from, in its data; and where its answer lands.
pub(in crate::graphql) struct Ticket {
    pub(in crate::graphql) key: Key,
    pub(in crate::graphql) traffic: Traffic,
    /// Whether a hit is to be compared with a fresh answer.
    check: bool,
    /// What the answer's form depends on.
    root: Arc<Root>,
    /// Written once, by the extension; read once, by the engine.
    landed: Mutex<Option<Landed>>,
}

/// How the execution ended: with bytes that are kept, or with an answer that must not be.
pub(in crate::graphql) type Landed = Result<Cached<Finished>, Arc<Unfinished>>;

/// An answer with errors, or without a row that there should be, shared by all who asked at once.
#[derive(Debug)]
pub(in crate::graphql) struct Unfinished {
    pub(in crate::graphql) body: bytes::Bytes,
    pub(in crate::graphql) outcome: Outcome,
    /// Whether it lacks a row that is gone since the catalog was made.
    pub(in crate::graphql) behind: bool,
}

impl Ticket {
    pub(in crate::graphql) fn new(key: Key, traffic: Traffic, check: bool, root: Arc<Root>) -> Self {
        Self {
            key,
            traffic,
            check,
            root,
            landed: Mutex::new(None),
        }
    }

    /// What landed; `None` if the request was refused before it was executed.
    pub(in crate::graphql) fn landed(&self) -> Option<Landed> {
        self.landed.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[async_trait::async_trait]
impl Extension for CacheExtension {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        validated(&self.0, ctx, next).await
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let Some(ticket) = ctx.data_opt::<Arc<Ticket>>() else {
            return next.run(ctx, operation_name).await;
        };
        let (caching, parts) = (
            ctx.data_unchecked::<Arc<Caching>>(),
            ctx.data_unchecked::<Arc<Parts>>(),
        );
        let compute = || async {
            let response = next.run(ctx, operation_name).await;
            finished(response, &ticket.root, parts)
        };
        let landed = caching
            .cache
            .get_or_compute_checked(&ticket.key, ticket.traffic, ticket.check, compute)
            .await;
        *ticket.landed.lock().unwrap_or_else(PoisonError::into_inner) = Some(landed);
        Response::default()
    }
}

/// The bytes of a response, if it is whole.
fn finished(mut response: Response, root: &Root, parts: &Parts) -> Result<Finished, Arc<Unfinished>> {
    let _span = tracing::debug_span!("serialise").entered();
    let outcome = finish::finish(&mut response, root);
    let body = finish::body(&response, outcome);
    let behind = parts.is_behind();
    if outcome == Outcome::Ok && !behind {
        return Ok(Finished::new(body, parts.freshness()));
    }
    Err(Arc::new(Unfinished {
        body,
        outcome,
        behind,
    }))
}
