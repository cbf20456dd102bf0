//! What an answer's headers say of the cache: `X-Cache`, `Cache-Status` (RFC 9211), `Age`, `Cache-Control`, `ETag`,
//! `Server-Timing`.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::text::Text;
use crate::cache::{BypassReason, CacheOutcome, Freshness};
use crate::graphql::Coding;

/// Whether an answer was found whole (`HIT`), in part (`PARTIAL`), not at all (`MISS`), or not looked for (`BYPASS`).
pub(super) const X_CACHE: HeaderName = HeaderName::from_static("x-cache");
/// How a cache handled a request (RFC 9211).
pub(super) const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
/// Where the time went (W3C Server Timing).
pub(super) const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Writes all of them but `ETag`.
pub(super) fn write(headers: &mut HeaderMap, cache: CacheOutcome, partly: bool, took: Duration) {
    let mut text = Text::default();
    headers.insert(X_CACHE, HeaderValue::from_static(x_cache(cache, partly)));
    let told = cache_status(cache, partly);
    if let Some(Freshness { age, remaining }) = cache.freshness() {
        let (age, remaining) = (age.as_secs(), remaining.as_secs());
        let status = text.value(|text| _ = text.word(told).word("; ttl=").number(remaining));
        headers.insert(CACHE_STATUS, status);
        headers.insert(header::AGE, text.value(|text| _ = text.number(age)));
        let control = text.value(|text| _ = text.word("public, max-age=").number(remaining));
        headers.insert(header::CACHE_CONTROL, control);
    } else {
        headers.insert(CACHE_STATUS, HeaderValue::from_static(told));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let timing = text.value(|text| _ = text.word(cache.as_str()).word(";dur=").thousandths(microseconds));
    headers.insert(SERVER_TIMING, timing);
}

const fn x_cache(cache: CacheOutcome, partly: bool) -> &'static str {
    match cache {
        CacheOutcome::Bypass(_) => "BYPASS",
        CacheOutcome::Miss(_) if partly => "PARTIAL",
        CacheOutcome::Miss(_) => "MISS",
        CacheOutcome::HitMemory(_) | CacheOutcome::HitRedis(_) | CacheOutcome::Joined(_) => "HIT",
    }
}

/// The response's own cache, named `autodex`, with the tier as its detail; `ttl` is added where there is one.
const fn cache_status(cache: CacheOutcome, partly: bool) -> &'static str {
    match cache {
        CacheOutcome::HitMemory(_) => "autodex; hit; detail=memory",
        CacheOutcome::HitRedis(_) => "autodex; hit; detail=redis",
        CacheOutcome::Joined(_) => "autodex; fwd=miss; collapsed",
        CacheOutcome::Miss(_) if partly => "autodex; fwd=partial; stored",
        CacheOutcome::Miss(_) => "autodex; fwd=miss; stored",
        CacheOutcome::Bypass(BypassReason::Off) => "autodex; fwd=bypass; detail=off",
        CacheOutcome::Bypass(BypassReason::Uncacheable) => "autodex; fwd=bypass; detail=uncacheable",
        CacheOutcome::Bypass(BypassReason::Errors) => "autodex; fwd=bypass; detail=errors",
    }
}

/// Whether the client already holds this answer (RFC 9110, section 13.1.2: weak comparison), be it compressed or not:
/// `etag` is the tag of the answer as it is.
pub(super) fn already_held(headers: &HeaderMap, etag: &[u8]) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter();
    lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .any(|tag| {
            let tag = tag.trim_ascii();
            tag == b"*" || is_of(tag.strip_prefix(b"W/").unwrap_or(tag), etag)
        })
}

/// Whether a tag is this one, or that of one of its compressed forms.
fn is_of(tag: &[u8], etag: &[u8]) -> bool {
    let plain = etag.strip_suffix(b"\"").unwrap_or(etag);
    let rest = tag.strip_prefix(plain).and_then(|rest| rest.strip_suffix(b"\""));
    rest.is_some_and(|rest| {
        let coding = rest.strip_prefix(b"-");
        rest.is_empty()
            || coding.is_some_and(|name| Coding::ALL.iter().any(|it| it.name().as_bytes() == name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRESH: Freshness = Freshness {
        age: Duration::from_secs(7),
        remaining: Duration::from_secs(293),
    };

    fn written(cache: CacheOutcome, partly: bool) -> Vec<String> {
        let mut headers = HeaderMap::new();
        write(&mut headers, cache, partly, Duration::from_micros(1_500));
        [
            X_CACHE,
            CACHE_STATUS,
            header::AGE,
            header::CACHE_CONTROL,
            SERVER_TIMING,
        ]
        .iter()
        .map(|name| {
            headers
                .get(name)
                .map_or("", |value| value.to_str().unwrap())
                .to_owned()
        })
        .collect()
    }

    #[test]
    fn a_hit_tells_its_tier_its_age_and_what_is_left() {
        let expected = [
            "HIT",
            "autodex; hit; detail=memory; ttl=293",
            "7",
            "public, max-age=293",
            "hit_memory;dur=1.500",
        ];
        assert_eq!(written(CacheOutcome::HitMemory(FRESH), false), expected);
    }

    #[test]
    fn a_miss_with_cached_values_is_partial() {
        assert_eq!(
            written(CacheOutcome::Miss(FRESH), true)[..2],
            ["PARTIAL", "autodex; fwd=partial; stored; ttl=293"]
        );
        assert_eq!(written(CacheOutcome::Miss(FRESH), false)[0], "MISS");
        assert_eq!(written(CacheOutcome::Joined(FRESH), false)[0], "HIT");
    }

    #[test]
    fn what_is_not_cached_here_is_not_to_be_cached_anywhere() {
        let written = written(CacheOutcome::Bypass(BypassReason::Errors), false);
        assert_eq!(
            written[..4],
            ["BYPASS", "autodex; fwd=bypass; detail=errors", "", "no-store"]
        );
    }

    #[test]
    fn a_client_that_holds_the_answer_is_recognised() {
        let held = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            already_held(&headers, b"\"abc\"")
        };
        assert!(held("\"abc\"") && held("W/\"abc\"") && held("\"x\", \"abc\"") && held("*"));
        assert!(held("\"abc-br\"") && held("W/\"abc-gzip\""));
        assert!(
            !held("\"ab\"") && !held("abc") && !held("\"abc-\"") && !held("\"abc-x\"") && !held("\"abcd\"")
        );
    }
}
