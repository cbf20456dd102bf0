//! What can be cached and cleared apart: the scopes of values, and the kinds of entry made of them.

use std::fmt;

/// A kind of value that has its own time to live, switch and epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// A page of results.
    Search,
    /// Facet counts.
    Facets,
    /// The statistics of the whole index.
    Stats,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Search, Self::Facets, Self::Stats];

    /// Its name in keys, logs and labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Facets => "facets",
            Self::Stats => "stats",
        }
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Some of the scopes: what a finished response is made of, or what is to be cleared.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ScopeSet(u8);

impl ScopeSet {
    /// None.
    pub const EMPTY: Self = Self(0);
    /// All.
    pub const ALL: Self = Self(Scope::Search.bit() | Scope::Facets.bit() | Scope::Stats.bit());

    /// Just one.
    pub const fn one(scope: Scope) -> Self {
        Self(scope.bit())
    }

    /// With one more.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | scope.bit())
    }

    /// Whether it is among them.
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// They, in a fixed order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.into_iter().filter(move |scope| self.contains(*scope))
    }

    pub(super) const fn bits(self) -> u8 {
        self.0
    }
}

impl FromIterator<Scope> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        scopes.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// What an entry holds: one value of a scope, or a finished response made of values of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// One value.
    Value(Scope),
    /// Finished bytes. Its scopes stand in its key's stamp, so that clearing any one of them drops it.
    Response,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [
        Self::Value(Scope::Search),
        Self::Value(Scope::Facets),
        Self::Value(Scope::Stats),
        Self::Response,
    ];

    /// Its name in keys, logs and labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Value(scope) => scope.as_str(),
            Self::Response => "response",
        }
    }

    pub(super) const fn index(self) -> usize {
        match self {
            Self::Value(scope) => scope.index(),
            Self::Response => Scope::ALL.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        let set: ScopeSet = [Scope::Stats, Scope::Search, Scope::Stats].into_iter().collect();
        assert!(set.iter().eq([Scope::Search, Scope::Stats]));
        assert!(!set.contains(Scope::Facets) && !set.is_empty());
        assert!(ScopeSet::ALL.iter().eq(Scope::ALL) && ScopeSet::EMPTY.is_empty());
    }

    #[test]
    fn every_kind_has_a_place_and_a_name_of_its_own() {
        for (at, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind.index(), at);
            assert_eq!(
                Kind::ALL
                    .iter()
                    .filter(|other| other.as_str() == kind.as_str())
                    .count(),
                1
            );
        }
    }
}
