//! `/graphql`: from a request's bytes to operations, and from answers to a response.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::accept::Media;
use super::access_log::Ran;
use super::failure::Failure;
use super::request_id::RequestId;
use super::state::Services;
use crate::graphql::{Answer, Engine, Operation, Outcome};

/// Operations taken in one request.
const MAX_BATCH: usize = 10;

/// A request as JSON holds it (GraphQL over HTTP, "Request parameters").
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

/// One operation, or several that are answered side by side.
enum Asked {
    One(Operation),
    Many(Vec<Operation>),
}

/// `POST /graphql`
pub(super) async fn post(
    State(services): State<Services>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    check_media_type(&headers)?;
    let limit = services.config.max_body_bytes;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::BodyTooLarge { limit },
        _ => Failure::Malformed(rejection.body_text()),
    })?;
    answer(&services, &id, Media::of(&headers), asked(&body)?).await
}

/// `GET /graphql`
pub(super) async fn get(
    State(services): State<Services>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let malformed = |error: &dyn std::fmt::Display| Failure::Malformed(error.to_string());
    let parameters: QueryString =
        serde_urlencoded::from_str(&query.unwrap_or_default()).map_err(|error| malformed(&error))?;
    let variables = match parameters.variables.as_deref() {
        None | Some("") => None,
        Some(text) => Some(serde_json::from_str(text).map_err(|error| malformed(&error))?),
    };
    let (query, operation_name) = (parameters.query, parameters.operation_name);
    let operation = operation(JsonRequest {
        query,
        operation_name,
        variables,
    })?;
    if Engine::is_mutation(&operation) == Some(true) {
        return Err(Failure::MutationByGet);
    }
    answer(&services, &id, Media::of(&headers), Asked::One(operation)).await
}

/// Every other method.
pub(super) async fn other_method() -> Failure {
    Failure::Method {
        path: "/graphql",
        allowed: "GET, POST",
    }
}

fn check_media_type(headers: &HeaderMap) -> Result<(), Failure> {
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

fn asked(body: &[u8]) -> Result<Asked, Failure> {
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

fn operation(request: JsonRequest) -> Result<Operation, Failure> {
    let query = request.query.ok_or(Failure::NoQuery)?;
    let operation_name = request.operation_name.filter(|name| !name.is_empty());
    Ok(Operation {
        query,
        operation_name,
        variables: request.variables.unwrap_or_default(),
    })
}

async fn answer(
    services: &Services,
    RequestId(id): &RequestId,
    media: Media,
    asked: Asked,
) -> Result<Response, Failure> {
    let snapshot = services.live.current().ok_or(Failure::NotReady)?;
    let run = |operation| services.engine.run(operation, snapshot.clone(), id);
    match asked {
        Asked::One(operation) => {
            let answer = run(operation).await;
            let body = serde_json::to_vec(&Body::from(&answer));
            let ran = Ran {
                operation: answer.operation_name,
                outcome: answer.outcome,
            };
            Ok(respond(media, media.status(answer.outcome), body, ran))
        }
        Asked::Many(operations) => {
            let answers = futures_util::future::join_all(operations.into_iter().map(run)).await;
            let body = serde_json::to_vec(&answers.iter().map(Body::from).collect::<Vec<_>>());
            let all_ok = answers.iter().all(|answer| answer.outcome == Outcome::Ok);
            let outcome = if all_ok { Outcome::Ok } else { Outcome::Partial };
            let operation = Some(format!("batch of {}", answers.len()));
            Ok(respond(media, StatusCode::OK, body, Ran { operation, outcome }))
        }
    }
}

/// An answer as JSON holds it: what never ran has no `data`.
#[derive(serde::Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a async_graphql::Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [async_graphql::ServerError],
}

impl<'a> From<&'a Answer> for Body<'a> {
    fn from(answer: &'a Answer) -> Self {
        let ran = answer.outcome != Outcome::Rejected;
        Self {
            data: ran.then_some(&answer.response.data),
            errors: &answer.response.errors,
        }
    }
}

fn respond(media: Media, status: StatusCode, body: serde_json::Result<Vec<u8>>, ran: Ran) -> Response {
    let Ok(body) = body else {
        // A `Value` always serialises: it has string keys and no number JSON lacks.
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let mut response = (status, body).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, media.content_type());
    response
        .headers_mut()
        .insert(header::VARY, HeaderValue::from_static("Accept"));
    response.extensions_mut().insert(ran);
    response
}
