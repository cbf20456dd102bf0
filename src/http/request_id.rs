//! A name for each request: what ties an answer, its log line and an error report together.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// The header, both ways.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id taken from a client.
const MAX_CHARS: usize = 64;

/// The id of a request: the client's own where it sends a plain one, else 16 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestId(pub(super) String);

/// Names the request, lets it pass, and names the answer alike.
pub(super) async fn assign(mut request: Request, next: Next) -> Response {
    let id = request
        .headers()
        .get(X_REQUEST_ID)
        .and_then(taken)
        .unwrap_or_else(fresh);
    let header = HeaderValue::from_str(&id.0);
    request.extensions_mut().insert(id);
    let mut response = next.run(request).await;
    if let Ok(header) = header {
        response.headers_mut().insert(X_REQUEST_ID, header);
    }
    response
}

/// A client's id is repeated in logs, so it may hold nothing a log could trip over.
fn taken(value: &HeaderValue) -> Option<RequestId> {
    let text = value.to_str().ok()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    ((1..=MAX_CHARS).contains(&text.len()) && text.chars().all(plain)).then(|| RequestId(text.to_owned()))
}

/// Half names the process, by chance; half counts.
fn fresh() -> RequestId {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one("process"));
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let (process, count) = (*PROCESS & 0xffff_ffff, COUNT.fetch_add(1, Ordering::Relaxed));
    RequestId(format!("{process:08x}{count:08x}"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn fresh_ids_differ() {
        let ids: HashSet<String> = (0..100).map(|_| fresh().0).collect();
        assert_eq!(ids.len(), 100);
        assert!(ids.iter().all(|id| id.len() == 16));
    }

    #[test]
    fn a_plain_id_is_taken_and_any_other_is_not() {
        let id = |text: &str| taken(&HeaderValue::from_bytes(text.as_bytes()).unwrap()).map(|id| id.0);
        assert_eq!(id("abc-123_D.e").as_deref(), Some("abc-123_D.e"));
        for bad in ["", "a b", "a\tb", "ü", "<script>", &"a".repeat(65)] {
            assert_eq!(id(bad), None, "{bad:?}");
        }
    }
}
