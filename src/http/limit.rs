//! Rate limits at the door: who the client is, whether it may, and the headers that say where it stands.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::accept::Media;
use super::request_id::X_REQUEST_ID;
use super::security;
use super::state::Services;
use super::text::Text;
use crate::graphql::ErrorCode;
use crate::rate_limit::{Decision, Denial, Meter, Quota, RateLimiter, TrustedProxies};

pub(super) const X_LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
pub(super) const X_REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
pub(super) const X_RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");
/// The IETF's draft (draft-ietf-httpapi-ratelimit-headers).
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub(super) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Headers of a refusal and room for those that are added on its way out, so that the table never grows.
const HEADERS: usize = 24;

/// The door: knows clients, and lets them in or not.
pub(super) struct Door {
    limiter: Arc<RateLimiter>,
    proxies: Arc<TrustedProxies>,
    /// The headers that are the same for everybody.
    limit: HeaderValue,
    rule: HeaderValue,
    /// The headers of a refusal, all of them: those that differ are written over.
    refusal: HeaderMap,
}

/// Who asks: what its requests are charged to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client(IpAddr);

/// Whether a path costs nothing and is open to all: probes are never limited.
pub(super) fn is_free(path: &str) -> bool {
    matches!(path, "/health" | "/ready" | "/metrics")
}

impl Door {
    pub(super) fn new(services: &Services) -> Self {
        let policy = services.limiter.policy();
        let mut text = Text::default();
        let window = policy.window().as_secs().max(1);
        let rule = text.value(|text| {
            text.word("\"default\";q=").number(policy.limit());
            text.word(";w=").number(window);
        });
        let limit = HeaderValue::from(policy.limit());
        Self {
            limiter: Arc::clone(&services.limiter),
            proxies: Arc::clone(&services.proxies),
            refusal: headers_of_refusals(&limit, &rule),
            limit,
            rule,
        }
    }

    /// The client behind a connection.
    pub(super) fn client(&self, peer: SocketAddr, headers: &HeaderMap) -> Client {
        let lines = |name| headers.get_all(name).iter().map(HeaderValue::as_bytes);
        Client(
            self.proxies
                .client(peer.ip(), lines("x-forwarded-for"), lines("forwarded")),
        )
    }

    /// A client's account, for what is found out later.
    pub(super) fn meter(&self, client: Client) -> Meter {
        Meter::new(Arc::clone(&self.limiter), client.0)
    }

    /// Charges a client. `Err` is the answer to a request with these headers if it may not.
    pub(super) async fn charge(
        &self,
        client: Client,
        cost: u32,
        headers: &HeaderMap,
    ) -> Result<Decision, Box<Response>> {
        match self.limiter.check(client.0, cost, Instant::now()).await {
            Decision::Deny(denial) => Err(Box::new(self.refusal(denial, Media::of_or_json(headers)))),
            decision => Ok(decision),
        }
    }

    /// Tells a client where it stands and, if it may not, how long to wait; unless it was told.
    pub(super) fn tell(&self, headers: &mut HeaderMap, decision: Decision) {
        if headers.contains_key(X_LIMIT) {
            return;
        }
        match decision {
            Decision::Exempt => {}
            Decision::Allow(quota) => self.write(headers, quota),
            Decision::Deny(denial) => self.tell_denial(headers, denial),
        }
    }

    /// 429, in the form of a GraphQL answer.
    fn refusal(&self, denial: Denial, media: Media) -> Response {
        let (policy, wait) = (self.limiter.policy(), denial.retry_after);
        let (limit, window) = (policy.limit(), policy.window().as_secs());
        let code = ErrorCode::RateLimited.as_str();
        // Written by hand, numbers and plain words that they are: who is blocked must cost next to nothing.
        let body = format!(
            "{{\"errors\":[{{\"message\":\"more than {limit} requests in {window} seconds; try again in {wait} seconds\",\
             \"extensions\":{{\"code\":\"{code}\",\"retryAfter\":{wait}}}}}]}}"
        );
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        let mut headers = self.refusal.clone();
        if media != Media::Json {
            headers.insert(header::CONTENT_TYPE, media.content_type());
        }
        headers.insert(header::RETRY_AFTER, HeaderValue::from(denial.retry_after));
        write_standing(&mut headers, denial.quota);
        *response.headers_mut() = headers;
        response
    }

    /// Tells a client how long to wait, and where it stands.
    fn tell_denial(&self, headers: &mut HeaderMap, denial: Denial) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(denial.retry_after));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        self.write(headers, denial.quota);
    }

    fn write(&self, headers: &mut HeaderMap, quota: Quota) {
        headers.insert(X_LIMIT, self.limit.clone());
        headers.insert(RATE_LIMIT_POLICY, self.rule.clone());
        write_standing(headers, quota);
    }
}

/// All headers of a refusal but its request's id. Who is blocked must cost next to nothing: a copy of a finished table
/// costs a fraction of making one.
fn headers_of_refusals(limit: &HeaderValue, rule: &HeaderValue) -> HeaderMap {
    let differs = HeaderValue::from_static("");
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::CONTENT_TYPE, Media::Json.content_type());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_LIMIT, limit.clone());
    headers.insert(RATE_LIMIT_POLICY, rule.clone());
    for name in [
        header::RETRY_AFTER,
        X_REMAINING,
        X_RESET,
        RATE_LIMIT,
        X_REQUEST_ID,
    ] {
        headers.insert(name, differs.clone());
    }
    security::write(&mut headers);
    headers
}

/// What differs between clients and from one request to the next.
fn write_standing(headers: &mut HeaderMap, quota: Quota) {
    let mut text = Text::default();
    let mut number = |number: u64| text.value(|text| _ = text.number(number));
    headers.insert(X_REMAINING, number(quota.remaining.into()));
    headers.insert(X_RESET, number(quota.reset));
    let standing = text.value(|text| {
        text.word("\"default\";r=").number(quota.remaining);
        text.word(";t=").number(quota.reset_after);
    });
    headers.insert(RATE_LIMIT, standing);
}
