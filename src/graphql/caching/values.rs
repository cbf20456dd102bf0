//! The values answers are made of, cached by normalised arguments: two queries that mean the same find the same value.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Caching, Parts, stamp};
use crate::cache::{CacheValue, KeyBuilder, Kind, Scope, ScopeSet, Traffic};
use crate::catalog::{FacetQuery, Facets, Filter, Order, SearchHits, SearchQuery, Snapshot, Totals};

/// What a search depends on, normalised.
pub(in crate::graphql) struct SearchArguments {
    pub(in crate::graphql) text: Option<String>,
    pub(in crate::graphql) filter: Filter,
    pub(in crate::graphql) order: Order,
    pub(in crate::graphql) offset: u32,
    pub(in crate::graphql) limit: u32,
}

/// What facets depend on, normalised.
pub(in crate::graphql) struct FacetArguments {
    pub(in crate::graphql) text: Option<String>,
    pub(in crate::graphql) filter: Filter,
    pub(in crate::graphql) top: u32,
    pub(in crate::graphql) matching: Option<String>,
}

/// On whose behalf, from which data, and where to note how it went.
pub(in crate::graphql) struct Lookup<'a> {
    pub(in crate::graphql) snapshot: &'a Snapshot,
    pub(in crate::graphql) traffic: Traffic,
    pub(in crate::graphql) parts: &'a Parts,
}

/// Nothing of a catalog fails.
type Infallible = std::convert::Infallible;

impl Caching {
    /// A page of results.
    pub(in crate::graphql) async fn search(
        &self,
        at: &Lookup<'_>,
        arguments: &SearchArguments,
    ) -> SearchHits {
        let SearchArguments {
            text,
            filter,
            order,
            offset,
            limit,
        } = arguments;
        let key = self
            .begin_search(at, arguments)
            .optional(text.as_deref())
            .text(order_name(*order));
        let key = with_filter(key, filter)
            .number(i64::from(*offset))
            .number(i64::from(*limit));
        self.value(key, at, || {
            let _span = tracing::debug_span!("catalog", asked = "search").entered();
            at.snapshot.catalog.search(&SearchQuery {
                text: text.as_deref(),
                filter,
                order: *order,
                offset: *offset as usize,
                limit: *limit as usize,
            })
        })
        .await
    }

    /// Facet counts.
    pub(in crate::graphql) async fn facets(&self, at: &Lookup<'_>, arguments: &FacetArguments) -> Facets {
        let FacetArguments {
            text,
            filter,
            top,
            matching,
        } = arguments;
        let key = self
            .begin(Scope::Facets, at)
            .optional(text.as_deref())
            .optional(matching.as_deref());
        let key = with_filter(key, filter).number(i64::from(*top));
        self.value(key, at, || {
            let _span = tracing::debug_span!("catalog", asked = "facets").entered();
            at.snapshot.catalog.facets(&FacetQuery {
                text: text.as_deref(),
                filter,
                top: *top as usize,
                matching: matching.as_deref(),
            })
        })
        .await
    }

    /// The totals of the index.
    pub(in crate::graphql) async fn totals(&self, at: &Lookup<'_>) -> Totals {
        self.value(self.begin(Scope::Stats, at), at, || at.snapshot.catalog.totals())
            .await
    }

    fn begin(&self, scope: Scope, at: &Lookup<'_>) -> KeyBuilder {
        let stamp = stamp::of_index(at.snapshot, ScopeSet::one(scope));
        self.space.key(Kind::Value(scope), stamp)
    }

    /// Without a text, a search that names repositories depends on them alone.
    fn begin_search(&self, at: &Lookup<'_>, arguments: &SearchArguments) -> KeyBuilder {
        let names = &arguments.filter.repositories;
        if arguments.text.is_some() || names.is_empty() || names.len() > stamp::MAX_NAMED {
            return self.begin(Scope::Search, at);
        }
        let stamp = stamp::of_repositories(at.snapshot, ScopeSet::one(Scope::Search), names);
        self.space.key(Kind::Value(Scope::Search), stamp)
    }

    async fn value<T>(&self, key: KeyBuilder, at: &Lookup<'_>, compute: impl FnOnce() -> T) -> T
    where
        T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    {
        let compute = || async { Ok::<_, Infallible>(Kept::new(compute())) };
        let Ok(cached) = self
            .cache
            .get_or_compute(&key.finish(), at.traffic, compute)
            .await;
        at.parts.note(cached.outcome);
        cached.value.value.clone()
    }
}

fn with_filter(key: KeyBuilder, filter: &Filter) -> KeyBuilder {
    let Filter {
        repositories,
        blueprints,
        triggers,
        action_domains,
        actions,
    } = filter;
    [repositories, blueprints, triggers, action_domains, actions]
        .into_iter()
        .fold(key, |key, list| key.list(list.iter().map(String::as_str)))
}

const fn order_name(order: Order) -> &'static str {
    match order {
        Order::Relevance => "relevance",
        Order::Stars => "stars",
        Order::Recent => "recent",
    }
}

/// A value of the catalog, kept as JSON in Redis and as itself in memory.
struct Kept<T> {
    value: T,
    json: Bytes,
}

impl<T: Serialize> Kept<T> {
    fn new(value: T) -> Self {
        // Structures of numbers, texts and lists always serialise.
        let json = serde_json::to_vec(&value).unwrap_or_default().into();
        Self { value, json }
    }
}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> CacheValue for Kept<T> {
    fn encode(&self) -> Option<Bytes> {
        Some(self.json.clone())
    }

    fn decode(bytes: Bytes) -> Option<Self> {
        let value = serde_json::from_slice(&bytes).ok()?;
        Some(Self { value, json: bytes })
    }

    fn weight(&self) -> usize {
        // The value itself takes about as much again as its text.
        2 * self.json.len() + size_of::<Self>()
    }
}
