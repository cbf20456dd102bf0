//! Generations: what a value was computed from.
//!
//! Invariant: two values of one scope have the same stamp only if they were computed from the same data after the same
//! clearing. So a key that contains the stamp can never lead to an older answer: a slow fill lands under a stamp that
//! nobody asks for any more. Numbers here only ever rise; the database raises them in the transaction that changes what
//! they stand for.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::scope::{Scope, ScopeSet};

/// How often each scope was cleared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Epochs {
    /// Of search.
    pub search: u64,
    /// Of facets.
    pub facets: u64,
    /// Of stats.
    pub stats: u64,
}

impl Epochs {
    /// One scope's.
    pub const fn of(self, scope: Scope) -> u64 {
        match scope {
            Scope::Search => self.search,
            Scope::Facets => self.facets,
            Scope::Stats => self.stats,
        }
    }

    /// After these scopes were cleared once more.
    #[must_use]
    pub const fn cleared(self, scopes: ScopeSet) -> Self {
        Self {
            search: self.search + scopes.contains(Scope::Search) as u64,
            facets: self.facets + scopes.contains(Scope::Facets) as u64,
            stats: self.stats + scopes.contains(Scope::Stats) as u64,
        }
    }
}

/// What an instance works from: the clearings and the version of the data.
///
/// Greater is newer, number by number. Two generations of which each has something the other lacks (announcements that
/// crossed) are not comparable; their `join` is newer than both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Generation {
    /// How often each scope was cleared.
    pub epochs: Epochs,
    /// The version of the data.
    pub data_version: u64,
}

impl Generation {
    /// The oldest that is as new as both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            epochs: Epochs {
                search: self.epochs.search.max(other.epochs.search),
                facets: self.epochs.facets.max(other.epochs.facets),
                stats: self.epochs.stats.max(other.epochs.stats),
            },
            data_version: self.data_version.max(other.data_version),
        }
    }

    /// What a value of these scopes depends on that was computed from the whole index.
    pub fn stamp(self, scopes: ScopeSet) -> Stamp {
        Stamp::new(self.epochs, scopes, Basis::Index(self.data_version))
    }

    /// What a value depends on that was computed from these repositories only: `(id, version)` of each, in any order,
    /// and the version at which a repository was last added or removed.
    ///
    /// Only for values that nothing outside these repositories can change. The facet of repositories under a filter of
    /// repositories is none (its counts leave that filter out), and neither is a search whose words may be corrected by
    /// the vocabulary of the whole index.
    pub fn stamp_of_repositories(
        self,
        scopes: ScopeSet,
        structure_version: u64,
        repositories: impl IntoIterator<Item = (i64, u64)>,
    ) -> Stamp {
        let versions = digest_of(repositories);
        let basis = Basis::Repositories {
            structure_version,
            versions,
        };
        Stamp::new(self.epochs, scopes, basis)
    }

    const fn parts(self) -> [u64; 4] {
        let Self {
            epochs:
                Epochs {
                    search,
                    facets,
                    stats,
                },
            data_version,
        } = self;
        [search, facets, stats, data_version]
    }
}

impl PartialOrd for Generation {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let mut pairs = self.parts().into_iter().zip(other.parts());
        pairs.try_fold(Ordering::Equal, |so_far, (mine, theirs)| {
            match (so_far, mine.cmp(&theirs)) {
                (same, Ordering::Equal) | (Ordering::Equal, same) => Some(same),
                (a, b) if a == b => Some(a),
                _ => None,
            }
        })
    }
}

/// As it is announced: `s1.f0.t2.v17` (cleared: search, facets, stats; version of the data).
impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [search, facets, stats, version] = self.parts();
        write!(f, "s{search}.f{facets}.t{stats}.v{version}")
    }
}

/// A text that is no generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a generation: expected a text such as s1.f0.t2.v17")]
pub struct NoGeneration;

impl FromStr for Generation {
    type Err = NoGeneration;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.');
        let mut number = |letter: char| {
            let digits = parts.next()?.strip_prefix(letter)?;
            let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| plain)
        };
        let read = (number('s'), number('f'), number('t'), number('v'));
        match (read, parts.next()) {
            ((Some(search), Some(facets), Some(stats), Some(data_version)), None) => Ok(Self {
                epochs: Epochs {
                    search,
                    facets,
                    stats,
                },
                data_version,
            }),
            _ => Err(NoGeneration),
        }
    }
}

/// The part of a generation that one value depends on. It stands in the value's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    scopes: ScopeSet,
    /// By `Scope::index`; 0 for a scope that is not among `scopes`, so that clearing it changes nothing here.
    epochs: [u64; 3],
    basis: Basis,
}

/// The data behind a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Basis {
    /// All of it, at this version.
    Index(u64),
    /// Some repositories.
    Repositories {
        structure_version: u64,
        /// 128 bits of a hash of their ids and versions.
        versions: [u8; 16],
    },
}

impl Stamp {
    fn new(epochs: Epochs, scopes: ScopeSet, basis: Basis) -> Self {
        let epochs = Scope::ALL.map(|scope| {
            if scopes.contains(scope) {
                epochs.of(scope)
            } else {
                0
            }
        });
        Self {
            scopes,
            epochs,
            basis,
        }
    }

    /// The scopes of what the value is made of.
    pub const fn scopes(&self) -> ScopeSet {
        self.scopes
    }

    /// All of it, in a form of one length for each basis, so that no two stamps look alike.
    pub(super) fn hash_into(&self, hasher: &mut blake3::Hasher) {
        let Self {
            scopes,
            epochs,
            basis,
        } = self;
        hasher.update(&[scopes.bits()]);
        for epoch in epochs {
            hasher.update(&epoch.to_le_bytes());
        }
        match basis {
            Basis::Index(version) => hasher.update(&[0]).update(&version.to_le_bytes()),
            Basis::Repositories {
                structure_version,
                versions,
            } => hasher
                .update(&[1])
                .update(&structure_version.to_le_bytes())
                .update(versions),
        };
    }
}

/// For people who look into Redis: `s1.f0.v17`, or `s1.r12-0a1b2c3d` for some repositories.
impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for scope in self.scopes.iter() {
            let letter = match scope {
                Scope::Search => 's',
                Scope::Facets => 'f',
                Scope::Stats => 't',
            };
            write!(f, "{letter}{}.", self.epochs[scope.index()])?;
        }
        match self.basis {
            Basis::Index(version) => write!(f, "v{version}"),
            Basis::Repositories {
                structure_version,
                versions,
            } => {
                let start = u32::from_be_bytes(*versions.first_chunk().expect("16 are more than 4"));
                write!(f, "r{structure_version}-{start:08x}")
            }
        }
    }
}

fn digest_of(repositories: impl IntoIterator<Item = (i64, u64)>) -> [u8; 16] {
    let mut sorted: Vec<_> = repositories.into_iter().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut hasher = blake3::Hasher::new();
    for (id, version) in sorted {
        hasher.update(&id.to_le_bytes()).update(&version.to_le_bytes());
    }
    let mut versions = [0; 16];
    versions.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    versions
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn generations() -> impl Strategy<Value = Generation> {
        // Few numbers, so that equal and comparable ones come up.
        [0..3_u64, 0..3_u64, 0..3_u64, 0..3_u64].prop_map(|[search, facets, stats, data_version]| {
            Generation {
                epochs: Epochs {
                    search,
                    facets,
                    stats,
                },
                data_version,
            }
        })
    }

    fn scope_sets() -> impl Strategy<Value = ScopeSet> {
        proptest::collection::vec(proptest::sample::select(&Scope::ALL[..]), 0..4)
            .prop_map(|scopes| scopes.into_iter().collect())
    }

    proptest! {
        #[test]
        fn the_order_is_a_partial_order(a in generations(), b in generations(), c in generations()) {
            prop_assert_eq!(a.partial_cmp(&a), Some(Ordering::Equal));
            prop_assert_eq!(a == b, a.partial_cmp(&b) == Some(Ordering::Equal));
            prop_assert_eq!(a.partial_cmp(&b), b.partial_cmp(&a).map(Ordering::reverse));
            prop_assert!(!(a <= b && b <= c) || a <= c);
        }

        #[test]
        fn a_join_is_the_least_that_is_as_new_as_both(a in generations(), b in generations(), c in generations()) {
            let join = a.join(b);
            prop_assert!(a <= join && b <= join);
            prop_assert!(!(a <= c && b <= c) || join <= c);
            prop_assert_eq!(join, b.join(a));
        }

        #[test]
        fn clearing_is_newer_and_changes_the_stamps_of_what_was_cleared_and_no_others(
            generation in generations(), cleared in scope_sets(), asked in scope_sets(),
        ) {
            let after = Generation { epochs: generation.epochs.cleared(cleared), ..generation };
            prop_assert_eq!(generation < after, !cleared.is_empty());
            let touched = asked.iter().any(|scope| cleared.contains(scope));
            prop_assert_eq!(generation.stamp(asked) != after.stamp(asked), touched);
        }

        #[test]
        fn new_data_changes_every_stamp_of_the_index_and_none_of_untouched_repositories(
            generation in generations(), asked in scope_sets(), versions in proptest::collection::vec((0..5_i64, 0..5_u64), 0..5),
        ) {
            let after = Generation { data_version: generation.data_version + 1, ..generation };
            prop_assert_ne!(generation.stamp(asked), after.stamp(asked));
            let of = |generation: Generation, structure| generation.stamp_of_repositories(asked, structure, versions.clone());
            prop_assert_eq!(of(generation, 1), of(after, 1));
            prop_assert_ne!(of(generation, 1), of(after, 2));
        }

        #[test]
        fn a_stamp_of_repositories_depends_on_which_and_on_their_versions_not_on_their_order(
            versions in proptest::collection::btree_map(0..5_i64, 0..5_u64, 1..5), at in any::<proptest::sample::Index>(),
        ) {
            let generation = Generation::default();
            let of = |versions: Vec<(i64, u64)>| generation.stamp_of_repositories(ScopeSet::ALL, 1, versions);
            let listed: Vec<_> = versions.into_iter().collect();
            let reversed: Vec<_> = listed.iter().rev().copied().collect();
            prop_assert_eq!(of(listed.clone()), of(reversed));
            let mut changed = listed.clone();
            changed[at.index(listed.len())].1 += 1;
            prop_assert_ne!(of(listed.clone()), of(changed));
            prop_assert_ne!(of(listed.clone()), of(listed[1..].to_vec()));
        }

        #[test]
        fn what_is_announced_is_read_back(generation in generations()) {
            prop_assert_eq!(generation.to_string().parse(), Ok(generation));
        }
    }

    #[test]
    fn what_is_no_generation_is_not_read() {
        for text in [
            "",
            "s1.f2.t3",
            "s1.f2.t3.v4.",
            "s1.f2.t3.v-4",
            "s1.f2.t3.v+4",
            "f1.s2.t3.v4",
            "s1.f2.t3.v99999999999999999999",
        ] {
            assert_eq!(text.parse::<Generation>(), Err(NoGeneration), "{text:?}");
        }
    }

    #[test]
    fn a_stamp_reads_well_in_a_key() {
        let generation: Generation = "s1.f2.t3.v4".parse().unwrap();
        assert_eq!(
            generation.stamp(ScopeSet::one(Scope::Facets)).to_string(),
            "f2.v4"
        );
        assert_eq!(generation.stamp(ScopeSet::ALL).to_string(), "s1.f2.t3.v4");
        let scoped = generation.stamp_of_repositories(ScopeSet::one(Scope::Search), 9, [(1, 2)]);
        assert!(scoped.to_string().starts_with("s1.r9-"), "{scoped}");
    }
}
