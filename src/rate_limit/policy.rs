//! The rules, in the units the rest of this module counts in.
//!
//! Invariants: no rule is zero where it divides or multiplies; a counter never dies before its window; the unspent
//! shares of one client's quota that several instances hold never come to more than 5 % of it.

use std::net::IpAddr;
use std::time::Duration;

use crate::config::{Network, RateLimitConfig};

/// Of a client's quota, one part in so many may lie unspent in the instances' hands: 5 %.
const SPARE_PART: u32 = 20;

/// Of the quota of a client that it alone serves, an instance may hold one part in so many unspent: 10 %. More would save
/// little, and this is what such a client loses when the instance is killed.
const SOLE_PART: u32 = 10;

/// Windows without going over the limit after which one offence is forgotten.
const FADING_WINDOWS: u64 = 10;

/// The rules.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) enabled: bool,
    /// Requests per window and client.
    pub(super) limit: u32,
    /// Milliseconds.
    pub(super) window: u64,
    /// Milliseconds that a counter lives at least, from its first use.
    pub(super) counter_ttl: u64,
    /// The longest block, milliseconds; 0 = nobody is blocked.
    pub(super) backoff_max: u64,
    /// Milliseconds of quiet after which one offence is forgotten.
    pub(super) fading: u64,
    /// Unspent requests that all instances may hold of one client's quota, if several serve it.
    pub(super) spare_max: u32,
    /// Unspent requests that an instance may hold which alone serves the client.
    pub(super) sole_max: u32,
    /// What it keeps of them when another comes.
    pub(super) kept: u32,
    /// Milliseconds after which a lease that nobody draws on is given back, and after which a client whose quota lies
    /// in other hands is looked up again.
    pub(super) idle: u64,
    /// Clients kept in memory.
    pub(super) max_clients: usize,
    /// How much complexity one request pays for.
    complexity_unit: u64,
    allow_list: Vec<Network>,
}

impl Policy {
    /// The rules an operator has set.
    pub fn new(config: &RateLimitConfig) -> Self {
        let limit = config.requests.max(1);
        let window = millis(config.window).max(1);
        let spare_max = limit / SPARE_PART;
        Self {
            enabled: config.enabled,
            limit,
            window,
            counter_ttl: millis(config.counter_ttl),
            backoff_max: millis(config.backoff_max),
            fading: window.saturating_mul(FADING_WINDOWS),
            spare_max,
            sole_max: if spare_max == 0 { 0 } else { limit / SOLE_PART },
            kept: spare_max.div_ceil(2),
            idle: (window / 20).clamp(50, 1_000),
            max_clients: config.max_clients.max(1),
            complexity_unit: config.complexity_unit.max(1),
            allow_list: config.allow_list.clone(),
        }
    }

    /// Whether this address is never limited.
    pub fn exempts(&self, address: IpAddr) -> bool {
        !self.enabled || self.allow_list.iter().any(|network| network.contains(address))
    }

    /// Requests per window and client.
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// The window.
    pub const fn window(&self) -> Duration {
        Duration::from_millis(self.window)
    }

    /// What an operation costs, in requests: one for each begun `RATELIMIT_COMPLEXITY_UNIT` of its complexity, at least
    /// one.
    ///
    /// Charged in two parts, because complexity is known only once the document was read: one request at the door, so
    /// that a kept answer needs no reading, and the rest before anything is resolved.
    pub fn cost(&self, complexity: u64) -> u32 {
        u32::try_from(complexity.div_ceil(self.complexity_unit).max(1)).unwrap_or(u32::MAX)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_costs_one_request_for_each_begun_unit_of_complexity() {
        let policy = |complexity_unit| {
            Policy::new(&RateLimitConfig {
                complexity_unit,
                ..RateLimitConfig::default()
            })
        };
        for (complexity, expected) in [
            (0, 1),
            (1, 1),
            (100, 1),
            (101, 2),
            (1_000, 10),
            (u64::MAX, u32::MAX),
        ] {
            assert_eq!(policy(100).cost(complexity), expected, "{complexity}");
        }
        assert_eq!(policy(0).cost(7), 7);
    }

    #[test]
    fn only_listed_addresses_are_exempt_unless_limits_are_off() {
        let mut config = RateLimitConfig {
            allow_list: vec!["192.0.2.0/24".parse().unwrap(), "2001:db8::7".parse().unwrap()],
            ..RateLimitConfig::default()
        };
        let exempt =
            |config: &RateLimitConfig, address: &str| Policy::new(config).exempts(address.parse().unwrap());
        for (address, expected) in [
            ("192.0.2.9", true),
            ("::ffff:192.0.2.9", true),
            ("2001:db8::7", true),
            // One address of a /64 is exempt, not its neighbours.
            ("2001:db8::8", false),
            ("192.0.3.1", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(exempt(&config, address), expected, "{address}");
        }
        config.enabled = false;
        assert!(exempt(&config, "127.0.0.1"));
    }

    #[test]
    fn at_most_a_twentieth_of_a_quota_lies_unspent_and_a_tenth_with_who_is_alone() {
        let table = [
            (0, 0, 0),
            (1, 0, 0),
            (19, 0, 0),
            (20, 1, 2),
            (100, 5, 10),
            (1_000, 50, 100),
        ];
        for (requests, spare, sole) in table {
            let policy = Policy::new(&RateLimitConfig {
                requests,
                ..RateLimitConfig::default()
            });
            assert_eq!((policy.spare_max, policy.sole_max), (spare, sole), "{requests}");
            assert!(policy.kept <= policy.spare_max, "{requests}");
        }
    }
}
