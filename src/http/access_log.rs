//! One line a request: what was asked, how long it took, how it ended.

use std::time::Instant;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;

use super::request_id::RequestId;
use crate::graphql::Outcome;

/// What a GraphQL handler tells the log of what it did, in its response's extensions.
#[derive(Clone, Debug)]
pub(super) struct Ran {
    pub(super) operation: Option<String>,
    pub(super) outcome: Outcome,
    /// How the answer was come by; `None` for a batch.
    pub(super) cache: Option<&'static str>,
}

/// The longest operation name logged, in characters: it is the client's text.
const MAX_NAME_CHARS: usize = 80;

/// Lets the request pass and writes its line. Probes ask all day, and are logged at debug only.
pub(super) async fn write(request: Request, next: Next) -> Response {
    if !tracing::enabled!(tracing::Level::INFO) {
        return next.run(request).await;
    }
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let request_id = request
        .extensions()
        .get()
        .map(|RequestId(id)| id.clone())
        .unwrap_or_default();
    let response = next.run(request).await;
    let ran = response.extensions().get::<Ran>();
    let operation: String = ran
        .and_then(|ran| ran.operation.as_deref())
        .unwrap_or("")
        .chars()
        .take(MAX_NAME_CHARS)
        .collect();
    let outcome = ran.map_or("", |ran| ran.outcome.as_str());
    let cache = ran.and_then(|ran| ran.cache).unwrap_or("");
    let status = response.status().as_u16();
    let milliseconds = (started.elapsed().as_secs_f64() * 1e6).round() / 1e3;
    if matches!(path.as_str(), "/health" | "/ready" | "/metrics") {
        tracing::debug!(request_id, %method, path, status, milliseconds, "request");
    } else {
        tracing::info!(request_id, %method, path, operation, outcome, cache, status, milliseconds, "request");
    }
    response
}
