//! What the limiter has done, for metrics and `/health`.

use super::lease::Claim;

/// Which limiter decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActiveLimiter {
    /// None: limits are off.
    Off,
    /// The counters in Redis, shared by all instances.
    Redis,
    /// This process alone.
    Local,
}

impl ActiveLimiter {
    /// A word for `/health`, logs and labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Redis => "redis",
            Self::Local => "local",
        }
    }
}

/// What the limiter has done since it was made, and how it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimitStatistics {
    /// Which limiter decides now.
    pub active: ActiveLimiter,
    /// How often that has changed.
    pub transitions: u64,
    /// Clients in memory now.
    pub clients: usize,
    /// What was counted.
    pub figures: Figures,
}

/// What was counted. Only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Requests let through, those of exempt clients not counted.
    pub allowed: u64,
    /// Requests turned away because the window's quota was spent.
    pub limited: u64,
    /// Requests turned away because the client is blocked.
    pub blocked: u64,
    /// Leases taken from Redis.
    pub leases: u64,
    /// Requests in them; by `leases`, the size of one.
    pub leased: u64,
    /// Requests given back unspent.
    pub given_back: u64,
    /// Windows in which a client went over the limit, as seen first by this instance.
    pub strikes: u64,
    /// Clients forgotten for want of room.
    pub evicted: u64,
}

impl Figures {
    /// Counts what an account gives back, if it does, and leaves what is to be told of it.
    pub(super) fn gave_back(&mut self, given: Option<(Claim, u32)>) -> Option<Claim> {
        let (claim, given) = given?;
        self.given_back += u64::from(given);
        Some(claim)
    }

    pub(super) const fn add(&mut self, other: &Self) {
        self.allowed += other.allowed;
        self.limited += other.limited;
        self.blocked += other.blocked;
        self.leases += other.leases;
        self.leased += other.leased;
        self.given_back += other.given_back;
        self.strikes += other.strikes;
        self.evicted += other.evicted;
    }
}
