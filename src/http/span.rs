//! The span of a request: the root of its trace, or a child of the caller's.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use tracing::{Span, debug_span};

use super::cache_headers::X_CACHE;
use super::request_id::RequestId;

/// Begins it; disabled, and nearly free, where nothing is traced. The path is the client's text and is not its name.
pub(super) fn begin(request: &Request, id: &RequestId) -> Span {
    let span = debug_span!(
        "request",
        otel.kind = "server",
        http.request.method = request.method().as_str(),
        url.path = request.uri().path(),
        http.response.status_code = tracing::field::Empty,
        cache = tracing::field::Empty,
        request_id = id.as_str(),
    );
    if !span.is_disabled() {
        let header = |name| text(request.headers(), name);
        crate::telemetry::continue_trace(&span, header("traceparent"), header("tracestate"));
    }
    span
}

/// Notes how it ended.
pub(super) fn end(span: &Span, response: &Response) {
    span.record("http.response.status_code", response.status().as_u16());
    if let Some(cache) = text(response.headers(), X_CACHE.as_str()) {
        span.record("cache", cache);
    }
}

fn text<'a>(headers: &'a HeaderMap<HeaderValue>, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
