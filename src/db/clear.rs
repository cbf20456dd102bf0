//! Clearing the cache: raises the counts that every cached answer's key contains, and touches nothing else.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter};

use super::connect::Database;
use super::entities::index_state;
use super::error::DatabaseError;
use super::rows::{ClearCounts, IndexState};

impl Database {
    /// Adds to the counts of clears, and tells the state that this made.
    ///
    /// # Errors
    /// The database does not answer, or was never migrated.
    #[tracing::instrument(name = "sql", level = "debug", skip_all, fields(asked = "clear"))]
    pub async fn clear(&self, add: ClearCounts) -> Result<IndexState, DatabaseError> {
        use index_state::Column;
        let raised = |column: Column, by: i64| (column, Expr::col(column).add(by));
        let mut update = index_state::Entity::update_many();
        for (column, value) in [
            raised(Column::SearchEpoch, add.search),
            raised(Column::FacetsEpoch, add.facets),
            raised(Column::StatsEpoch, add.stats),
        ] {
            update = update.col_expr(column, value);
        }
        update
            .filter(Column::Id.eq(index_state::ONLY))
            .exec(&self.connection)
            .await?;
        self.state().await
    }
}
