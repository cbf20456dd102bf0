//! Which requests are refused because another site's page could make a visitor's browser send them unasked
//! (cross-site request forgery).
//!
//! A browser sends a *simple* request (the fetch standard: GET, or POST of a form or plain text) to any server, without
//! asking it first. Invariant: nothing simple changes anything here, and nothing simple that a strange page made is run.
//!
//! - A POST must be `application/json`, which is never simple: the browser asks first, and CORS answers.
//! - A GET runs queries only. It is run for whoever is no page, for this site's own pages, for origins that may read
//!   answers anyway, and for a link that was followed (whose answer no page gets to see). A page of any other origin has
//!   to add a header that makes the browser ask first: Apollo's, or a content type that is not simple.
//!
//! Browsers tell whose page it is by `Sec-Fetch-Site`, which scripts cannot set (and only to servers they reach by TLS or
//! on their own machine), and by `Origin`, where a script is to read the answer.

use axum::http::{HeaderMap, HeaderName, header};

use super::failure::Failure;

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Headers that no simple request has: Apollo's clients send the second, anyone may send the first.
const FORCING: [HeaderName; 2] = [
    HeaderName::from_static("apollo-require-preflight"),
    HeaderName::from_static("x-apollo-operation-name"),
];

/// Content types of simple requests.
const SIMPLE_TYPES: [&str; 3] = [
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
];

/// Checks a GET.
///
/// # Errors
/// A strange page may have made it.
pub(super) fn check_get(headers: &HeaderMap, allowed_origins: &[String]) -> Result<(), Failure> {
    let suspicious = comes_from_elsewhere(headers) && !is_followed_link(headers);
    if !suspicious || is_allowed(headers, allowed_origins) || forces_preflight(headers) {
        return Ok(());
    }
    Err(Failure::CrossSite)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Whether a page of another origin made it, as far as the browser tells.
fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    match text(headers, &SITE) {
        // The second is a person's own doing: an address typed, a bookmark.
        Some("same-origin" | "none") => false,
        Some(_) => true,
        // On a GET, browsers send it to other origins only.
        None => headers.contains_key(header::ORIGIN),
    }
}

/// Whether it fills a whole window or tab.
fn is_followed_link(headers: &HeaderMap) -> bool {
    text(headers, &MODE) == Some("navigate") && text(headers, &DEST) == Some("document")
}

fn is_allowed(headers: &HeaderMap, allowed_origins: &[String]) -> bool {
    text(headers, &header::ORIGIN).is_some_and(|origin| {
        allowed_origins
            .iter()
            .any(|allowed| allowed == "*" || allowed == origin)
    })
}

fn forces_preflight(headers: &HeaderMap) -> bool {
    let given = |name: &HeaderName| headers.get(name).is_some_and(|value| !value.is_empty());
    FORCING.iter().any(given) || text(headers, &header::CONTENT_TYPE).is_some_and(is_not_simple)
}

fn is_not_simple(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    // What is no media type at all could be sent without asking.
    let is_type = essence
        .split_once('/')
        .is_some_and(|(kind, sub)| !kind.is_empty() && !sub.is_empty());
    is_type
        && !SIMPLE_TYPES
            .iter()
            .any(|simple| essence.eq_ignore_ascii_case(simple))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(headers: &[(&'static str, &'static str)], allowed: &[&str]) -> bool {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        let allowed: Vec<String> = allowed.iter().map(|&origin| origin.to_owned()).collect();
        check_get(&headers.iter().map(pair).collect(), &allowed).is_ok()
    }

    const CROSS: (&str, &str) = ("sec-fetch-site", "cross-site");
    const EVIL: (&str, &str) = ("origin", "https://evil.example");

    #[test]
    fn who_is_no_strange_page_may_ask() {
        for headers in [
            &[][..],
            &[("accept", "application/json")],
            &[
                ("sec-fetch-site", "same-origin"),
                ("sec-fetch-mode", "cors"),
                ("sec-fetch-dest", "empty"),
            ],
            &[
                ("sec-fetch-site", "none"),
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
            ],
            &[
                CROSS,
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "document"),
            ],
        ] {
            assert!(passes(headers, &[]), "{headers:?}");
        }
    }

    #[test]
    fn a_strange_page_may_not_whatever_it_makes_the_browser_send() {
        for headers in [
            // fetch(url), fetch(url, {mode: "no-cors"}), <img>, <script>, <iframe>, a form in a frame
            &[
                CROSS,
                EVIL,
                ("sec-fetch-mode", "cors"),
                ("sec-fetch-dest", "empty"),
            ][..],
            &[CROSS, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "empty")],
            &[CROSS, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
            &[CROSS, ("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "script")],
            &[
                CROSS,
                ("sec-fetch-mode", "navigate"),
                ("sec-fetch-dest", "iframe"),
            ],
            &[
                ("sec-fetch-site", "same-site"),
                ("sec-fetch-mode", "no-cors"),
                ("sec-fetch-dest", "image"),
            ],
            // Over plain HTTP browsers send no more than this.
            &[EVIL],
            &[("origin", "null")],
            &[EVIL, ("content-type", "text/plain;charset=UTF-8")],
            &[EVIL, ("content-type", "application/x-www-form-urlencoded")],
            &[EVIL, ("content-type", "nonsense")],
            &[EVIL, ("apollo-require-preflight", "")],
        ] {
            assert!(!passes(headers, &["https://home.example"]), "{headers:?}");
        }
    }

    #[test]
    fn a_header_that_makes_the_browser_ask_first_opens() {
        for forcing in [
            ("apollo-require-preflight", "true"),
            ("x-apollo-operation-name", "Search"),
            ("content-type", "application/json"),
        ] {
            assert!(passes(&[CROSS, EVIL, forcing], &[]), "{forcing:?}");
        }
    }

    #[test]
    fn an_origin_that_may_read_answers_may_ask() {
        let home = [CROSS, ("origin", "https://home.example")];
        assert!(passes(&home, &["https://home.example"]) && passes(&home, &["*"]));
        assert!(!passes(&home, &["https://home.example.evil"]) && !passes(&home, &[]));
    }
}
