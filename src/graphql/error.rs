//! What a resolver can fail with, and what of it a client is told: a stable code, and for what is not the client's doing
//! no more than the id of the request.

use std::sync::Arc;

use async_graphql::ServerError;

use crate::db::DatabaseError;

/// The codes of `extensions.code`; clients may rely on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// An argument, a variable or the request itself cannot be used.
    BadUserInput,
    /// The document is no GraphQL.
    ParseFailed,
    /// The document does not fit the schema.
    ValidationFailed,
    /// The id of a document is not known here: send the document along.
    PersistedQueryNotFound,
    /// Documents are not kept here: always send them.
    PersistedQueryNotSupported,
    /// Only an operator may.
    Forbidden,
    /// The document comes to too much.
    TooComplex,
    /// The client asks too much.
    RateLimited,
    /// It took too long, or is not there yet: try again.
    Timeout,
    /// Something broke on this side.
    Internal,
}

impl ErrorCode {
    /// The code as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::ParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::ValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::PersistedQueryNotSupported => "PERSISTED_QUERY_NOT_SUPPORTED",
            Self::Forbidden => "FORBIDDEN",
            Self::TooComplex => "QUERY_TOO_COMPLEX",
            Self::RateLimited => "RATE_LIMITED",
            Self::Timeout => "TIMEOUT",
            Self::Internal => "INTERNAL",
        }
    }
}

/// A failure of a resolver.
#[derive(Clone, Debug, thiserror::Error)]
pub enum QueryError {
    /// An argument out of its bounds.
    #[error("{argument} is {given}; expected {expected}")]
    Argument {
        /// The argument, by its path: `filter.triggers`.
        argument: &'static str,
        /// What was given.
        given: String,
        /// What is allowed.
        expected: String,
    },
    /// Only an operator may.
    #[error("{operation} is for operators: {reason}")]
    Forbidden {
        /// What was asked for.
        operation: &'static str,
        /// What is missing.
        reason: &'static str,
    },
    /// Another index run is under way.
    #[error("index run {run} is under way since {since}; one runs at a time")]
    Busy {
        /// Which.
        run: i64,
        /// Since when.
        since: String,
    },
    /// It was removed between two looks at the database.
    #[error("the repository of this automation has just been removed; ask again")]
    Gone,
    /// The database failed. The cause is for the log only.
    #[error("an internal error: give the request id {request_id} when you report it")]
    Internal {
        /// The id of the request.
        request_id: String,
        /// What happened.
        #[source]
        cause: Arc<DatabaseError>,
    },
}

impl QueryError {
    /// Of a failure of the database, in the request with this id.
    pub(super) fn internal(request_id: &str, cause: DatabaseError) -> Self {
        Self::Internal {
            request_id: request_id.to_owned(),
            cause: Arc::new(cause),
        }
    }

    /// Its code.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Argument { .. } | Self::Busy { .. } => ErrorCode::BadUserInput,
            Self::Forbidden { .. } => ErrorCode::Forbidden,
            Self::Gone | Self::Internal { .. } => ErrorCode::Internal,
        }
    }
}

/// Gives an error its code: the resolver's own, or `otherwise` where async-graphql made it.
///
/// async-graphql keeps the [`QueryError`] an error was made from as its source; what is not for clients is logged here.
pub(super) fn set_code(error: &mut ServerError, otherwise: ErrorCode) {
    let source = error.source::<QueryError>();
    if let Some(QueryError::Internal { request_id, cause }) = source {
        tracing::error!(request_id, error = %cause, "a resolver failed");
    }
    let code = source.map_or(otherwise, QueryError::code);
    error
        .extensions
        .get_or_insert_default()
        .set("code", code.as_str());
}
