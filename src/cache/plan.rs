//! From a request as it came to the key of its response, without reading it again.
//!
//! What a request asks for follows from its text and the schema alone, never from the data: so this may be remembered
//! without a generation, and a repeated request finds its response in either tier without being parsed.

use std::sync::Arc;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::generation::Stamp;
use super::key::{Digest, Key, KeySpace};
use super::scope::{Kind, ScopeSet};

/// Bytes a remembered plan costs beside its repositories' names.
const OVERHEAD: usize = 256;

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

/// The plans of the requests seen of late, bounded in bytes.
pub struct Plans {
    /// By `KeySpace::digest` of the request as it came. Locked by shard inside.
    seen: Cache<Digest, Arc<ResponsePlan>, ByWeight>,
}

#[derive(Clone)]
struct ByWeight;

impl Weighter<Digest, Arc<ResponsePlan>> for ByWeight {
    fn weight(&self, _: &Digest, plan: &Arc<ResponsePlan>) -> u64 {
        plan.weight() as u64
    }
}

impl std::fmt::Debug for Plans {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plans").field("seen", &self.seen.len()).finish()
    }
}

impl Plans {
    /// None yet; so many bytes at most.
    pub fn new(max_bytes: u64) -> Self {
        let typical = usize::try_from(max_bytes).unwrap_or(usize::MAX) / OVERHEAD;
        Self {
            seen: Cache::with_weighter(typical, max_bytes, ByWeight),
        }
    }

    /// What this request asks for, if it is remembered. Allocates nothing.
    pub fn of(&self, request: &Digest) -> Option<Arc<ResponsePlan>> {
        self.seen.get(request)
    }

    /// Remembers what a request asks for.
    pub fn remember(&self, request: Digest, plan: ResponsePlan) {
        self.seen.insert(request, Arc::new(plan));
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
        let request = space.digest().bytes(b"{stats{totalActions}}").finish();
        let plan = ResponsePlan {
            document: space.digest().text("canonical").finish(),
            scopes: ScopeSet::one(Scope::Stats),
            repositories: None,
            operation: Bytes::new(),
        };
        let plans = Plans::new(1 << 20);
        assert!(plans.of(&request).is_none());
        plans.remember(request, plan.clone());
        let found = plans.of(&request).unwrap();
        assert_eq!(*found, plan);
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
    fn plans_are_bounded_in_bytes() {
        let plans = Plans::new(64 << 10);
        let space = KeySpace::new(b"", 0);
        for number in 0..2_000 {
            let request = space.digest().number(number).finish();
            let repositories = Some(Arc::from(vec!["owner/name".to_owned(); 20]));
            let plan = ResponsePlan {
                document: request,
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
