//! The head of an HTTP/1.1 response: what the client needs of it, and no more.

use std::str;

use serde::Serialize;

/// The most headers a response may have.
const MAX_HEADERS: usize = 64;

/// What `X-Cache` tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// `HIT`
    Hit,
    /// Any other value: all or part of the answer was computed.
    Other,
    /// There is no such header.
    Nothing,
}

/// A response's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The status code.
    pub(crate) status: u16,
    /// Bytes of the head.
    pub(crate) bytes: usize,
    /// Bytes of the body after it.
    pub(crate) body_bytes: usize,
    /// Where the answer came from.
    pub(crate) told: Told,
    /// `X-RateLimit-Reset`: the end of the window it was counted in, Unix seconds.
    pub(crate) window_end: Option<u64>,
}

/// A response this client cannot read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeadError {
    /// It is no HTTP/1.1.
    #[error("the response is not HTTP/1.1: {0}")]
    Malformed(#[from] httparse::Error),
    /// The length of its body is not told.
    #[error("the response has no Content-Length")]
    NoLength,
}

/// The headers that tell of the cache, as the server wrote them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CacheHeaders {
    /// `X-Cache`
    pub(crate) x_cache: Option<String>,
    /// `Cache-Status` (RFC 9211), which names the tier.
    pub(crate) cache_status: Option<String>,
    /// `Server-Timing`
    pub(crate) server_timing: Option<String>,
}

impl Head {
    /// Reads the head at the beginning of `bytes`; nothing while it is not complete.
    ///
    /// # Errors
    /// The response is none this client can read.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<Self>, HeadError> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(head_bytes) = response.parse(bytes)? else {
            return Ok(None);
        };
        let (mut length, mut told, mut window_end) = (None, Told::Nothing, None);
        let number = |value: &[u8]| str::from_utf8(value).ok()?.parse().ok();
        for header in response.headers.iter() {
            if header.name.eq_ignore_ascii_case("content-length") {
                length = number(header.value);
            } else if header.name.eq_ignore_ascii_case("x-ratelimit-reset") {
                window_end = number(header.value);
            } else if header.name.eq_ignore_ascii_case("x-cache") {
                told = if header.value == b"HIT" {
                    Told::Hit
                } else {
                    Told::Other
                };
            }
        }
        Ok(Some(Self {
            status: response.code.unwrap_or(0),
            bytes: head_bytes,
            body_bytes: length
                .and_then(|length| usize::try_from(length).ok())
                .ok_or(HeadError::NoLength)?,
            told,
            window_end,
        }))
    }
}

impl CacheHeaders {
    /// Those of a complete head.
    ///
    /// # Errors
    /// It is no head.
    pub(crate) fn parse(head: &[u8]) -> Result<Self, HeadError> {
        let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        // Whether it is complete was asked when it was read.
        let _ = response.parse(head)?;
        let value = |name: &str| {
            let mut named = response.headers.iter();
            let header = named.find(|header| header.name.eq_ignore_ascii_case(name))?;
            Some(String::from_utf8_lossy(header.value).into_owned())
        };
        Ok(Self {
            x_cache: value("x-cache"),
            cache_status: value("cache-status"),
            server_timing: value("server-timing"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nX-Cache: HIT\r\ncontent-length: 12\r\n\
        Cache-Status: autodex; hit; detail=memory\r\n\r\n{\"data\":null}";

    #[test]
    fn a_head_tells_status_length_and_where_the_answer_came_from() {
        let head = Head::parse(ANSWER).unwrap().unwrap();
        assert_eq!((head.status, head.body_bytes, head.told), (200, 12, Told::Hit));
        assert!(ANSWER[head.bytes..].starts_with(b"{"));
    }

    #[test]
    fn a_head_that_is_not_complete_is_none_yet() {
        for cut in [0, 10, 40, 70] {
            assert_eq!(Head::parse(&ANSWER[..cut]).unwrap(), None);
        }
    }

    #[test]
    fn without_the_header_nothing_is_told_and_without_a_length_nothing_is_read() {
        let silent = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(Head::parse(silent).unwrap().unwrap().told, Told::Nothing);
        let endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert!(matches!(Head::parse(endless), Err(HeadError::NoLength)));
    }

    #[test]
    fn the_headers_of_the_cache_are_kept_as_written() {
        let headers = CacheHeaders::parse(ANSWER).unwrap();
        assert_eq!(headers.x_cache.as_deref(), Some("HIT"));
        assert_eq!(
            headers.cache_status.as_deref(),
            Some("autodex; hit; detail=memory")
        );
        assert_eq!(headers.server_timing, None);
    }
}
