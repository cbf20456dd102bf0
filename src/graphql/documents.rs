//! Documents, from text to parsed and guarded; those that proved valid are kept, bounded in bytes, so that one seen again
//! is neither parsed nor validated.
//!
//! Whether a document is valid depends on its text and the schema, and on nothing else: the values of variables are
//! checked apart from it ([`super::inputs`]). What may differ is which of its variables came at all, for arguments without
//! a value are taken out before ([`super::absent`]): so it is remembered for each such set.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::ServerError;
use async_graphql::parser::types::{ExecutableDocument, Selection};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use super::absent::Absent;
use super::error::{ErrorCode, set_code};
use super::guard::{self, Refused};
use crate::config::GraphqlLimits;

/// Bytes a kept document costs beside what it holds.
const OVERHEAD: u64 = 512;
/// Bytes a token costs once parsed: a name's allocation, an argument, a place in a list.
const PER_TOKEN: u64 = 96;
/// For how many sets of absent variables one document is remembered as valid.
const SETS: usize = 8;

/// A text in 128 bits (XXH3), for this process only: the seed is drawn when it starts, so that no two texts can be made to
/// share one.
type TextDigest = u128;

/// Reads documents, and keeps those that are valid.
#[derive(Debug)]
pub(super) struct Documents {
    limits: GraphqlLimits,
    /// Locked by shard inside.
    known: Cache<TextDigest, Arc<Known>, ByWeight>,
    seed: u64,
    /// Documents that were not found, and had to be parsed.
    parsed: AtomicU64,
}

/// A document that was parsed and passed the guard.
#[derive(Debug)]
pub(super) struct Known {
    digest: TextDigest,
    /// The document as it was written.
    pub(super) document: ExecutableDocument,
    weight: u64,
    /// For which sets of absent variables it proved valid: each is written once, where [`EMPTY`] stands.
    valid: [AtomicU64; SETS],
}

/// No set: no document has a variable in every bit and all of them absent, for the last is never told.
const EMPTY: u64 = u64::MAX;

/// What the documents come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DocumentUse {
    /// Documents kept.
    pub entries: usize,
    /// About how many bytes they take.
    pub bytes: u64,
    /// Documents that had to be parsed so far.
    pub parsed: u64,
}

#[derive(Clone, Debug)]
struct ByWeight;

impl Weighter<TextDigest, Arc<Known>> for ByWeight {
    fn weight(&self, _: &TextDigest, known: &Arc<Known>) -> u64 {
        known.weight
    }
}

impl Documents {
    pub(super) fn new(limits: &GraphqlLimits) -> Self {
        let typical = usize::try_from(limits.document_cache_bytes / 8_192).unwrap_or(usize::MAX);
        Self {
            limits: limits.clone(),
            known: Cache::with_weighter(typical.max(1), limits.document_cache_bytes, ByWeight),
            seed: RandomState::new().hash_one("documents"),
            parsed: AtomicU64::new(0),
        }
    }

    /// What documents may be.
    pub(super) const fn limits(&self) -> &GraphqlLimits {
        &self.limits
    }

    /// The document of a text: the one that is kept, or else parsed.
    ///
    /// # Errors
    /// It goes over a limit, or is no GraphQL.
    pub(super) fn read(&self, text: &str) -> Result<Arc<Known>, ServerError> {
        // Longer ones are not even hashed.
        let tokens = || guard::check_text(text, &self.limits).map_err(|refused| error_of(&refused));
        if text.len() as u64 > self.limits.bytes {
            tokens()?;
        }
        let digest = xxh3_128_with_seed(text.as_bytes(), self.seed);
        if let Some(known) = self.known.get(&digest) {
            return Ok(known);
        }
        let _span = tracing::debug_span!("parse").entered();
        let tokens = tokens()?;
        self.parsed.fetch_add(1, Ordering::Relaxed);
        let document = async_graphql::parser::parse_query(text).map_err(|error| {
            let mut error = ServerError::from(error);
            set_code(&mut error, ErrorCode::ParseFailed);
            error
        })?;
        guard::check_document(&document, tokens, &self.limits).map_err(|refused| error_of(&refused))?;
        let selections = document
            .fragments
            .values()
            .map(|it| &it.node.selection_set)
            .chain(document.operations.iter().map(|(_, it)| &it.node.selection_set))
            .map(|set| written(&set.node))
            .sum::<u64>();
        // Lists have room to spare.
        let weight = OVERHEAD + tokens * PER_TOKEN + selections * 2 * size_of::<Selection>() as u64;
        Ok(Arc::new(Known {
            digest,
            document,
            weight,
            valid: std::array::from_fn(|_| AtomicU64::new(EMPTY)),
        }))
    }

    /// Keeps a document that proved valid for a set of absent variables.
    pub(super) fn keep(&self, known: &Arc<Known>, absent: Absent) {
        known.note_valid(absent);
        self.known.insert(known.digest, Arc::clone(known));
    }

    /// What they come to.
    pub(super) fn in_use(&self) -> DocumentUse {
        DocumentUse {
            entries: self.known.len(),
            bytes: self.known.weight(),
            parsed: self.parsed.load(Ordering::Relaxed),
        }
    }
}

impl Known {
    /// Whether it proved valid for a set of absent variables.
    pub(super) fn is_valid(&self, absent: Absent) -> bool {
        let Absent::These(set) = absent else { return false };
        self.valid
            .iter()
            .any(|valid| valid.load(Ordering::Relaxed) == set)
    }

    fn note_valid(&self, absent: Absent) {
        let Absent::These(set) = absent else { return };
        for place in &self.valid {
            let taken = place.compare_exchange(EMPTY, set, Ordering::Relaxed, Ordering::Relaxed);
            // It is mine, or was written by another who found the same.
            if taken.is_ok() || taken == Err(set) {
                return;
            }
        }
    }
}

/// Selections in a set as it is written.
fn written(set: &async_graphql::parser::types::SelectionSet) -> u64 {
    let of = |selection: &Selection| match selection {
        Selection::Field(field) => 1 + written(&field.node.selection_set.node),
        Selection::InlineFragment(inline) => 1 + written(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => 1,
    };
    set.items.iter().map(|item| of(&item.node)).sum()
}

/// A refusal as a client sees it, with limit, value and bound for programs too.
pub(super) fn error_of(refused: &Refused) -> ServerError {
    let mut error = ServerError::new(refused.to_string(), None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", refused.code().as_str());
    if let Refused::Over { limit, value, bound } = refused {
        extensions.set("limit", limit.as_str());
        extensions.set("value", *value);
        extensions.set("bound", *bound);
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &str = "query($page: Int) { search(page: $page) { total } }";

    fn documents(bytes: u64) -> Documents {
        Documents::new(&GraphqlLimits {
            document_cache_bytes: bytes,
            ..GraphqlLimits::default()
        })
    }

    #[test]
    fn a_valid_document_is_parsed_once_and_one_that_is_not_each_time() {
        let documents = documents(1 << 20);
        for parsed in [1, 2] {
            documents.read(QUERY).unwrap();
            assert_eq!(documents.in_use().parsed, parsed);
        }
        let known = documents.read(QUERY).unwrap();
        documents.keep(&known, Absent::These(0));
        for _ in 0..3 {
            assert!(documents.read(QUERY).unwrap().is_valid(Absent::These(0)));
        }
        assert_eq!(documents.in_use().parsed, 3);
    }

    #[test]
    fn it_is_valid_for_the_sets_of_absent_variables_it_was_tried_with_and_no_other() {
        let known = documents(0).read(QUERY).unwrap();
        known.note_valid(Absent::These(1));
        known.note_valid(Absent::These(1));
        assert!(known.is_valid(Absent::These(1)) && !known.is_valid(Absent::These(0)));
        known.note_valid(Absent::TooMany);
        assert!(!known.is_valid(Absent::TooMany));
        for set in 2..100 {
            known.note_valid(Absent::These(set));
        }
        let remembered = (0..100).filter(|&set| known.is_valid(Absent::These(set))).count();
        assert_eq!(remembered, SETS);
    }

    #[test]
    fn they_never_take_more_than_they_may() {
        let documents = documents(100_000);
        for number in 0..500 {
            let fields = "dataVersion ".repeat(number % 40 + 1);
            let known = documents
                .read(&format!("query Q{number} {{ stats {{ {fields} }} }}"))
                .unwrap();
            documents.keep(&known, Absent::These(0));
            assert!(documents.in_use().bytes <= 100_000);
        }
        assert!(documents.in_use().entries > 5);
    }

    #[test]
    fn a_refusal_has_limit_value_and_bound_for_programs_too() {
        let error = documents(0)
            .read(&format!("{{ {} }}", "__typename ".repeat(21)))
            .unwrap_err();
        let extensions = serde_json::to_value(error.extensions.unwrap()).unwrap();
        let expected =
            serde_json::json!({"code": "QUERY_TOO_COMPLEX", "limit": "rootFields", "value": 21, "bound": 20});
        assert_eq!(extensions, expected);
    }
}
