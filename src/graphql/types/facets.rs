//! How the matching automations break down.

use async_graphql::{Context, Object, SimpleObject};

use super::repository::Repository;
use crate::catalog;
use crate::graphql::error::QueryError;
use crate::graphql::loaders::Loaders;

/// How the matching automations break down, in five dimensions. A dimension's counts obey the text and every filter but
/// its own, so that a choice can be widened.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(in crate::graphql) struct Facets {
    /// How many automations match all filters.
    total: u32,
    /// By repository, as `owner/name`.
    repositories: Facet,
    /// By blueprint path.
    blueprints: Facet,
    /// By kind of trigger.
    triggers: Facet,
    /// By domain of the actions called.
    action_domains: Facet,
    /// By action called.
    actions: Facet,
}

/// One dimension.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(in crate::graphql) struct Facet {
    /// How many values there are; `values` holds the first of them.
    total_values: u32,
    /// The values: highest count first, then by name. Selected values are always among them, but for
    /// those that `match` leaves out.
    values: Vec<FacetValue>,
}

/// A value and how many of the automations have it.
pub(in crate::graphql) struct FacetValue(catalog::FacetValue);

impl Facets {
    /// Reads the repositories of the values, if the query looks at them.
    pub(in crate::graphql) async fn load(
        ctx: &Context<'_>,
        found: catalog::Facets,
    ) -> Result<Self, QueryError> {
        let values = ctx.look_ahead().field("repositories").field("values");
        if values.field("repository").exists() {
            let ids = found
                .repositories
                .values
                .iter()
                .filter_map(|value| value.repository_id);
            ctx.data_unchecked::<Loaders>().prepare_repositories(ids).await?;
        }
        Ok(Self {
            total: found.total,
            repositories: found.repositories.into(),
            blueprints: found.blueprints.into(),
            triggers: found.triggers.into(),
            action_domains: found.action_domains.into(),
            actions: found.actions.into(),
        })
    }
}

impl From<catalog::FacetCounts> for Facet {
    fn from(found: catalog::FacetCounts) -> Self {
        Self {
            total_values: found.total_values,
            values: found.values.into_iter().map(FacetValue).collect(),
        }
    }
}

/// A value and how many of the automations have it.
#[Object(serial)]
impl FacetValue {
    /// The value, as a filter takes it.
    async fn value(&self) -> &str {
        &self.0.value
    }

    /// How many automations have it.
    async fn count(&self) -> u32 {
        self.0.count
    }

    /// Whether the filter asks for it.
    async fn selected(&self) -> bool {
        self.0.selected
    }

    /// The repository, where the value is one.
    async fn repository(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Repository>> {
        let id = self.0.repository_id?;
        match ctx.data_unchecked::<Loaders>().repository(id).await {
            Ok(row) => row.map(|row| Ok(Repository(row))),
            Err(error) => Some(Err(error.into())),
        }
    }
}
