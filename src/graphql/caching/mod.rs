//! Caching answers and what they are made of: the bridge between GraphQL and `cache`, which knows nothing of it.
//!
//! Two kinds of entries. *Values* (a page of ids, facets, stats) by normalised arguments, so that turning the page or
//! asking for other fields re-uses them. *Responses*, the finished bytes, by canonical document and variables; and in
//! front of those a plan for each request as it came, so that a repeated request is not even parsed.
//!
//! Invariant: a key is made from the very snapshot its entry is computed from.

mod canonical;
mod compressed;
mod extension;
mod finished;
mod parts;
mod plan;
mod stamp;
mod values;

use std::sync::Arc;

use crate::cache::popular::Popular;
use crate::cache::{
    Cache, Cached, Epochs, Generation, Key, KeySpace, Plans, RequestDigest, ResponsePlan, ScopeSet, Traffic,
};
use crate::catalog::Snapshot;
use crate::db::IndexState;

pub use canonical::digest_of;
pub use compressed::{Coding, Form};
pub(super) use extension::{CacheExtension, Landed, Ticket};
pub use finished::Finished;
pub(super) use parts::Parts;
pub(super) use values::{FacetArguments, Lookup, SearchArguments};

/// Bytes for plans: what is remembered of requests, apart from the answers.
const PLAN_BYTES: u64 = 8 << 20;
/// Operations counted for warming.
const COUNTED: usize = 1_000;

/// What is kept for a request as it came.
pub enum Found {
    /// Its answer, and the scopes of the values it is made of.
    Kept(Cached<Finished>, ScopeSet),
    /// It is known, and chance has it that its answer be compared with a fresh one.
    ToBeChecked,
    /// Nothing.
    Nothing,
}

/// The cache as GraphQL uses it. One for a process.
pub struct Caching {
    pub(super) cache: Arc<Cache>,
    pub(super) space: KeySpace,
    plans: Plans,
    popular: Arc<Popular>,
}

/// What an instance works from, as the database says it.
pub fn generation(state: &IndexState) -> Generation {
    // These numbers begin at 0 and only rise.
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    let cleared = state.cleared;
    Generation {
        epochs: Epochs {
            search: number(cleared.search),
            facets: number(cleared.facets),
            stats: number(cleared.stats),
        },
        data_version: number(state.data_version),
    }
}

impl Caching {
    /// Over a cache, with keys made in a space: see [`Caching::space_of`].
    pub fn new(cache: Arc<Cache>, space: KeySpace) -> Self {
        Self {
            cache,
            space,
            plans: Plans::new(PLAN_BYTES),
            popular: Arc::new(Popular::new(COUNTED)),
        }
    }

    /// Where the keys of one database's answers are made.
    pub fn space_of(lineage: i64) -> KeySpace {
        KeySpace::new(super::sdl().as_bytes(), u64::from_le_bytes(lineage.to_le_bytes()))
    }

    /// The cache beneath.
    pub fn cache(&self) -> &Arc<Cache> {
        &self.cache
    }

    /// Where keys are made.
    pub fn space(&self) -> &KeySpace {
        &self.space
    }

    /// What is asked most.
    pub fn popular(&self) -> &Arc<Popular> {
        &self.popular
    }

    /// A request as it came. Allocates nothing.
    pub fn request_digest(&self, method: &str, request: &[u8]) -> RequestDigest {
        self.plans.digest(method, request)
    }

    /// The finished answer to a request seen before, if either tier still has it for this snapshot.
    pub async fn answer(&self, request: RequestDigest, snapshot: &Snapshot) -> Found {
        let Some(remembered) = self.plans.of(request) else {
            return Found::Nothing;
        };
        if self.cache.verify_due() {
            return Found::ToBeChecked;
        }
        let plan = remembered.plan();
        let key = remembered.key(&self.space, stamp::of_plan(snapshot, plan));
        let found = match self.cache.kept_in_memory(&key, Traffic::User) {
            Some(found) => Some(found),
            None => self.cache.kept_in_redis(&key, Traffic::User).await,
        };
        let Some(found) = found else { return Found::Nothing };
        let asked = remembered.ask_again();
        if asked > 0 {
            self.popular.note(plan.document, &plan.operation, asked);
        }
        Found::Kept(found, plan.scopes)
    }

    /// Remembers what a request asks for, and that it was asked.
    pub(super) fn remember(&self, request: RequestDigest, plan: ResponsePlan) {
        self.popular.note(plan.document, &plan.operation, 1);
        self.plans.remember(request, plan);
    }

    /// The key of a plan's response, for a snapshot.
    pub(super) fn key(&self, plan: &ResponsePlan, snapshot: &Snapshot) -> Key {
        plan.key(&self.space, stamp::of_plan(snapshot, plan))
    }
}
