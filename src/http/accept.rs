//! Which of the two media types an answer is in (GraphQL over HTTP, draft of 2025, "Accept").

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::graphql::Outcome;

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status code tells of request errors.
    GraphqlResponse,
    /// `application/json`: 200 for whatever is a GraphQL answer.
    Json,
}

impl Media {
    /// The new type for who asks for it, the old one for all others.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let accepts_new = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|range| range.trim().starts_with("application/graphql-response+json"));
        if accepts_new {
            Self::GraphqlResponse
        } else {
            Self::Json
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

    pub(super) const fn status(self, outcome: Outcome) -> StatusCode {
        match (self, outcome) {
            (Self::GraphqlResponse, Outcome::Rejected) => StatusCode::BAD_REQUEST,
            _ => StatusCode::OK,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_type_is_for_who_asks_for_it() {
        let media = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            Media::of(&headers)
        };
        assert_eq!(
            media("application/graphql-response+json, application/json;q=0.9"),
            Media::GraphqlResponse
        );
        assert_eq!(
            media("text/html, application/graphql-response+json"),
            Media::GraphqlResponse
        );
        assert_eq!(media("application/json"), Media::Json);
        assert_eq!(media("*/*"), Media::Json);
        assert_eq!(Media::of(&HeaderMap::new()), Media::Json);
    }
}
