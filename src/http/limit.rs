//! Rate limits at the door: who the client is, whether it may, and the headers that say where it stands.

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use axum::Json;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::state::{Services, Shared};
use crate::graphql::ErrorCode;
use crate::rate_limit::{Decision, Denial, Policy, Quota, RateLimiter};

pub(super) const X_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
pub(super) const X_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
pub(super) const X_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub(super) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Who asks: what its requests are charged to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client(IpAddr);

impl Client {
    /// Charges some more, once it is known that a request asks for more than one thing; the answer if it may not.
    pub(super) async fn charge(self, limiter: &RateLimiter, cost: u32) -> Option<Response> {
        if cost == 0 {
            return None;
        }
        match limiter.check(self.0, cost, Instant::now()).await {
            Decision::Deny(denial) => Some(refusal(denial, limiter.policy())),
            _ => None,
        }
    }
}

/// Lets a request pass if its client may ask, and tells it where it stands.
pub(super) async fn at_the_door(
    State(services): State<Shared>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = client(&services, peer, request.headers());
    let decision = services.limiter.check(client, 1, Instant::now()).await;
    let policy = services.limiter.policy();
    if let Decision::Deny(denial) = decision {
        return refusal(denial, policy);
    }
    request.extensions_mut().insert(Client(client));
    let mut response = next.run(request).await;
    if let Some(quota) = decision.quota()
        && !response.headers().contains_key(X_LIMIT)
    {
        write(response.headers_mut(), quota, policy);
    }
    response
}

fn client(services: &Services, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    let lines = |name| headers.get_all(name).iter().map(HeaderValue::as_bytes);
    services
        .proxies
        .client(peer.ip(), lines("x-forwarded-for"), lines("forwarded"))
}

/// 429, in the form of a GraphQL answer.
fn refusal(denial: Denial, policy: &Policy) -> Response {
    let (limit, window, wait) = (policy.limit(), policy.window().as_secs(), denial.retry_after);
    let message = format!("more than {limit} requests in {window} seconds; try again in {wait} seconds");
    let extensions = json!({"code": ErrorCode::RateLimited.as_str(), "retryAfter": wait});
    let body = Json(json!({"errors": [{"message": message, "extensions": extensions}]}));
    let mut response = (StatusCode::TOO_MANY_REQUESTS, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(wait));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    write(headers, denial.quota, policy);
    response
}

fn write(headers: &mut HeaderMap, quota: Quota, policy: &Policy) {
    let Quota {
        limit,
        remaining,
        reset,
        reset_after,
    } = quota;
    headers.insert(X_LIMIT, HeaderValue::from(limit));
    headers.insert(X_REMAINING, HeaderValue::from(remaining));
    headers.insert(X_RESET, HeaderValue::from(reset));
    let window = policy.window().as_secs().max(1);
    let standing = format!("\"default\";r={remaining};t={reset_after}");
    let rule = format!("\"default\";q={limit};w={window}");
    for (name, text) in [(RATE_LIMIT, standing), (RATE_LIMIT_POLICY, rule)] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
}
