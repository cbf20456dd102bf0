//! `/graphql`: from a request's bytes to operations, and from answers to a response.
//!
//! A request seen before is answered from its bytes alone: no JSON is read, no document parsed.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use tracing::Instrument;

use super::accept::Media;
use super::access_log::Ran;
use super::asked::{self, Asked};
use super::body;
use super::cache_headers::{self, X_CACHE};
use super::csrf;
use super::documents;
use super::encoding;
use super::failure::Failure;
use super::limit::{Client, Door};
use super::request_id::RequestId;
use super::state::Shared;
use crate::cache::{RequestDigest, Traffic};
use crate::catalog::Snapshot;
use crate::graphql::{Access, Answer, Circumstances, Coding, Found, Operation, OperationClass, Outcome};
use crate::rate_limit::Decision;

/// Headers of an answer and room for those that are added on its way out, so that the table never grows.
const HEADERS: usize = 24;

/// Who asks, on which way.
#[derive(Clone, Copy)]
pub(super) struct Asking<'a> {
    pub(super) services: &'a Shared,
    pub(super) door: &'a Door,
    pub(super) client: Client,
    pub(super) id: &'a RequestId,
    /// When the request came.
    pub(super) started: Instant,
}

type Answered = (Response, Option<Ran>);

impl Asking<'_> {
    /// `/graphql`, whatever the method.
    pub(super) async fn answer(self, request: Request) -> Answered {
        let (parts, body) = request.into_parts();
        let answered = match parts.method {
            Method::POST => self.post(&parts, body).await,
            Method::GET | Method::HEAD => self.get(&parts).await,
            _ => Err(Failure::Method {
                path: "/graphql",
                allowed: "GET, POST",
            }),
        };
        answered.unwrap_or_else(|failure| (failure.respond_to(&parts.headers), None))
    }

    async fn post(self, parts: &Parts, body: Body) -> Result<Answered, Failure> {
        asked::check_media_type(&parts.headers)?;
        let body = body::whole(body, &self.services.config).await?;
        let mut exchange = self.exchange(parts, "POST", &body)?;
        if let Some(answered) = exchange.seen_before().await {
            return Ok(answered);
        }
        // Boxed, so that the future of a kept answer stays small.
        let max_depth = self.services.config.max_json_depth;
        Box::pin(async move { exchange.answer(asked::in_body(&body, max_depth)?).await }).await
    }

    async fn get(self, parts: &Parts) -> Result<Answered, Failure> {
        csrf::check_get(&parts.headers, &self.services.config.cors_allowed_origins)?;
        let query = parts.uri.query().unwrap_or_default();
        let mut exchange = self.exchange(parts, "GET", query.as_bytes())?;
        if let Some(answered) = exchange.seen_before().await {
            return Ok(answered);
        }
        let max_depth = self.services.config.max_json_depth;
        Box::pin(async move {
            let wanted = asked::in_query_string(query, max_depth)?;
            exchange.answer(Asked::One(wanted)).await
        })
        .await
    }

    fn exchange<'a>(self, parts: &'a Parts, method: &str, request: &[u8]) -> Result<Exchange<'a>, Failure>
    where
        Self: 'a,
    {
        let media = media(&parts.headers)?;
        let snapshot = self.services.live.current().ok_or(Failure::NotReady)?;
        let request = self.services.engine.caching().request_digest(method, request);
        Ok(Exchange {
            asking: self,
            headers: &parts.headers,
            method: &parts.method,
            media,
            snapshot,
            request,
            check: None,
        })
    }
}

/// The type the answer is to have.
fn media(headers: &HeaderMap) -> Result<Media, Failure> {
    Media::of(headers).ok_or_else(|| {
        let lines = headers.get_all(header::ACCEPT).iter();
        let given: Vec<_> = lines
            .map(|line| String::from_utf8_lossy(line.as_bytes()))
            .collect();
        Failure::NotAcceptable {
            given: given.join(", "),
        }
    })
}

/// One request and all that its answer depends on.
struct Exchange<'a> {
    asking: Asking<'a>,
    headers: &'a HeaderMap,
    method: &'a Method,
    media: Media,
    snapshot: Arc<Snapshot>,
    request: RequestDigest,
    /// Whether a hit is to be compared with a fresh answer; `None` = by chance.
    check: Option<bool>,
}

impl Exchange<'_> {
    /// The answer kept for just this request.
    async fn seen_before(&mut self) -> Option<Answered> {
        match self
            .asking
            .services
            .engine
            .caching()
            .answer(self.request, &self.snapshot)
            .await
        {
            Found::Kept(found, scopes) => Some(self.respond(Answer::kept(found, scopes))),
            Found::ToBeChecked => {
                self.check = Some(true);
                None
            }
            Found::Nothing => None,
        }
    }

    async fn answer(&self, asked: Asked) -> Result<Answered, Failure> {
        let _place = self.asking.services.gate.enter(asked.operations())?;
        let documents = &self.asking.services.documents;
        match asked {
            Asked::One(wanted) => {
                let found = documents::Found::of(wanted, documents).await?;
                if *self.method != Method::POST
                    && self.asking.services.engine.is_mutation(&found.operation) == Some(true)
                {
                    return Err(Failure::MutationByGet);
                }
                let run = async |operation| self.run(operation, Some(self.request)).await;
                Ok(self.respond(found.run(documents, run).await))
            }
            Asked::Many(operations) => {
                let more = u32::try_from(operations.len() - 1).unwrap_or(u32::MAX);
                let Asking { door, client, .. } = self.asking;
                let charge = match more {
                    0 => None,
                    more => match door.charge(client, more, self.headers).await {
                        Ok(charge) => Some(charge),
                        Err(denied) => return Ok((*denied, None)),
                    },
                };
                let all = operations.into_iter().map(|wanted| async {
                    match documents::Found::of(wanted, documents).await {
                        Ok(found) => {
                            let run = async |operation| self.run(operation, None).await;
                            found.run(documents, run).await
                        }
                        Err(refused) => documents::refusal(refused),
                    }
                });
                Ok(self.respond_to_batch(&futures_util::future::join_all(all).await, charge))
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
            access: Access::of(&self.asking.services.admin, authorization),
            traffic: Traffic::User,
            request_id: self.asking.id.as_str().to_owned(),
            check: self.check,
            request,
            meter: Some(self.asking.door.meter(self.asking.client)),
        };
        let running = self.asking.services.engine.run(operation, at);
        running.instrument(tracing::debug_span!("graphql")).await
    }

    fn respond(&self, answer: Answer) -> Answered {
        let media = self.media;
        let by_get = *self.method != Method::POST;
        let held = answer.etag.as_ref().filter(|_| by_get);
        let is_held = held.is_some_and(|etag| cache_headers::already_held(self.headers, etag));
        let sent = Sent::of(&answer, encoding::of(self.headers));
        let (status, body) = if is_held {
            (StatusCode::NOT_MODIFIED, Body::empty())
        } else {
            (media.status(answer.outcome), Body::from(sent.body))
        };
        let mut headers = HeaderMap::with_capacity(HEADERS);
        let took = self.asking.started.elapsed();
        cache_headers::write(&mut headers, answer.cache, answer.partly_cached, took);
        if let Some(coding) = sent.coding.filter(|_| !is_held) {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
        if let Some(etag) = sent
            .etag
            .and_then(|etag| HeaderValue::from_maybe_shared(etag).ok())
        {
            headers.insert(header::ETAG, etag);
        }
        if let Some(charge) = answer.charge {
            self.asking.door.tell(&mut headers, charge);
        }
        if answer.outcome == Outcome::TimedOut {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        let ran = Ran {
            class: answer.class,
            operation: answer.operation_name,
            outcome: answer.outcome,
            cache: Some(answer.cache),
        };
        (finish(status, headers, body, media), Some(ran))
    }

    /// A list of answers. It is not cached as a whole, and its parts are not told apart.
    fn respond_to_batch(&self, answers: &[Answer], charge: Option<Decision>) -> Answered {
        let mut body =
            Vec::with_capacity(answers.iter().map(|answer| answer.body.len() + 1).sum::<usize>() + 2);
        for (i, answer) in answers.iter().enumerate() {
            body.push(if i == 0 { b'[' } else { b',' });
            body.extend_from_slice(&answer.body);
        }
        body.push(b']');
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CACHE, HeaderValue::from_static("BYPASS"));
        // The charge that came last left the least. A part that was refused says so itself, and not the whole.
        let charges = answers.iter().filter_map(|answer| answer.charge).chain(charge);
        if let Some(quota) = charges.filter_map(|it| it.quota()).min_by_key(|it| it.remaining) {
            self.asking.door.tell(&mut headers, Decision::Allow(quota));
        }
        if let Some(coding) = encoding::of(self.headers)
            && let Some(compressed) = coding.compress(&body)
        {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
            body = compressed.into();
        }
        let all_ok = answers.iter().all(|answer| answer.outcome == Outcome::Ok);
        let ran = Ran {
            class: OperationClass::Batch,
            operation: Some(format!("batch of {}", answers.len())),
            outcome: if all_ok { Outcome::Ok } else { Outcome::Partial },
            cache: None,
        };
        let response = finish(StatusCode::OK, headers, body.into(), self.media);
        (response, Some(ran))
    }
}

/// What goes out of an answer: its bytes as they are, or compressed.
struct Sent {
    body: Bytes,
    etag: Option<Bytes>,
    coding: Option<Coding>,
}

impl Sent {
    fn of(answer: &Answer, coding: Option<Coding>) -> Self {
        let compressed = coding.and_then(|coding| {
            let (body, etag) = match &answer.kept {
                Some(kept) => kept.form(coding).map(|form| (form.body, Some(form.etag)))?,
                None => (coding.compress(&answer.body)?, None),
            };
            let coding = Some(coding);
            Some(Self { body, etag, coding })
        });
        compressed.unwrap_or_else(|| Self {
            body: answer.body.clone(),
            etag: answer.etag.clone(),
            coding: None,
        })
    }
}

fn finish(status: StatusCode, mut headers: HeaderMap, body: Body, media: Media) -> Response {
    headers.insert(header::CONTENT_TYPE, media.content_type());
    headers.insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
