//! The database schema of Autodex, as steps from nothing to today, for SQLite and PostgreSQL alike.
//!
//! A member of its own, so that a migration can never import an entity: a step that was released describes the tables
//! as they were then, whatever they have become since.

use sea_orm_migration::prelude::*;

mod m20261123_000001_create_index;
mod m20261124_000002_create_index_run;

/// Every step, in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_create_index::Migration),
            Box::new(m20261124_000002_create_index_run::Migration),
        ]
    }
}
