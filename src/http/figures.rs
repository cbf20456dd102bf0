//! What is counted of requests. Noting one costs a few relaxed additions: no lock, no allocation, no label is looked up,
//! because a kept answer takes only some microseconds itself.
//!
//! Invariant: whatever clients send, there are as many series as there are words here.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::StatusCode;

use super::access_log::Ran;
use crate::cache::CacheOutcome;
use crate::graphql::{OperationClass, Outcome};
use crate::telemetry::Histogram;

/// The paths told apart.
pub(super) const PATHS: [&str; 7] = [
    "graphql", "schema", "graphiql", "admin", "health", "metrics", "other",
];
/// The status codes told apart: those this server answers with, and one word for what else may come.
pub(super) const STATUSES: [&str; 21] = [
    "200", "204", "294", "304", "307", "400", "401", "403", "404", "405", "406", "408", "413", "414", "415",
    "429", "431", "500", "503", "504", "other",
];
/// How answers are come by.
pub(super) const CACHES: [&str; 6] = ["hit_memory", "hit_redis", "joined", "miss", "bypass", "none"];

/// A path as figures tell it: its number in [`PATHS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KnownPath(usize);

const GRAPHQL: KnownPath = KnownPath(0);

const CLASSES: usize = OperationClass::ALL.len();
const OUTCOMES: usize = Outcome::ALL.len();

/// The counts. Each is written by the request it counts and read by whoever asks for them.
#[derive(Debug, Default)]
pub struct RequestFigures {
    responses: [[AtomicU64; STATUSES.len()]; PATHS.len()],
    operations: [[AtomicU64; OUTCOMES]; CLASSES],
    durations: [[Histogram; CACHES.len()]; CLASSES],
}

impl RequestFigures {
    /// Notes an answer; what GraphQL did, if it got that far.
    pub(super) fn note(&self, path: KnownPath, status: StatusCode, ran: Option<&Ran>, took: Duration) {
        self.responses[path.0][status_index(status)].fetch_add(1, Ordering::Relaxed);
        if path != GRAPHQL {
            return;
        }
        let (class, outcome, cache) = match ran {
            Some(ran) => (ran.class, ran.outcome, ran.cache.map_or(5, cache_index)),
            None => (OperationClass::Unread, Outcome::Rejected, 5),
        };
        self.operations[class as usize][outcome as usize].fetch_add(1, Ordering::Relaxed);
        self.durations[class as usize][cache].note(took);
    }

    /// How many answers there were by path and status.
    pub(super) fn responses(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        let rows = PATHS.into_iter().zip(&self.responses);
        rows.flat_map(|(path, row)| {
            let cells = STATUSES.into_iter().zip(row);
            cells.map(move |(status, count)| (path, status, count.load(Ordering::Relaxed)))
        })
    }

    /// How many operations there were by class and outcome.
    pub(super) fn operations(&self) -> impl Iterator<Item = (OperationClass, Outcome, u64)> {
        let rows = OperationClass::ALL.into_iter().zip(&self.operations);
        rows.flat_map(|(class, row)| {
            let cells = Outcome::ALL.into_iter().zip(row);
            cells.map(move |(outcome, count)| (class, outcome, count.load(Ordering::Relaxed)))
        })
    }

    /// How long they took by class and by how their answer was come by.
    pub(super) fn durations(&self) -> impl Iterator<Item = (OperationClass, &'static str, &Histogram)> {
        let rows = OperationClass::ALL.into_iter().zip(&self.durations);
        rows.flat_map(|(class, row)| {
            CACHES
                .into_iter()
                .zip(row)
                .map(move |(cache, it)| (class, cache, it))
        })
    }
}

impl KnownPath {
    /// The one a request's path is.
    pub(super) fn of(path: &str) -> Self {
        match path {
            "/graphql" => GRAPHQL,
            "/schema.graphql" => Self(1),
            "/" => Self(2),
            "/health" | "/ready" => Self(4),
            "/metrics" => Self(5),
            other if other.starts_with("/api/v1/admin/") => Self(3),
            other if other.starts_with("/graphiql") => Self(2),
            _ => Self(6),
        }
    }
}

fn status_index(status: StatusCode) -> usize {
    // The most frequent one without a search.
    if status == StatusCode::OK {
        return 0;
    }
    let found = STATUSES.iter().position(|code| *code == status.as_str());
    found.unwrap_or(STATUSES.len() - 1)
}

const fn cache_index(cache: CacheOutcome) -> usize {
    match cache {
        CacheOutcome::HitMemory(_) => 0,
        CacheOutcome::HitRedis(_) => 1,
        CacheOutcome::Joined(_) => 2,
        CacheOutcome::Miss(_) => 3,
        CacheOutcome::Bypass(_) => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache::{BypassReason, Freshness};

    const FRESH: Freshness = Freshness {
        age: Duration::ZERO,
        remaining: Duration::ZERO,
    };

    #[test]
    fn each_way_an_answer_is_come_by_has_its_word() {
        for cache in [
            CacheOutcome::HitMemory(FRESH),
            CacheOutcome::HitRedis(FRESH),
            CacheOutcome::Joined(FRESH),
            CacheOutcome::Miss(FRESH),
            CacheOutcome::Bypass(BypassReason::Off),
        ] {
            assert_eq!(CACHES[cache_index(cache)], cache.as_str());
        }
    }

    #[test]
    fn a_status_or_path_nobody_thought_of_is_another() {
        assert_eq!(STATUSES[status_index(StatusCode::IM_A_TEAPOT)], "other");
        assert_eq!(STATUSES[status_index(StatusCode::TOO_MANY_REQUESTS)], "429");
        assert_eq!(STATUSES[status_index(StatusCode::from_u16(294).unwrap())], "294");
        assert_eq!(PATHS[KnownPath::of("/wp-login.php").0], "other");
        assert_eq!(PATHS[KnownPath::of("/api/v1/admin/cache/stats").0], "admin");
        assert_eq!(PATHS[KnownPath::of("/ready").0], "health");
    }

    #[test]
    fn outcomes_are_numbered_as_they_are_listed() {
        for (i, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(outcome as usize, i);
        }
    }

    #[test]
    fn an_operation_is_counted_once_and_one_that_was_never_read_too() {
        let figures = RequestFigures::default();
        let ran = Ran {
            class: OperationClass::Facets,
            operation: None,
            outcome: Outcome::Ok,
            cache: Some(CacheOutcome::HitMemory(FRESH)),
        };
        figures.note(GRAPHQL, StatusCode::OK, Some(&ran), Duration::from_micros(20));
        figures.note(GRAPHQL, StatusCode::BAD_REQUEST, None, Duration::from_micros(20));
        figures.note(
            KnownPath::of("/health"),
            StatusCode::OK,
            None,
            Duration::from_micros(20),
        );
        let counted: Vec<_> = figures.operations().filter(|(.., count)| *count > 0).collect();
        let expected = [
            (OperationClass::Facets, Outcome::Ok, 1),
            (OperationClass::Unread, Outcome::Rejected, 1),
        ];
        assert_eq!(counted, expected);
        let timed = figures.durations().map(|(.., it)| it.read().count).sum::<u64>();
        let answered = figures.responses().map(|(.., count)| count).sum::<u64>();
        assert_eq!((timed, answered), (2, 3));
    }
}
