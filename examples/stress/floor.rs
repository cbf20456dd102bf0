//! A floor: the least a server built of the same parts can do. It answers every request with the same bytes, from memory
//! or from one Redis GET.

use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::arguments::Floor;
use crate::lifeline;
use crate::redis_get::RedisGet;

/// Under what name the answer is kept in Redis: as long as a real key.
const KEY: &str = "autodex:floor:0123456789abcdef0123456789abcdef";

/// Serves until the parent ends it, by the same kind of runtime as the server.
///
/// # Errors
/// The file, Redis or the listener cannot be used.
pub(crate) fn run(floor: &Floor) -> anyhow::Result<()> {
    let body = std::fs::read(&floor.body).with_context(|| format!("cannot read {}", floor.body.display()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let router = match &floor.redis {
            None => from_memory(Bytes::from(body)),
            Some(address) => from_redis(RedisGet::start(address.parse()?, KEY, &body).await?),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        lifeline::announce(listener.local_addr()?)?;
        let router = router.route("/ready", get(|| async { StatusCode::OK }));
        let served = axum::serve(listener, router).with_graceful_shutdown(lifeline::cut());
        Ok(served.await?)
    })
}

fn from_memory(body: Bytes) -> Router {
    let handler = move || {
        let body = body.clone();
        async move { respond(body) }
    };
    Router::new().route("/graphql", post(handler))
}

fn from_redis(redis: RedisGet) -> Router {
    let redis = Arc::new(redis);
    let handler = move || {
        let redis = Arc::clone(&redis);
        async move {
            match redis.get().await {
                Ok(body) => respond(body),
                Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
            }
        }
    };
    Router::new().route("/graphql", post(handler))
}

fn respond(body: Bytes) -> Response {
    let media = HeaderValue::from_static("application/json; charset=utf-8");
    ([(header::CONTENT_TYPE, media)], body).into_response()
}
