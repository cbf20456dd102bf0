//! Connections: taking them, and not letting one hold on to anything for longer than an honest client would.
//!
//! HTTP/1.1 and HTTP/2 over plain TCP (h2c, with prior knowledge) on the same port; TLS is the proxy's. Every wait for a
//! client has an end: for the head of a request, for its body, for the next request on a kept connection, and for the
//! client to take the answer.
//!
//! Told to stop, the server loses no request of whoever is connected, taken by it or waiting to be: each connection may
//! bring one more for a moment, whose answer says that it is the last.

mod patience;
mod waiting;
mod watched;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tower::Service;

use super::edge::{Edge, Edges};
pub use patience::Patience;
use patience::Phases;
use watched::Watched;

/// The most bytes of a request's head.
const MAX_HEAD_BYTES: usize = 64 << 10;
/// Requests at once on one HTTP/2 connection.
const MAX_STREAMS: u32 = 100;
/// How long to wait after the system gave no connection, for it is out of something (file descriptors, memory).
const BREATH: Duration = Duration::from_millis(100);

/// How long a request may still come, on connections there are already, once the server is told to stop: a request that
/// was sent before its client could know takes no longer.
const LAST_REQUESTS: Duration = Duration::from_millis(500);
/// How often to look whether all connections have ended meanwhile.
const LOOK: Duration = Duration::from_millis(5);

/// Takes connections and answers their requests until `stop` completes; then no more of either, but for what is under way.
pub async fn serve(listener: TcpListener, edges: Edges, patience: Patience, stop: impl Future<Output = ()>) {
    let server = Server {
        builder: Arc::new(builder()),
        graceful: GracefulShutdown::new(),
        stopping: Arc::default(),
        edges,
        patience,
    };
    tokio::pin!(stop);
    loop {
        let taken = tokio::select! {
            taken = listener.accept() => taken,
            () = &mut stop => break,
        };
        match taken {
            Ok((stream, peer)) => server.answer(stream, peer),
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
    server.stopping.store(true, Ordering::Relaxed);
    for (stream, peer) in waiting::take_and_close(listener) {
        server.answer(stream, peer);
    }
    server.end().await;
}

/// What all connections share.
struct Server {
    builder: Arc<Builder<TokioExecutor>>,
    graceful: GracefulShutdown,
    /// Whether an answer is the last of its connection.
    stopping: Arc<AtomicBool>,
    edges: Edges,
    patience: Patience,
}

impl Server {
    /// Answers the requests of a connection, in a task of its own.
    fn answer(&self, stream: TcpStream, peer: SocketAddr) {
        // Answers go out whole: nothing is gained by waiting for more.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection is without TCP_NODELAY");
        }
        let phases = Arc::new(Phases::new(&self.stopping));
        let stream = TokioIo::new(Watched::new(stream, Arc::clone(&phases), self.patience));
        let (builder, watcher) = (Arc::clone(&self.builder), self.graceful.watcher());
        let service = Counted {
            edge: self.edges.edge(peer),
            phases,
        };
        tokio::spawn(async move {
            let connection = builder.serve_connection(stream, service);
            if let Err(error) = watcher.watch(connection).await {
                tracing::debug!(%error, %peer, "a connection ended early");
            }
        });
    }

    /// Waits until all connections have ended. Those that ask nothing are closed after a moment, and not at once: a
    /// request may be on its way, or have come without anybody having read it.
    async fn end(self) {
        let end = Instant::now() + LAST_REQUESTS;
        while self.graceful.count() > 0 && Instant::now() < end {
            tokio::time::sleep(LOOK).await;
        }
        self.graceful.shutdown().await;
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(MAX_HEAD_BYTES);
    let head = u32::try_from(MAX_HEAD_BYTES).unwrap_or(u32::MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .max_header_list_size(head);
    builder
}

/// Whether a connection came to nothing by the client's doing.
fn is_the_clients(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// The way in, which tells the connection's watch when a request is being answered.
#[derive(Clone)]
struct Counted {
    edge: Edge,
    phases: Arc<Phases>,
}

impl hyper::service::Service<http::Request<Incoming>> for Counted {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = patience::Answering<<Edge as Service<Request>>::Future>;

    fn call(&self, request: http::Request<Incoming>) -> Self::Future {
        let version = request.version();
        let answer = self.edge.clone().call(request.map(Body::new));
        patience::Answering::new(Arc::clone(&self.phases), version, answer)
    }
}
