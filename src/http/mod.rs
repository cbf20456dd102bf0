//! HTTP: the paths, and what each does with a request.

mod accept;
mod access_log;
mod admin;
mod asked;
mod cache_headers;
mod failure;
mod graphiql;
mod graphql;
mod health;
mod limit;
mod metrics;
mod request_id;
mod state;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use tower_http::cors::{Any, CorsLayer};

use crate::config::HttpConfig;
pub use state::Services;

/// Headers of answers that a page's script may read.
const EXPOSED: [HeaderName; 12] = [
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
];

/// All the paths.
pub fn router(services: Services) -> Router {
    let config = services.config.clone();
    let services = std::sync::Arc::new(services);
    let mut limited = Router::new()
        .route(
            "/graphql",
            get(graphql::get)
                .post(graphql::post)
                .fallback(graphql::other_method),
        )
        .route("/schema.graphql", get(schema))
        .route("/api/v1/admin/cache/clear", post(admin::clear))
        .route("/api/v1/admin/cache/stats", get(admin::stats));
    if config.graphiql_enabled {
        limited = limited
            .route("/graphiql", get(graphiql::page))
            .route("/", get(home));
    }
    let router = limited
        .route_layer(from_fn_with_state(services.clone(), limit::at_the_door))
        // Probes are never limited.
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(metrics::metrics));
    router
        .fallback(not_found)
        .method_not_allowed_fallback(other_method)
        .layer(DefaultBodyLimit::max(config.max_body_bytes))
        .layer(from_fn(access_log::write))
        .layer(cors(&config))
        .layer(from_fn(request_id::assign))
        .with_state(services)
}

async fn home() -> Redirect {
    Redirect::temporary("/graphiql")
}

async fn other_method(method: axum::http::Method) -> failure::Failure {
    failure::Failure::OtherMethod {
        method: method.to_string(),
    }
}

async fn not_found() -> failure::Failure {
    failure::Failure::NoSuchPath
}

async fn schema() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/graphql; charset=utf-8")],
        crate::graphql::sdl(),
    )
}

/// Which origins' pages may read answers. An origin that is no header value was refused with the configuration.
fn cors(config: &HttpConfig) -> CorsLayer {
    let layer = CorsLayer::new()
        .allow_headers(Any)
        .allow_methods(Any)
        .expose_headers(EXPOSED);
    let origins = &config.cors_allowed_origins;
    if origins.iter().any(|origin| origin == "*") {
        return layer.allow_origin(Any);
    }
    layer.allow_origin(
        origins
            .iter()
            .filter_map(|origin| HeaderValue::from_str(origin).ok())
            .collect::<Vec<_>>(),
    )
}
