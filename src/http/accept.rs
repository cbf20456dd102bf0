//! Which of the two media types an answer is in, and which status code goes with it (GraphQL over HTTP, draft of 2026,
//! "Accept", "Body" and "Status Codes"; RFC 9110, section 12.5.1).
//!
//! Invariant: an answer never comes in a type that the client refuses; a client that names no type gets the old one.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use super::quality::{self, Quality};
use crate::graphql::Outcome;

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status code tells of request errors.
    GraphqlResponse,
    /// `application/json`: 200 for whatever is a GraphQL answer.
    Json,
}

/// How well a range of `Accept` fits a type: a more exact one says more about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Anything,
    AnyApplication,
    Exact,
}

/// 294, Partial Success: the draft's own code for an answer with data and errors. Whoever does not know it takes it for a
/// 200 (RFC 9110, section 15).
const PARTIAL_SUCCESS: u16 = 294;

impl Media {
    /// What the client likes best of the two; `None` if it takes neither. Who names none of them but takes anything gets
    /// the old one, as from any server before the new one was there; between two liked alike, the new one is better.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        if let Some(usual) = Self::usual(headers) {
            return Some(usual);
        }
        match (Self::GraphqlResponse.liked(headers), Self::Json.liked(headers)) {
            (None, None) => None,
            (Some(_), None) => Some(Self::GraphqlResponse),
            (Some((fit, new)), Some((_, old))) if new > old || (new == old && fit == Fit::Exact) => {
                Some(Self::GraphqlResponse)
            }
            (_, Some(_)) => Some(Self::Json),
        }
    }

    /// The same for what nearly every client sends, at a glance.
    fn usual(headers: &HeaderMap) -> Option<Self> {
        let mut lines = headers.get_all(header::ACCEPT).iter();
        let (first, None) = (lines.next(), lines.next()) else {
            return None;
        };
        match first.map(HeaderValue::as_bytes) {
            None | Some(b"*/*" | b"application/json") => Some(Self::Json),
            Some(b"application/graphql-response+json") => Some(Self::GraphqlResponse),
            Some(_) => None,
        }
    }

    /// Whether the client takes this one, even if it likes the other better.
    pub(super) fn is_taken(self, headers: &HeaderMap) -> bool {
        self.liked(headers).is_some()
    }

    /// How much the client likes this one, and how exactly it says so; `None` if it does not take it. With nothing said,
    /// anything is taken.
    fn liked(self, headers: &HeaderMap) -> Option<(Fit, Quality)> {
        let (mut named, mut found) = (false, None);
        let lines = headers.get_all(header::ACCEPT).iter();
        for range in lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(quality::items)
        {
            named = true;
            let Some(fit) = self.fit(range) else { continue };
            // The most exact range counts.
            if found.is_none_or(|(so_far, _)| so_far < fit) {
                found = Some((fit, range.quality));
            }
        }
        if !named {
            return Some((Fit::Anything, Quality::FULL));
        }
        found.filter(|(_, quality)| *quality > Quality::NONE)
    }

    /// The same for an answer that has to be given in some type, whatever the client takes.
    pub(super) fn of_or_json(headers: &HeaderMap) -> Self {
        Self::of(headers).unwrap_or(Self::Json)
    }

    fn fit(self, range: quality::Item<'_>) -> Option<Fit> {
        let is = |name: &str| range.name.eq_ignore_ascii_case(name);
        let fit = if is(self.name()) {
            Fit::Exact
        } else if is("application/*") {
            Fit::AnyApplication
        } else if is("*/*") {
            Fit::Anything
        } else {
            return None;
        };
        // Answers are in UTF-8 and nothing else; other parameters ask for nothing that could be different here.
        let utf8 =
            |charset: &str| charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8");
        range.parameter("charset").is_none_or(utf8).then_some(fit)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
        }
    }

    pub(super) const fn content_type(self) -> HeaderValue {
        match self {
            Self::GraphqlResponse => {
                HeaderValue::from_static("application/graphql-response+json; charset=utf-8")
            }
            Self::Json => HeaderValue::from_static("application/json; charset=utf-8"),
        }
    }

    /// The code of an answer that is a GraphQL response.
    pub(super) fn status(self, outcome: Outcome) -> StatusCode {
        match (self, outcome) {
            (_, Outcome::Limited) => StatusCode::TOO_MANY_REQUESTS,
            (_, Outcome::TimedOut) => StatusCode::SERVICE_UNAVAILABLE,
            (_, Outcome::Broken) => StatusCode::INTERNAL_SERVER_ERROR,
            (Self::GraphqlResponse, Outcome::Rejected) => StatusCode::BAD_REQUEST,
            (Self::GraphqlResponse, Outcome::Partial) => {
                StatusCode::from_u16(PARTIAL_SUCCESS).unwrap_or(StatusCode::OK)
            }
            _ => StatusCode::OK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(accept: &[&'static str]) -> Option<Media> {
        let mut headers = HeaderMap::new();
        for line in accept {
            headers.append(header::ACCEPT, HeaderValue::from_static(line));
        }
        Media::of(&headers)
    }

    #[test]
    fn the_client_gets_what_it_likes_best() {
        const NEW: Option<Media> = Some(Media::GraphqlResponse);
        const OLD: Option<Media> = Some(Media::Json);
        let table = [
            ("application/graphql-response+json", NEW),
            ("application/json", OLD),
            ("*/*", OLD),
            ("application/*", OLD),
            ("", OLD),
            ("APPLICATION/GraphQL-Response+JSON", NEW),
            ("application/graphql-response+json, application/json;q=0.9", NEW),
            (
                "application/graphql-response+json;q=0.8, application/json;q=0.9",
                OLD,
            ),
            ("application/json, application/graphql-response+json", NEW),
            (
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                NEW,
            ),
            ("application/graphql-response+json;charset=\"UTF-8\"", NEW),
            (
                "application/graphql-response+json;charset=latin1, application/json",
                OLD,
            ),
            ("application/graphql-response+json, */*", NEW),
            ("application/json, */*", OLD),
            ("application/json, */*;q=0.1", OLD),
            ("text/html, application/graphql-response+json", NEW),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                OLD,
            ),
            ("application/graphql-response+json;q=0, */*", OLD),
            ("application/json;q=0, */*", NEW),
            ("application/json;q=0.000, application/*;q=0.5", NEW),
            ("application/json;profile=x", OLD),
            (
                "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, \
                 multipart/mixed",
                NEW,
            ),
            ("text/html", None),
            ("application/xml, text/*", None),
            ("application/json;q=0", None),
            ("*/*;q=0", None),
            ("application/jsonish", None),
            ("application/graphql-response", None),
            ("application/json;charset=utf-16", None),
        ];
        for (accept, expected) in table {
            assert_eq!(media(&[accept]), expected, "{accept:?}");
        }
    }

    #[test]
    fn several_lines_are_one_list_and_no_line_is_no_wish() {
        assert_eq!(media(&[]), Some(Media::Json));
        assert_eq!(
            media(&["text/html", "application/graphql-response+json"]),
            Some(Media::GraphqlResponse)
        );
    }

    #[test]
    fn the_status_goes_with_the_type() {
        let table = [
            (Media::Json, [200, 200, 200]),
            (Media::GraphqlResponse, [200, 294, 400]),
        ];
        for (media, codes) in table {
            let outcomes = [Outcome::Ok, Outcome::Partial, Outcome::Rejected];
            assert_eq!(outcomes.map(|outcome| media.status(outcome).as_u16()), codes);
        }
    }
}
