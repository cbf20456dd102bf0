//! Which changes servers are to take up, and when: an index run that changes many repositories is taken up once, at its
//! end, and every half a minute while it goes on; whatever else changes is taken up at once.
//!
//! Invariant: what is held back becomes public by the mere passing of time. A run that dies leaves nothing hidden.

use std::time::Duration;

use chrono::Utc;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, UpdateMany};

use super::connect::Database;
use super::entities::index_state::{self, Column};
use super::error::DatabaseError;
use super::rows::IndexState;

/// When a change is to be taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Publication {
    /// At once.
    AtOnce,
    /// With the other changes of its run.
    HeldBack,
}

/// How long a run's changes are held back at most.
pub const HOLD: Duration = Duration::from_secs(30);

impl Database {
    /// The state that a server which works from `known` is to go on to; `None` = it is to stay. With nothing known, the
    /// newest.
    ///
    /// # Errors
    /// The database does not answer, or was never migrated.
    pub async fn news(&self, known: Option<&IndexState>) -> Result<Option<IndexState>, DatabaseError> {
        let row = index_state::Entity::find_by_id(index_state::ONLY)
            .one(&self.connection)
            .await?
            .ok_or(DatabaseError::NoState)?;
        let (published, held) = (row.published_version, is_held(row.held_until, milliseconds_now()));
        let newest = IndexState::from(row);
        let Some(known) = known else {
            return Ok(Some(newest));
        };
        if *known == newest {
            return Ok(None);
        }
        if held && known.data_version >= published {
            // A clear of the cache is nothing that a run could hold back.
            let cleared = IndexState {
                cleared: newest.cleared,
                ..*known
            };
            return Ok((cleared != *known).then_some(cleared));
        }
        Ok(Some(newest))
    }
}

/// Makes all that was held back public.
pub(super) async fn publish(connection: &impl ConnectionTrait) -> Result<(), DatabaseError> {
    index_state::Entity::update_many()
        .col_expr(Column::PublishedVersion, Expr::col(Column::DataVersion))
        .col_expr(Column::HeldUntil, nothing())
        .filter(Column::Id.eq(index_state::ONLY))
        .filter(Column::HeldUntil.is_not_null())
        .exec(connection)
        .await?;
    Ok(())
}

/// In the statement that adds one to the data version: the new version is public.
pub(super) fn at_once(update: UpdateMany<index_state::Entity>) -> UpdateMany<index_state::Entity> {
    update
        .col_expr(Column::PublishedVersion, Expr::col(Column::DataVersion).add(1))
        .col_expr(Column::HeldUntil, nothing())
}

/// In the statement that adds one to the data version: the new version is held back, from now on where nothing was yet.
pub(super) fn held_back(update: UpdateMany<index_state::Entity>) -> UpdateMany<index_state::Entity> {
    let now = milliseconds_now();
    let until = now.saturating_add(HOLD.as_millis().try_into().unwrap_or(i64::MAX));
    let nothing_held = || {
        Condition::any()
            .add(Column::HeldUntil.is_null())
            .add(Column::HeldUntil.lte(now))
    };
    let published = Expr::case(nothing_held(), Expr::col(Column::DataVersion))
        .finally(Expr::col(Column::PublishedVersion));
    let held = Expr::case(nothing_held(), Expr::val(until)).finally(Expr::col(Column::HeldUntil));
    update
        .col_expr(Column::PublishedVersion, published.into())
        .col_expr(Column::HeldUntil, held.into())
}

fn nothing() -> SimpleExpr {
    Expr::val(None::<i64>)
}

fn milliseconds_now() -> i64 {
    Utc::now().timestamp_millis()
}

/// Whether something is held back. A time further ahead than any run sets was set by a clock that is wrong.
fn is_held(until: Option<i64>, now: i64) -> bool {
    let longest = i64::try_from(HOLD.as_millis()).unwrap_or(i64::MAX);
    until.is_some_and(|until| now < until && until.saturating_sub(now) <= longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_back_becomes_public_by_itself() {
        assert!(!is_held(None, 1_000));
        assert!(is_held(Some(1_001), 1_000));
        assert!(!is_held(Some(1_000), 1_000));
        assert!(is_held(Some(31_000), 1_000));
        assert!(
            !is_held(Some(31_001), 1_000),
            "a clock that is ahead hides nothing"
        );
    }
}
