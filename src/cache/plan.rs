//! From a request as it came to the key of its response, without reading it again.
//!
//! What a request asks for follows from its text and the schema alone, never from the data: so this may be remembered
//! without a generation, and a repeated request finds its response in either tier without being parsed.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use xxhash_rust::xxh3::Xxh3;

use super::generation::Stamp;
use super::key::{Digest, Key, KeySpace};
use super::scope::{Kind, ScopeSet};

/// Bytes a remembered plan costs beside its repositories' names.
const OVERHEAD: usize = 256;

/// Askings of one request that are noted together.
const NOTED_TOGETHER: u32 = 64;

/// What a request asks for. Only for requests that were answered without an error and may be cached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponsePlan {
    /// Of everything the answer depends on but the data: canonical document, operation, variables in use, form.
    pub document: Digest,
    /// The scopes of the values it is made of.
    pub scopes: ScopeSet,
    /// The repositories it depends on, as the request names them; `None` = on the whole index.
    pub repositories: Option<Arc<[String]>>,
    /// What is needed to ask it again, for warming.
    pub operation: Bytes,
}

impl ResponsePlan {
    /// The key of the response computed from this stamp, which must be one of `self.scopes`.
    pub fn key(&self, space: &KeySpace, stamp: Stamp) -> Key {
        space
            .key(Kind::Response, stamp)
            .bytes(self.document.as_bytes())
            .finish()
    }

    fn weight(&self) -> usize {
        let names = self.repositories.iter().flat_map(|names| names.iter());
        OVERHEAD + self.operation.len() + names.map(|name| name.len() + size_of::<String>()).sum::<usize>()
    }
}

/// A request as it came, in 128 bits (XXH3), for this process only: the seed is drawn when it starts and told to nobody, so
/// that no two requests can be made to share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestDigest(u128);

/// A plan in memory, with the key it last led to.
#[derive(Debug)]
pub struct Remembered {
    plan: ResponsePlan,
    /// Of the newest stamp it was asked for: the same for every request until the data moves, and a microsecond to make.
    last: ArcSwapOption<Key>,
    /// How often it was asked again, counted by whoever asks.
    asked: AtomicU32,
}

impl Remembered {
    /// Counts one more asking. How many are to be noted now: each of the first few, then some at a time, so that what is
    /// asked most costs a count and no lock. Never more than half of all askings are left to be noted.
    pub fn ask_again(&self) -> u64 {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        match asked {
            _ if asked > NOTED_TOGETHER => u64::from(if asked.is_multiple_of(NOTED_TOGETHER) {
                NOTED_TOGETHER
            } else {
                0
            }),
            _ if asked.is_power_of_two() => u64::from(asked - asked / 2),
            _ => 0,
        }
    }

    /// The plan.
    pub const fn plan(&self) -> &ResponsePlan {
        &self.plan
    }

    /// The key of the response computed from this stamp, which must be one of the plan's scopes.
    pub fn key(&self, space: &KeySpace, stamp: Stamp) -> Key {
        if let Some(key) = self.last.load().as_deref()
            && *key.stamp() == stamp
        {
            return *key;
        }
        let key = self.plan.key(space, stamp);
        self.last.store(Some(Arc::new(key)));
        key
    }
}

/// The plans of the requests seen of late, bounded in bytes.
pub struct Plans {
    /// Locked by shard inside.
    seen: Cache<RequestDigest, Arc<Remembered>, ByWeight>,
    seed: u64,
}

#[derive(Clone)]
struct ByWeight;

impl Weighter<RequestDigest, Arc<Remembered>> for ByWeight {
    fn weight(&self, _: &RequestDigest, remembered: &Arc<Remembered>) -> u64 {
        remembered.plan.weight() as u64
    }
}

impl std::fmt::Debug for Plans {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plans")
            .field("seen", &self.seen.len())
            .finish_non_exhaustive()
    }
}

impl Plans {
    /// None yet; so many bytes at most.
    pub fn new(max_bytes: u64) -> Self {
        let typical = usize::try_from(max_bytes).unwrap_or(usize::MAX) / OVERHEAD;
        let seed = RandomState::new().hash_one("requests");
        Self {
            seen: Cache::with_weighter(typical, max_bytes, ByWeight),
            seed,
        }
    }

    /// The digest of a request: its method, and its body or query string.
    pub fn digest(&self, method: &str, request: &[u8]) -> RequestDigest {
        let mut hasher = Xxh3::with_seed(self.seed);
        hasher.update(&method.len().to_le_bytes());
        hasher.update(method.as_bytes());
        hasher.update(request);
        RequestDigest(hasher.digest128())
    }

    /// What this request asks for, if it is remembered. Allocates nothing.
    pub fn of(&self, request: RequestDigest) -> Option<Arc<Remembered>> {
        self.seen.get(&request)
    }

    /// Remembers what a request asks for.
    pub fn remember(&self, request: RequestDigest, plan: ResponsePlan) {
        let remembered = Remembered {
            plan,
            last: ArcSwapOption::empty(),
            asked: AtomicU32::new(0),
        };
        self.seen.insert(request, Arc::new(remembered));
    }
}

#[cfg(test)]
mod tests {
    use super::super::generation::Generation;
    use super::super::scope::Scope;
    use super::*;

    #[test]
    fn a_repeated_request_leads_to_the_key_of_its_response_in_the_generation_asked_for() {
        let space = KeySpace::new(b"schema", 1);
        let plan = ResponsePlan {
            document: space.digest().text("canonical").finish(),
            scopes: ScopeSet::one(Scope::Stats),
            repositories: None,
            operation: Bytes::new(),
        };
        let plans = Plans::new(1 << 20);
        let request = plans.digest("POST", b"{stats{totalActions}}");
        assert!(plans.of(request).is_none());
        plans.remember(request, plan.clone());
        let found = plans.of(request).unwrap();
        assert_eq!(*found.plan(), plan);
        assert!(plans.of(plans.digest("GET", b"{stats{totalActions}}")).is_none());
        let old = Generation::default();
        let new = Generation {
            data_version: 1,
            ..old
        };
        assert_eq!(
            found.key(&space, old.stamp(plan.scopes)),
            plan.key(&space, old.stamp(plan.scopes))
        );
        assert_ne!(
            found.key(&space, old.stamp(plan.scopes)),
            plan.key(&space, new.stamp(plan.scopes))
        );
    }

    #[test]
    fn askings_are_noted_in_batches_that_lose_none() {
        let plans = Plans::new(1 << 20);
        let space = KeySpace::new(b"", 0);
        let request = plans.digest("POST", b"{}");
        plans.remember(
            request,
            ResponsePlan {
                document: space.digest().finish(),
                scopes: ScopeSet::ALL,
                repositories: None,
                operation: Bytes::new(),
            },
        );
        let remembered = plans.of(request).unwrap();
        let mut noted = 0;
        for asked in 1..=1_000_u64 {
            noted += remembered.ask_again();
            assert!(noted <= asked && noted * 2 >= asked, "{noted} of {asked}");
        }
        assert_eq!(noted, 960);
    }

    #[test]
    fn plans_are_bounded_in_bytes() {
        let plans = Plans::new(64 << 10);
        let space = KeySpace::new(b"", 0);
        for number in 0..2_000 {
            let request = plans.digest("POST", format!("{number}").as_bytes());
            let repositories = Some(Arc::from(vec!["owner/name".to_owned(); 20]));
            let plan = ResponsePlan {
                document: space.digest().number(number).finish(),
                scopes: ScopeSet::ALL,
                repositories,
                operation: Bytes::new(),
            };
            plans.remember(request, plan);
            assert!(plans.seen.weight() <= 64 << 10);
        }
        assert!(plans.seen.len() > 20);
    }
}
