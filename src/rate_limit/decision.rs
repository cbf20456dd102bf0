//! What is answered to a request, and what its headers say.

/// What is answered to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Not counted: the client is on the allow list, or limits are off. No headers.
    Exempt,
    /// It goes on.
    Allow(Quota),
    /// It is turned away with 429.
    Deny(Denial),
}

/// Where a client stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests per window.
    pub limit: u32,
    /// Requests left in this window. What other instances hold but have not spent counts as spent.
    pub remaining: u32,
    /// When it starts anew: Unix time in seconds, rounded up.
    pub reset: u64,
    /// Seconds until then, rounded up, at least 1.
    pub reset_after: u64,
}

/// Why and for how long a request is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Where the client stands. Something may remain: less than the request costs.
    pub quota: Quota,
    /// Seconds to wait, rounded up, at least 1.
    pub retry_after: u64,
    /// Why.
    pub reason: DenialReason,
}

/// Why a request is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenialReason {
    /// The window's quota is spent.
    Limited,
    /// The client went over the limit in several windows and is blocked for a while.
    Blocked,
}

impl Decision {
    /// Whether the request goes on.
    pub const fn is_allowed(&self) -> bool {
        matches!(self, Self::Exempt | Self::Allow(_))
    }

    /// Where the client stands; `None` if it is not counted.
    pub const fn quota(&self) -> Option<Quota> {
        match self {
            Self::Exempt => None,
            Self::Allow(quota) => Some(*quota),
            Self::Deny(denial) => Some(denial.quota),
        }
    }
}

impl DenialReason {
    /// A word for logs and labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Limited => "limited",
            Self::Blocked => "blocked",
        }
    }
}
