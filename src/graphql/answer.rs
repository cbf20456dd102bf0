//! What a client is told, and all that is told of it elsewhere.

use std::sync::Arc;

use async_graphql::{Response, ServerError};
use bytes::Bytes;

use super::caching::Finished;
use super::class::OperationClass;
use super::error::{ErrorCode, set_code};
use super::finish;
use super::outcome::Outcome;
use crate::cache::{BypassReason, CacheOutcome, Cached, ScopeSet};
use crate::rate_limit::{Decision, Unpaid};

/// What a client is told, and what the log, the headers and the status code go by.
#[derive(Debug)]
pub struct Answer {
    /// The JSON.
    pub body: Bytes,
    /// Its entity tag, if it may be cached.
    pub etag: Option<Bytes>,
    /// What is kept of it, if it is: with its compressed forms.
    pub kept: Option<Arc<Finished>>,
    /// How it went.
    pub outcome: Outcome,
    /// How it was come by.
    pub cache: CacheOutcome,
    /// Whether some of its values came out of the cache, though it did not as a whole.
    pub partly_cached: bool,
    /// Whether it lacks a row that the snapshot names and the database no longer has.
    pub behind: bool,
    /// The operation's name, if it has one.
    pub operation_name: Option<String>,
    /// About how many values its answer has, by the lengths of the pages it asks for; 0 if it never came to that. A cheap
    /// figure of what it costs: see the guard.
    pub complexity: u64,
    /// What kind of operation it was.
    pub class: OperationClass,
    /// What came of charging its client for what it costs beyond one request; `None` if nothing was to be charged.
    pub charge: Option<Decision>,
}

impl Answer {
    /// The answer to what is not run at all.
    pub fn refused(message: String, code: ErrorCode) -> Self {
        rejected(coded(message, code))
    }

    pub(super) fn plain(body: Bytes, outcome: Outcome, cache: CacheOutcome) -> Self {
        Self {
            body,
            etag: None,
            kept: None,
            outcome,
            cache,
            partly_cached: false,
            behind: false,
            operation_name: None,
            complexity: 0,
            class: OperationClass::Unread,
            charge: None,
        }
    }

    /// The answer kept for a request, made of values of these scopes.
    pub fn kept(found: Cached<Finished>, scopes: ScopeSet) -> Self {
        Self {
            class: OperationClass::of_scopes(scopes),
            ..Self::from(found)
        }
    }
}

impl From<Cached<Finished>> for Answer {
    fn from(cached: Cached<Finished>) -> Self {
        Self {
            etag: Some(cached.value.etag.clone()),
            kept: Some(Arc::clone(&cached.value)),
            ..Self::plain(cached.value.body.clone(), Outcome::Ok, cached.outcome)
        }
    }
}

pub(super) fn coded(message: impl Into<String>, code: ErrorCode) -> ServerError {
    let mut error = ServerError::new(message, None);
    set_code(&mut error, code);
    error
}

/// The answer to a request that is wrong, whose error has its code.
pub(super) fn rejected(error: ServerError) -> Answer {
    failed(error, Outcome::Rejected)
}

pub(super) fn failed(error: ServerError, outcome: Outcome) -> Answer {
    let body = finish::body(&Response::from_errors(vec![error]), outcome);
    Answer::plain(body, outcome, CacheOutcome::Bypass(BypassReason::Errors))
}

/// The answer to an operation that costs more than its client has left.
pub(super) fn limited(Unpaid { cost, denial }: Unpaid) -> Answer {
    let (wait, limit) = (denial.retry_after, denial.quota.limit);
    let message = format!(
        "the operation costs {cost} requests of {limit} in a window, and fewer are left; try again in {wait} seconds"
    );
    let mut error = coded(message, ErrorCode::RateLimited);
    error.extensions.get_or_insert_default().set("retryAfter", wait);
    Answer {
        charge: Some(Decision::Deny(denial)),
        ..failed(error, Outcome::Limited)
    }
}
