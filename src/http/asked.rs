//! Reading requests (GraphQL over HTTP, "Request"): from bytes or a query string to operations.

use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::failure::Failure;
use crate::graphql::Operation;

/// Operations taken in one request.
const MAX_BATCH: usize = 10;

/// One operation, or several that are answered side by side.
pub(super) enum Asked {
    One(Operation),
    Many(Vec<Operation>),
}

/// A request as JSON holds it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonRequest {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<async_graphql::Variables>,
}

/// A request as a URL holds it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueryString {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
}

/// Checks that a body is called JSON.
///
/// # Errors
/// It is called something else, or nothing.
pub(super) fn check_media_type(headers: &HeaderMap) -> Result<(), Failure> {
    let given = headers
        .get(header::CONTENT_TYPE)
        .map_or("", |value| value.to_str().unwrap_or("?"));
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Failure::MediaType {
        given: given.to_owned(),
    })
}

/// What a body asks.
///
/// # Errors
/// It is no JSON of the right shape, has no query, or asks too much at once.
pub(super) fn in_body(body: &[u8]) -> Result<Asked, Failure> {
    let malformed = |error: serde_json::Error| Failure::Malformed(error.to_string());
    if body.trim_ascii_start().first() != Some(&b'[') {
        return Ok(Asked::One(operation(
            serde_json::from_slice(body).map_err(malformed)?,
        )?));
    }
    // Counted before they are read.
    let raw: Vec<&RawValue> = serde_json::from_slice(body).map_err(malformed)?;
    if raw.is_empty() || raw.len() > MAX_BATCH {
        let found = raw.len();
        return Err(Failure::Malformed(format!(
            "a batch of {found} requests; expected 1 to {MAX_BATCH}"
        )));
    }
    let read = |raw: &RawValue| operation(serde_json::from_str(raw.get()).map_err(malformed)?);
    Ok(Asked::Many(raw.into_iter().map(read).collect::<Result<_, _>>()?))
}

/// What a query string asks.
///
/// # Errors
/// It cannot be read, or has no query.
pub(super) fn in_query_string(query: &str) -> Result<Operation, Failure> {
    let malformed = |error: &dyn std::fmt::Display| Failure::Malformed(error.to_string());
    let parameters: QueryString = serde_urlencoded::from_str(query).map_err(|error| malformed(&error))?;
    let variables = match parameters.variables.as_deref() {
        None | Some("") => None,
        Some(text) => Some(serde_json::from_str(text).map_err(|error| malformed(&error))?),
    };
    let (query, operation_name) = (parameters.query, parameters.operation_name);
    operation(JsonRequest {
        query,
        operation_name,
        variables,
    })
}

fn operation(request: JsonRequest) -> Result<Operation, Failure> {
    let query = request.query.ok_or(Failure::NoQuery)?;
    let operation_name = request.operation_name.filter(|name| !name.is_empty());
    Ok(Operation {
        query,
        operation_name,
        variables: request.variables.unwrap_or_default(),
    })
}
