//! One line a request: what was asked, how long it took, how it ended.

use std::time::Instant;

use axum::extract::Request;
use axum::http::{Method, StatusCode, Uri};

use super::request_id::RequestId;
use crate::cache::CacheOutcome;
use crate::graphql::{OperationClass, Outcome};

/// What GraphQL tells the log of what it did.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) class: OperationClass,
    pub(super) operation: Option<String>,
    pub(super) outcome: Outcome,
    /// How the answer was come by; `None` for a batch.
    pub(super) cache: Option<CacheOutcome>,
}

/// The longest operation name logged, in characters: it is the client's text.
const MAX_NAME_CHARS: usize = 80;

/// A line that is begun when the request comes and written when its answer goes.
pub(super) struct Line {
    started: Instant,
    request_id: RequestId,
    method: Method,
    uri: Uri,
}

impl Line {
    /// Nothing where lines are not wanted. Probes ask all day, and are logged at debug only.
    pub(super) fn begin(request: &Request, id: &RequestId, started: Instant) -> Option<Self> {
        tracing::enabled!(tracing::Level::INFO).then(|| Self {
            started,
            request_id: id.clone(),
            method: request.method().clone(),
            uri: request.uri().clone(),
        })
    }

    /// Writes it.
    pub(super) fn end(self, status: StatusCode, ran: Option<&Ran>) {
        let Self {
            started,
            request_id,
            method,
            uri,
        } = self;
        let (request_id, path, status) = (request_id.as_str(), uri.path(), status.as_u16());
        let milliseconds = (started.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        if matches!(path, "/health" | "/ready" | "/metrics") {
            tracing::debug!(request_id, %method, path, status, milliseconds, "request");
            return;
        }
        let operation: String = ran
            .and_then(|ran| ran.operation.as_deref())
            .unwrap_or("")
            .chars()
            .take(MAX_NAME_CHARS)
            .collect();
        let outcome = ran.map_or("", |ran| ran.outcome.as_str());
        let cache = ran.and_then(|ran| ran.cache).map_or("", CacheOutcome::as_str);
        tracing::info!(request_id, %method, path, operation, outcome, cache, status, milliseconds, "request");
    }
}
