//! The operators' operations for curl: the same two as in GraphQL.

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::body;
use super::failure::Failure;
use super::request_id::RequestId;
use super::state::{Services, Shared};
use crate::graphql::{Access, CacheScope, QueryError};

/// The body of a clear; none clears all.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Clear {
    scopes: Vec<CacheScope>,
}

/// `POST /api/v1/admin/cache/clear`
pub(super) async fn clear(
    State(services): State<Shared>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    // Before anything is read of who may not.
    check(&services, &headers, "clearCache")?;
    let body = body::whole(body, &services.config).await?;
    let Clear { scopes } = if body.trim_ascii().is_empty() {
        Clear::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| {
            Failure::Malformed(format!(
                "{error}; expected {{\"scopes\": [\"SEARCH\", \"FACETS\", \"STATS\"]}} or no body"
            ))
        })?
    };
    let cleared = services
        .control
        .clear(&scopes, id.as_str())
        .await
        .map_err(Failure::Resolver)?;
    Ok(private(Json(cleared)))
}

/// `GET /api/v1/admin/cache/stats`
pub(super) async fn stats(State(services): State<Shared>, headers: HeaderMap) -> Result<Response, Failure> {
    check(&services, &headers, "cacheStats")?;
    Ok(private(Json(services.control.stats().await)))
}

fn check(services: &Services, headers: &HeaderMap, operation: &'static str) -> Result<(), Failure> {
    let authorization = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let checked: Result<(), QueryError> = Access::of(&services.admin, authorization).check(operation);
    checked.map_err(Failure::Resolver)
}

fn private(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
