//! `/graphql`: from a request's bytes to operations, and from answers to a response.
//!
//! A request seen before is answered from its bytes alone: no JSON is read, no document parsed.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::accept::Media;
use super::access_log::Ran;
use super::asked::{self, Asked};
use super::cache_headers;
use super::failure::Failure;
use super::limit::Client;
use super::request_id::RequestId;
use super::state::Shared;
use crate::cache::{RequestDigest, Traffic};
use crate::catalog::Snapshot;
use crate::graphql::{Access, Answer, Circumstances, Engine, Found, Operation, Outcome};

/// `POST /graphql`
pub(super) async fn post(
    State(services): State<Shared>,
    Extension(id): Extension<RequestId>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Failure> {
    let started = Instant::now();
    asked::check_media_type(&headers)?;
    let limit = services.config.max_body_bytes;
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Failure::BodyTooLarge { limit },
        _ => Failure::Malformed(rejection.body_text()),
    })?;
    let snapshot = services.live.current().ok_or(Failure::NotReady)?;
    let request = services.engine.caching().request_digest("POST", &body);
    let mut exchange = Exchange {
        services,
        id,
        headers,
        method: Method::POST,
        started,
        snapshot,
        request,
        check: None,
        client,
    };
    if let Some(response) = exchange.seen_before().await {
        return Ok(response);
    }
    Ok(exchange.answer(asked::in_body(&body)?).await)
}

/// `GET /graphql`
pub(super) async fn get(
    State(services): State<Shared>,
    Extension(id): Extension<RequestId>,
    Extension(client): Extension<Client>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let started = Instant::now();
    let query = query.unwrap_or_default();
    let snapshot = services.live.current().ok_or(Failure::NotReady)?;
    let request = services.engine.caching().request_digest("GET", query.as_bytes());
    let mut exchange = Exchange {
        services,
        id,
        headers,
        method: Method::GET,
        started,
        snapshot,
        request,
        check: None,
        client,
    };
    if let Some(response) = exchange.seen_before().await {
        return Ok(response);
    }
    let operation = asked::in_query_string(&query)?;
    if Engine::is_mutation(&operation) == Some(true) {
        return Err(Failure::MutationByGet);
    }
    Ok(exchange.answer(Asked::One(operation)).await)
}

/// Every other method.
pub(super) async fn other_method() -> Failure {
    Failure::Method {
        path: "/graphql",
        allowed: "GET, POST",
    }
}

/// One request and all that its answer depends on.
struct Exchange {
    services: Shared,
    id: RequestId,
    headers: HeaderMap,
    method: Method,
    started: Instant,
    snapshot: Arc<Snapshot>,
    request: RequestDigest,
    /// Whether a hit is to be compared with a fresh answer; `None` = by chance.
    check: Option<bool>,
    client: Client,
}

impl Exchange {
    /// The answer kept for just this request.
    async fn seen_before(&mut self) -> Option<Response> {
        match self
            .services
            .engine
            .caching()
            .answer(self.request, &self.snapshot)
            .await
        {
            Found::Kept(found) => Some(self.respond(Answer::from(found))),
            Found::ToBeChecked => {
                self.check = Some(true);
                None
            }
            Found::Nothing => None,
        }
    }

    async fn answer(&self, asked: Asked) -> Response {
        match asked {
            Asked::One(operation) => {
                let answer = self.run(operation, Some(self.request)).await;
                self.respond(answer)
            }
            Asked::Many(operations) => {
                let more = u32::try_from(operations.len() - 1).unwrap_or(u32::MAX);
                if let Some(denied) = self.client.charge(&self.services.limiter, more).await {
                    return denied;
                }
                let all = operations.into_iter().map(|operation| self.run(operation, None));
                self.respond_to_batch(&futures_util::future::join_all(all).await)
            }
        }
    }

    async fn run(&self, operation: Operation, request: Option<RequestDigest>) -> Answer {
        let authorization = self
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let at = Circumstances {
            snapshot: Arc::clone(&self.snapshot),
            access: Access::of(&self.services.admin, authorization),
            traffic: Traffic::User,
            request_id: self.id.0.clone(),
            check: self.check,
            request,
        };
        self.services.engine.run(operation, at).await
    }

    fn respond(&self, answer: Answer) -> Response {
        let media = Media::of(&self.headers);
        let held = answer.etag.as_ref().filter(|_| self.method == Method::GET);
        let mut response = if held.is_some_and(|etag| cache_headers::already_held(&self.headers, etag)) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            (media.status(answer.outcome), Body::from(answer.body)).into_response()
        };
        let headers = response.headers_mut();
        cache_headers::write(
            headers,
            answer.cache,
            answer.partly_cached,
            self.started.elapsed(),
        );
        if let Some(etag) = answer
            .etag
            .and_then(|etag| HeaderValue::from_maybe_shared(etag).ok())
        {
            headers.insert(header::ETAG, etag);
        }
        let ran = Ran {
            operation: answer.operation_name,
            outcome: answer.outcome,
            cache: Some(answer.cache.as_str()),
        };
        finish(response, media, ran)
    }

    /// A list of answers. It is not cached as a whole, and its parts are not told apart.
    fn respond_to_batch(&self, answers: &[Answer]) -> Response {
        let mut body =
            Vec::with_capacity(answers.iter().map(|answer| answer.body.len() + 1).sum::<usize>() + 2);
        for (i, answer) in answers.iter().enumerate() {
            body.push(if i == 0 { b'[' } else { b',' });
            body.extend_from_slice(&answer.body);
        }
        body.push(b']');
        let mut response = body.into_response();
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let all_ok = answers.iter().all(|answer| answer.outcome == Outcome::Ok);
        let outcome = if all_ok { Outcome::Ok } else { Outcome::Partial };
        let operation = Some(format!("batch of {}", answers.len()));
        finish(
            response,
            Media::of(&self.headers),
            Ran {
                operation,
                outcome,
                cache: None,
            },
        )
    }
}

fn finish(mut response: Response, media: Media, ran: Ran) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media.content_type());
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    response.extensions_mut().insert(ran);
    response
}
