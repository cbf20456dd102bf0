//! Which origins' pages may read answers (the fetch standard's CORS protocol).

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

use super::{cache_headers, limit, request_id};

/// Headers of answers that a page's script may read.
const EXPOSED: [HeaderName; 13] = [
    limit::X_LIMIT,
    limit::X_REMAINING,
    limit::X_RESET,
    limit::RATE_LIMIT,
    limit::RATE_LIMIT_POLICY,
    request_id::X_REQUEST_ID,
    cache_headers::X_CACHE,
    cache_headers::CACHE_STATUS,
    cache_headers::SERVER_TIMING,
    header::AGE,
    header::ETAG,
    header::RETRY_AFTER,
    header::VARY,
];

/// How long a browser need not ask again whether a page may: as long as Chromium keeps it at most.
const PREFLIGHT_KEPT: Duration = Duration::from_hours(2);

/// Whether a request is a page's: only then there is anything to do.
pub(super) fn concerns(request: &Request) -> bool {
    request.headers().contains_key(header::ORIGIN) || request.method() == Method::OPTIONS
}

/// Whether answers differ by origin: not while all, or none, may read them.
pub(super) fn varies_by_origin(origins: &[String]) -> bool {
    !origins.is_empty() && !allows_all(origins)
}

/// The layer. An origin that is no header value was refused with the configuration.
pub(super) fn layer(origins: &[String]) -> CorsLayer {
    let layer = CorsLayer::new()
        // Those that are asked for: `*` does not cover `Authorization`.
        .allow_headers(AllowHeaders::mirror_request())
        .allow_methods(Any)
        .expose_headers(EXPOSED)
        .max_age(PREFLIGHT_KEPT);
    if allows_all(origins) {
        return layer.allow_origin(Any);
    }
    let values = origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok());
    layer.allow_origin(values.collect::<Vec<_>>())
}

fn allows_all(origins: &[String]) -> bool {
    origins.iter().any(|origin| origin == "*")
}
