//! Why a document is refused: which limit it went over, with what value, and what is allowed.

use crate::graphql::error::ErrorCode;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The length in bytes.
    Bytes,
    /// Names, numbers, strings and punctuation.
    Tokens,
    /// Levels of nesting, a fragment counting as one.
    Depth,
    /// Fields and uses of fragments, written out.
    Fields,
    /// Fields that are asked under another name, written out.
    Aliases,
    /// Fields at the top of one operation, written out.
    RootFields,
    /// Directives, written out.
    Directives,
    /// Fragments that are defined.
    Fragments,
    /// Values the answer may come to.
    Complexity,
}

impl Limit {
    /// Its name in `extensions.limit`; clients may rely on it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Tokens => "tokens",
            Self::Depth => "depth",
            Self::Fields => "fields",
            Self::Aliases => "aliases",
            Self::RootFields => "rootFields",
            Self::Directives => "directives",
            Self::Fragments => "fragments",
            Self::Complexity => "complexity",
        }
    }

    /// What a document has of it.
    const fn unit(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Tokens => "tokens",
            Self::Depth => "levels of nesting, its fragments written out",
            Self::Fields => "fields, its fragments written out",
            Self::Aliases => "aliases, its fragments written out",
            Self::RootFields => "fields at the top of an operation",
            Self::Directives => "directives, its fragments written out",
            Self::Fragments => "fragments",
            Self::Complexity => "values in its answer, by the lengths of the pages it asks for",
        }
    }

    /// Whether measuring stops at the bound, so that the value found is the least there may be.
    const fn stops_at_bound(self) -> bool {
        matches!(self, Self::Tokens | Self::Depth)
    }
}

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It goes over a limit.
    Over {
        /// Which.
        limit: Limit,
        /// What it comes to, or at least comes to.
        value: u64,
        /// What is allowed.
        bound: u64,
    },
    /// A fragment holds itself, and has no end.
    Endless {
        /// Its name.
        fragment: String,
    },
}

impl Refused {
    /// What a client is told.
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Over { .. } => ErrorCode::TooComplex,
            Self::Endless { .. } => ErrorCode::ValidationFailed,
        }
    }
}

impl std::error::Error for Refused {}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Over { limit, value, bound } => {
                let more = if limit.stops_at_bound() || *value == u64::MAX {
                    " or more"
                } else {
                    ""
                };
                let unit = limit.unit();
                write!(
                    f,
                    "the query has {value}{more} {unit}; at most {bound} are allowed"
                )
            }
            Self::Endless { fragment } => write!(f, "the fragment {fragment:?} spreads itself"),
        }
    }
}

/// Refuses a value above a bound.
pub(super) const fn bound(limit: Limit, value: u64, bound: u64) -> Result<(), Refused> {
    if value > bound {
        Err(Refused::Over { limit, value, bound })
    } else {
        Ok(())
    }
}
