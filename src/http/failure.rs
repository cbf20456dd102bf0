//! Requests that never reach GraphQL: every one is answered with a GraphQL error all the same, under its status code.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::accept::Media;
use crate::graphql::{ErrorCode, QueryError};
use crate::persisted;

/// Why a request was not taken.
#[derive(Clone, Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The body is no JSON, or JSON of another shape.
    #[error("the request is not a GraphQL request: {0}")]
    Malformed(String),
    /// There is no query.
    #[error("the request has no `query`: expected a GraphQL document as a string")]
    NoQuery,
    /// The body is larger than allowed.
    #[error("the request body is larger than the {limit} bytes allowed")]
    BodyTooLarge {
        /// The bound, in bytes.
        limit: usize,
    },
    /// The client takes none of the types that answers come in.
    #[error("accept is {given:?}; expected application/graphql-response+json or application/json")]
    NotAcceptable {
        /// What it takes.
        given: String,
    },
    /// A page of another site may have made it.
    #[error(
        "this GET may have been made by another site's page without its visitor's knowledge: add the header \
         `apollo-require-preflight: true`, or have the page's origin added to CORS_ALLOWED_ORIGINS"
    )]
    CrossSite,
    /// Its document is not run.
    #[error(transparent)]
    Document(#[from] persisted::Refused),
    /// The JSON nests deeper than allowed.
    #[error("the request's JSON nests deeper than the {bound} levels allowed")]
    TooDeep {
        /// The bound.
        bound: u64,
    },
    /// The body did not come in time.
    #[error("the request body did not come within {} seconds", patience.as_secs())]
    BodyTooSlow {
        /// How long it was waited for.
        patience: std::time::Duration,
    },
    /// The body is of a type that is not read.
    #[error("the request body is {given:?}; expected application/json")]
    MediaType {
        /// What the client calls it.
        given: String,
    },
    /// There is nothing at the path.
    #[error("there is nothing here; GraphQL is at /graphql, its schema at /schema.graphql")]
    NoSuchPath,
    /// The path is there, the method is not. (`Allow` is set by the router.)
    #[error("this path does not take {method}")]
    OtherMethod {
        /// The method.
        method: String,
    },
    /// The method does not go with the path.
    #[error("{path} takes {allowed}")]
    Method {
        /// The path.
        path: &'static str,
        /// The methods it takes.
        allowed: &'static str,
    },
    /// A GET may not change anything.
    #[error("a GET request runs queries only; send mutations by POST")]
    MutationByGet,
    /// An operator's operation failed.
    #[error(transparent)]
    Resolver(QueryError),
    /// As many operations as there may be are worked at.
    #[error("the server works at as many operations as it may; try again in a moment")]
    Overloaded,
    /// The catalog is still being built.
    #[error("the index is still being loaded; try again in a moment")]
    NotReady,
}

impl Failure {
    const fn status(&self) -> StatusCode {
        match self {
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::MediaType { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotAcceptable { .. } => StatusCode::NOT_ACCEPTABLE,
            Self::CrossSite | Self::Document(persisted::Refused::Untrusted) => StatusCode::FORBIDDEN,
            Self::Malformed(_) | Self::NoQuery | Self::TooDeep { .. } | Self::Document(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::NoSuchPath => StatusCode::NOT_FOUND,
            Self::OtherMethod { .. } | Self::Method { .. } | Self::MutationByGet => {
                StatusCode::METHOD_NOT_ALLOWED
            }
            Self::Resolver(error) => match error.code() {
                ErrorCode::Forbidden => StatusCode::FORBIDDEN,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
            Self::NotReady | Self::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    pub(super) const fn code(&self) -> ErrorCode {
        match self {
            Self::CrossSite | Self::Document(persisted::Refused::Untrusted) => ErrorCode::Forbidden,
            Self::Document(persisted::Refused::NotFound) => ErrorCode::PersistedQueryNotFound,
            Self::Document(persisted::Refused::NotSupported) => ErrorCode::PersistedQueryNotSupported,
            Self::NotReady | Self::Overloaded | Self::BodyTooSlow { .. } => ErrorCode::Timeout,
            Self::Resolver(error) => error.code(),
            _ => ErrorCode::BadUserInput,
        }
    }
}

impl Failure {
    /// The answer, in a media type.
    pub(super) fn respond(self, media: Media) -> Response {
        if let Self::Resolver(QueryError::Internal { request_id, cause }) = &self {
            tracing::error!(request_id, error = %cause, "an operator's operation failed");
        }
        let error = json!({"message": self.to_string(), "extensions": {"code": self.code().as_str()}});
        let mut response = (self.status(), Json(json!({"errors": [error]}))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, media.content_type());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::BodyTooSlow { .. } => {
                // The rest of it is not waited for.
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            Self::NotReady | Self::Overloaded => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::MutationByGet => {
                headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            Self::Method { allowed, .. } => {
                headers.insert(header::ALLOW, HeaderValue::from_static(allowed));
            }
            _ => {}
        }
        response
    }

    /// The answer to a request with these headers: in the type it asks for.
    ///
    /// That a persisted query is not found is no failure but a step of the protocol, which clients expect under 200; the
    /// new media type has no 200 without data, so it is told in the old one to whoever takes that too.
    pub(super) fn respond_to(self, headers: &HeaderMap) -> Response {
        use persisted::Refused::{NotFound, NotSupported};
        if matches!(self, Self::Document(NotFound | NotSupported)) && Media::Json.is_taken(headers) {
            let mut response = self.respond(Media::Json);
            *response.status_mut() = StatusCode::OK;
            return response;
        }
        self.respond(Media::of_or_json(headers))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.respond(Media::Json)
    }
}
