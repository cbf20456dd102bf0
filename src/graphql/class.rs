//! What kind of operation a request runs: for figures, which need few and fixed words where clients choose many.

use async_graphql::Positioned;
use async_graphql::parser::types::{OperationDefinition, OperationType};

use crate::cache::{ResponsePlan, Scope, ScopeSet};

/// A kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationClass {
    /// Pages of results, single automations, repositories.
    Search,
    /// Facets.
    Facets,
    /// The statistics.
    Stats,
    /// More than one of them.
    Several,
    /// A change.
    Mutation,
    /// Everything else: the schema, what only operators see.
    Other,
    /// Nothing that could be run.
    Unread,
    /// Several operations in one request.
    Batch,
}

impl OperationClass {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Search,
        Self::Facets,
        Self::Stats,
        Self::Several,
        Self::Mutation,
        Self::Other,
        Self::Unread,
        Self::Batch,
    ];

    /// A word for labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Facets => "facets",
            Self::Stats => "stats",
            Self::Several => "several",
            Self::Mutation => "mutation",
            Self::Other => "other",
            Self::Unread => "unread",
            Self::Batch => "batch",
        }
    }

    /// That of a query made of values of these scopes.
    pub(super) fn of_scopes(scopes: ScopeSet) -> Self {
        let mut scopes = scopes.iter();
        match (scopes.next(), scopes.next()) {
            (None, _) => Self::Other,
            (Some(Scope::Search), None) => Self::Search,
            (Some(Scope::Facets), None) => Self::Facets,
            (Some(Scope::Stats), None) => Self::Stats,
            (Some(_), Some(_)) => Self::Several,
        }
    }

    /// That of an operation: by its plan, where its answer may be cached.
    pub(super) fn of(
        plan: Option<&ResponsePlan>,
        operation: Option<&Positioned<OperationDefinition>>,
    ) -> Self {
        match (plan, operation.map(|operation| operation.node.ty)) {
            (Some(plan), _) => Self::of_scopes(plan.scopes),
            (None, Some(OperationType::Mutation)) => Self::Mutation,
            (None, Some(OperationType::Query | OperationType::Subscription)) => Self::Other,
            (None, None) => Self::Unread,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_place_and_a_word_of_its_own() {
        for (i, class) in OperationClass::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, i, "{class:?}");
            let same = OperationClass::ALL
                .iter()
                .filter(|it| it.as_str() == class.as_str());
            assert_eq!(same.count(), 1, "{class:?}");
        }
    }

    #[test]
    fn a_query_is_called_by_the_one_thing_it_asks_for() {
        let of = |scopes: &[Scope]| OperationClass::of_scopes(scopes.iter().copied().collect());
        assert_eq!(of(&[Scope::Facets]), OperationClass::Facets);
        assert_eq!(of(&[Scope::Stats, Scope::Search]), OperationClass::Several);
        assert_eq!(of(&[]), OperationClass::Other);
    }
}
