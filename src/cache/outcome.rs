//! How a value was come by. One enum feeds log, metric, header and test.

use std::time::Duration;

use super::clock::Timestamp;

/// When a value was computed and until when it may be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetime {
    /// When its oldest part was computed.
    pub created: Timestamp,
    /// From when on it may no longer be served.
    pub expires: Timestamp,
}

impl Lifetime {
    /// As it looks now; `None` if it is over.
    pub fn at(self, now: Timestamp) -> Option<Freshness> {
        (now < self.expires).then(|| Freshness {
            age: now.since(self.created),
            remaining: self.expires.since(now),
        })
    }
}

/// How old a value is and how long it may still be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Since its oldest part was computed.
    pub age: Duration,
    /// Until it may no longer be served.
    pub remaining: Duration,
}

impl Freshness {
    /// That of something made of both: as old as the older, gone as soon as the shorter-lived.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            age: self.age.max(other.age),
            remaining: self.remaining.min(other.remaining),
        }
    }
}

/// Why nothing was looked up and nothing stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BypassReason {
    /// Its time to live is 0, or its switch is off.
    Off,
    /// A mutation, introspection, an admin's field: never cached.
    Uncacheable,
    /// The answer has errors.
    Errors,
}

impl BypassReason {
    /// A word for logs, labels and headers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Uncacheable => "uncacheable",
            Self::Errors => "errors",
        }
    }
}

/// How a value was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheOutcome {
    /// From the tier in this process.
    HitMemory(Freshness),
    /// From Redis.
    HitRedis(Freshness),
    /// From another request that was computing it at that moment.
    Joined(Freshness),
    /// It was computed, and stored.
    Miss(Freshness),
    /// The cache was not used.
    Bypass(BypassReason),
}

impl CacheOutcome {
    /// A word for logs and labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HitMemory(_) => "hit_memory",
            Self::HitRedis(_) => "hit_redis",
            Self::Joined(_) => "joined",
            Self::Miss(_) => "miss",
            Self::Bypass(_) => "bypass",
        }
    }

    /// Whether it was spared the computing.
    pub const fn is_hit(self) -> bool {
        matches!(self, Self::HitMemory(_) | Self::HitRedis(_) | Self::Joined(_))
    }

    /// Its age and what is left of its time to live; `None` for a bypass.
    pub const fn freshness(self) -> Option<Freshness> {
        match self {
            Self::HitMemory(freshness)
            | Self::HitRedis(freshness)
            | Self::Joined(freshness)
            | Self::Miss(freshness) => Some(freshness),
            Self::Bypass(_) => None,
        }
    }
}

/// A value and how it was come by.
#[derive(Debug)]
pub struct Cached<T> {
    /// The value, shared with the cache.
    pub value: std::sync::Arc<T>,
    /// How it was come by.
    pub outcome: CacheOutcome,
}

impl<T> Clone for Cached<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            outcome: self.outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_ends_at_its_end_and_tells_age_and_rest_before_it() {
        let lifetime = Lifetime {
            created: Timestamp(1_000),
            expires: Timestamp(5_000),
        };
        let seen = lifetime.at(Timestamp(4_000)).unwrap();
        assert_eq!(
            (seen.age, seen.remaining),
            (Duration::from_secs(3), Duration::from_secs(1))
        );
        assert_eq!(lifetime.at(Timestamp(5_000)), None);
        // An instance whose clock is behind the one that stored it.
        assert_eq!(lifetime.at(Timestamp(0)).unwrap().age, Duration::ZERO);
    }

    #[test]
    fn what_is_made_of_two_is_as_old_as_the_older_and_ends_with_the_first() {
        let of = |age, remaining| Freshness {
            age: Duration::from_secs(age),
            remaining: Duration::from_secs(remaining),
        };
        assert_eq!(of(1, 9).and(of(5, 20)), of(5, 9));
        assert_eq!(of(7, 3).and(of(0, 20)), of(7, 3));
    }
}
