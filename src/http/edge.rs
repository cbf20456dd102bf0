//! What every request goes through, in one future: it gets a name, CORS (fetch standard) is applied, its client is
//! charged, it is answered and logged.
//!
//! Not a stack of middleware functions: each of those boxes a clone of everything beneath it for every request, and
//! together they cost more than finding a kept answer. GraphQL is answered from here; the router has the other paths.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use tower::{Layer, Service, ServiceExt};
use tower_http::cors::CorsLayer;
use tracing::{Instrument, Span};

use super::access_log::{Line, Ran};
use super::cors;
use super::figures::KnownPath;
use super::graphql::Asking;
use super::limit::{self, Door};
use super::request_id::{RequestId, X_REQUEST_ID};
use super::security;
use super::span;
use super::state::Shared;

/// A future that is boxed once, whatever happens in it.
type Answered<T> = Pin<Box<dyn Future<Output = Result<T, Infallible>> + Send>>;

/// The server as connections see it: makes an [`Edge`] for each.
#[derive(Clone)]
pub struct Edges(Arc<Inner>);

/// One connection's way in.
#[derive(Clone)]
pub struct Edge {
    inner: Arc<Inner>,
    peer: SocketAddr,
}

struct Inner {
    services: Shared,
    door: Door,
    router: Router,
    cors: CorsLayer,
    /// Whether answers differ by the page that asks, which caches must know (RFC 9110, section 12.5.5).
    varies_by_origin: bool,
}

/// One request's way through, beneath CORS.
#[derive(Clone)]
struct Passage {
    inner: Arc<Inner>,
    peer: SocketAddr,
    id: RequestId,
}

impl Edges {
    /// Around the other paths' router.
    pub(super) fn new(services: Shared, router: Router) -> Self {
        let origins = &services.config.cors_allowed_origins;
        Self(Arc::new(Inner {
            cors: cors::layer(origins),
            varies_by_origin: cors::varies_by_origin(origins),
            door: Door::new(&services),
            router,
            services,
        }))
    }

    /// The way in for a connection from this address.
    pub fn edge(&self, peer: SocketAddr) -> Edge {
        Edge {
            inner: Arc::clone(&self.0),
            peer,
        }
    }
}

impl Service<Request> for Edge {
    type Response = Response;
    type Error = Infallible;
    type Future = Answered<Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let passage = Passage {
            inner: Arc::clone(&self.inner),
            peer: self.peer,
            id: RequestId::of(request.headers()),
        };
        let span = span::begin(&request, &passage.id);
        if !span.is_disabled() {
            Box::pin(passage.traced(request, span))
        } else if cors::concerns(&request) {
            Box::pin(passage.under_cors(request))
        } else {
            Box::pin(async move { Ok(passage.through(request).await) })
        }
    }
}

impl Service<Request> for Passage {
    type Response = Response;
    type Error = Infallible;
    type Future = Answered<Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let passage = self.clone();
        Box::pin(async move { Ok(passage.through(request).await) })
    }
}

impl Passage {
    /// The same as for any other request, within its span.
    async fn traced(self, request: Request, span: Span) -> Result<Response, Infallible> {
        let noted = span.clone();
        let answering = async move {
            if cors::concerns(&request) {
                self.under_cors(request).await
            } else {
                Ok(self.through(request).await)
            }
        };
        let response = answering.instrument(span).await?;
        span::end(&noted, &response);
        Ok(response)
    }

    /// A page's request: preflights end here, all others get the headers that let the page read the answer.
    async fn under_cors(self, request: Request) -> Result<Response, Infallible> {
        let header = self.id.header();
        let cors = self.inner.cors.clone();
        let mut response = cors.layer(self).oneshot(request).await?;
        response.headers_mut().insert(X_REQUEST_ID, header);
        // A preflight has come no further than here.
        security::write(response.headers_mut());
        Ok(response)
    }

    async fn through(self, request: Request) -> Response {
        let started = Instant::now();
        let line = Line::begin(&request, &self.id, started);
        let path = KnownPath::of(request.uri().path());
        let (mut response, ran) = self.answer(request, started).await;
        let headers = response.headers_mut();
        headers.insert(X_REQUEST_ID, self.id.header());
        security::write(headers);
        if self.inner.varies_by_origin {
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        let figures = &self.inner.services.figures;
        figures.note(path, response.status(), ran.as_ref(), started.elapsed());
        if let Some(line) = line {
            line.end(response.status(), ran.as_ref());
        }
        response
    }

    async fn answer(&self, request: Request, started: Instant) -> (Response, Option<Ran>) {
        let Inner { services, door, .. } = &*self.inner;
        let path = request.uri().path();
        if limit::is_free(path) {
            return (self.route(request).await, None);
        }
        let client = door.client(self.peer, request.headers());
        let decision = match door.charge(client, 1, request.headers()).await {
            Ok(decision) => decision,
            Err(denied) => return (*denied, None),
        };
        let (mut response, ran) = if path == "/graphql" {
            let asking = Asking {
                services,
                door,
                client,
                id: &self.id,
                started,
            };
            asking.answer(request).await
        } else {
            (self.route(request).await, None)
        };
        door.tell(response.headers_mut(), decision);
        (response, ran)
    }

    /// Boxed, so that the future of a kept answer stays small.
    fn route(&self, mut request: Request) -> Pin<Box<dyn Future<Output = Response> + Send>> {
        request.extensions_mut().insert(self.id.clone());
        let router = self.inner.router.clone();
        Box::pin(async move {
            match router.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        })
    }
}
