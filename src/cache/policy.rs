//! How long what may be kept: times to live, switches, jitter.

use std::time::Duration;

use super::scope::{Scope, ScopeSet};
use crate::config::CacheConfig;

/// The largest part of a time to live that jitter takes off: what was stored at once does not expire at once.
const JITTER: f64 = 0.1;

/// The times to live by scope, `None` = not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// By `Scope::index`.
    by_scope: [Option<Duration>; 3],
}

impl Policy {
    /// What was configured.
    pub fn new(config: &CacheConfig) -> Self {
        let of = |scope| match scope {
            Scope::Search => (config.ttl_search, config.search_enabled),
            Scope::Facets => (config.ttl_facets, config.facets_enabled),
            Scope::Stats => (config.ttl_stats, config.stats_enabled),
        };
        Self {
            by_scope: Scope::ALL.map(|scope| {
                let (ttl, enabled) = of(scope);
                (enabled && ttl >= Duration::from_millis(1)).then_some(ttl)
            }),
        }
    }

    /// How long something made of values of these scopes may be kept: the shortest of theirs. `None` if one of them may
    /// not be kept at all, and for nothing: what is made of no value is not known to be cacheable.
    pub fn ttl(&self, scopes: ScopeSet) -> Option<Duration> {
        let mut shortest = None;
        for scope in scopes.iter() {
            let ttl = self.by_scope[scope.index()]?;
            shortest = Some(shortest.map_or(ttl, |so_far: Duration| so_far.min(ttl)));
        }
        shortest
    }
}

/// The time to live of one entry: a little shorter than `ttl`, by a draw from 0 to 1. Never longer, never nothing.
pub(super) fn jittered(ttl: Duration, draw: f64) -> Duration {
    ttl.mul_f64(1.0 - JITTER * draw.clamp(0.0, 1.0))
        .max(Duration::from_millis(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seconds(search: u64, facets: u64, stats: u64) -> Policy {
        Policy::new(&CacheConfig {
            ttl_search: Duration::from_secs(search),
            ttl_facets: Duration::from_secs(facets),
            ttl_stats: Duration::from_secs(stats),
            ..CacheConfig::default()
        })
    }

    #[test]
    fn a_response_lives_as_long_as_its_shortest_lived_scope() {
        let policy = seconds(300, 600, 200);
        let both = ScopeSet::one(Scope::Search).with(Scope::Facets);
        assert_eq!(policy.ttl(both), Some(Duration::from_mins(5)));
        assert_eq!(policy.ttl(ScopeSet::ALL), Some(Duration::from_secs(200)));
    }

    #[test]
    fn a_ttl_of_nothing_or_a_switch_keeps_the_scope_and_all_that_contains_it_out() {
        let policy = seconds(300, 0, 300);
        assert_eq!(policy.ttl(ScopeSet::one(Scope::Facets)), None);
        assert_eq!(policy.ttl(ScopeSet::ALL), None);
        assert!(policy.ttl(ScopeSet::one(Scope::Search)).is_some());
        let off = Policy::new(&CacheConfig {
            search_enabled: false,
            ..CacheConfig::default()
        });
        assert_eq!(off.ttl(ScopeSet::one(Scope::Search)), None);
        assert_eq!(off.ttl(ScopeSet::EMPTY), None);
    }

    proptest! {
        #[test]
        fn jitter_takes_a_tenth_at_most_and_leaves_something(ms in 1..10_000_000_u64, draw in 0.0..1.0_f64) {
            let ttl = Duration::from_millis(ms);
            let kept = jittered(ttl, draw);
            prop_assert!(kept <= ttl && kept >= Duration::from_millis(1));
            prop_assert!(kept >= ttl.mul_f64(0.899) );
        }
    }
}
