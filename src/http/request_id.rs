//! A name for each request: what ties an answer, its log line and an error report together.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The header, both ways.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id taken from a client.
const MAX_CHARS: usize = 64;

/// The id of a request: the client's own where it sends a plain one, else 16 hexadecimal digits. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    /// The client's, or a fresh one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        headers
            .get(X_REQUEST_ID)
            .filter(|value| is_plain(value.as_bytes()))
            .map_or_else(fresh, |value| Self(value.clone()))
    }

    /// As text.
    pub(super) fn as_str(&self) -> &str {
        // Only plain ASCII is ever taken or made.
        self.0.to_str().unwrap_or_default()
    }

    /// As the header that tells it.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// A client's id is repeated in logs, so it may hold nothing a log could trip over.
fn is_plain(text: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=MAX_CHARS).contains(&text.len()) && text.iter().all(plain)
}

/// Half names the process, by chance; half counts.
fn fresh() -> RequestId {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one("process") << 32);
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = *PROCESS | u64::from(COUNT.fetch_add(1, Ordering::Relaxed));
    let digit = |nibble: u64| b"0123456789abcdef"[usize::try_from(nibble & 0xf).unwrap_or(0)];
    let digits: [u8; 16] = std::array::from_fn(|at| digit(number >> (60 - 4 * at)));
    RequestId(HeaderValue::from_bytes(&digits).unwrap_or_else(|_| HeaderValue::from_static("unknown")))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn fresh_ids_differ() {
        let ids: HashSet<String> = (0..100).map(|_| fresh().as_str().to_owned()).collect();
        assert_eq!(ids.len(), 100);
        assert!(ids.iter().all(|id| id.len() == 16));
    }

    #[test]
    fn a_plain_id_is_taken_and_any_other_is_not() {
        let id = |text: &str| {
            let value = HeaderValue::from_bytes(text.as_bytes()).unwrap();
            RequestId::of(&HeaderMap::from_iter([(X_REQUEST_ID, value)]))
        };
        assert_eq!(id("abc-123_D.e").as_str(), "abc-123_D.e");
        for bad in ["", "a b", "a\tb", "ü", "<script>", &"a".repeat(65)] {
            assert_eq!(id(bad).as_str().len(), 16, "{bad:?}");
            assert_ne!(id(bad).as_str(), bad);
        }
    }
}
