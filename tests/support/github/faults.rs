//! What goes wrong on demand.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};

/// What happens to a request instead of, or to, its answer.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// This status, with these headers and this message.
    Status(u16, Vec<(&'static str, String)>, &'static str),
    /// The body breaks off after so many bytes.
    CutAfter(usize),
    /// The body stops coming after so many bytes, and the connection stays.
    StallAfter(usize),
    /// The body comes in pieces of so many bytes, with a pause before each.
    Slow(usize, Duration),
    /// Another body.
    Body(Vec<u8>),
}

impl Fault {
    /// A status and nothing more.
    pub(crate) fn status(status: u16) -> Self {
        Self::Status(status, Vec::new(), "")
    }

    /// What becomes of an answer.
    pub(crate) async fn befall(self, answer: Response) -> Response {
        let fails = || std::io::Error::other("cut on demand");
        match self {
            Self::Status(status, headers, message) => {
                let body = serde_json::json!({"message": message}).to_string();
                let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
                for (name, value) in headers {
                    response.headers_mut().insert(name, value.parse().unwrap());
                }
                response
            }
            Self::Body(bytes) => bytes.into_response(),
            Self::CutAfter(length) => {
                let (start, _) = split(answer, length).await;
                let pieces = stream::iter([Ok(start), Err(fails())]);
                // The part that came must have left before the end does.
                let pieces = pieces.then(|piece| async {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    piece
                });
                Body::from_stream(pieces).into_response()
            }
            Self::StallAfter(length) => {
                let (start, _) = split(answer, length).await;
                let pieces = stream::iter([Ok::<_, Infallible>(start)]).chain(stream::pending());
                Body::from_stream(pieces).into_response()
            }
            Self::Slow(size, pause) => {
                let (all, _) = split(answer, usize::MAX).await;
                let pieces: Vec<Bytes> = all.chunks(size).map(Bytes::copy_from_slice).collect();
                let pieces = stream::iter(pieces).then(move |piece| async move {
                    tokio::time::sleep(pause).await;
                    Ok::<_, Infallible>(piece)
                });
                Body::from_stream(pieces).into_response()
            }
        }
    }
}

async fn split(answer: Response, at: usize) -> (Bytes, Bytes) {
    let mut all = axum::body::to_bytes(answer.into_body(), usize::MAX)
        .await
        .unwrap();
    let start = all.split_to(at.min(all.len()));
    (start, all)
}
