//! HTTP: the paths, and what each does with a request.

mod accept;
mod access_log;
mod admin;
mod asked;
mod asset;
mod body;
mod cache_headers;
mod connection;
mod cors;
mod csrf;
mod documents;
mod edge;
mod encoding;
mod failure;
mod figures;
mod gate;
mod graphiql;
mod graphql;
mod health;
mod json_depth;
mod limit;
mod metrics;
mod quality;
mod request_id;
mod security;
mod span;
mod state;
mod text;

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};

pub use connection::{Patience, serve};
pub use edge::{Edge, Edges};
pub use figures::RequestFigures;
pub use gate::Gate;
pub use state::Services;

/// All the paths.
pub fn edges(services: Services) -> Edges {
    let services = Arc::new(services);
    Edges::new(Arc::clone(&services), router(&services))
}

/// The paths beside `/graphql`, which is answered without a router in its way.
fn router(services: &state::Shared) -> Router {
    let config = &services.config;
    let mut router = Router::new()
        .route("/schema.graphql", get(schema))
        .route("/api/v1/admin/cache/clear", post(admin::clear))
        .route("/api/v1/admin/cache/stats", get(admin::stats))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(metrics::metrics));
    if config.graphiql_enabled {
        router = router
            .route("/graphiql", get(graphiql::page))
            .route("/graphiql/editor.js", get(graphiql::script))
            .route("/graphiql/editor.css", get(graphiql::style))
            .route("/graphiql/LICENSES.txt", get(graphiql::licenses))
            .route("/", get(home));
    }
    router
        .fallback(not_found)
        .method_not_allowed_fallback(other_method)
        .layer(DefaultBodyLimit::max(config.max_body_bytes))
        .with_state(Arc::clone(services))
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

async fn schema(headers: HeaderMap) -> Response {
    static SCHEMA: LazyLock<asset::Asset> =
        LazyLock::new(|| asset::Asset::new("application/graphql; charset=utf-8", crate::graphql::sdl()));
    SCHEMA.respond(&headers)
}
