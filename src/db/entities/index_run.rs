//! `index_run`: one row an index run.

use chrono::{DateTime, Utc};
use sea_orm::FromJsonQueryResult;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use super::Strings;
use crate::model::{RunError, RunFigures};

/// Figures in a JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub(in crate::db) struct Figures(pub(in crate::db) RunFigures);

/// Errors in a JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub(in crate::db) struct Errors(pub(in crate::db) Vec<RunError>);

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "index_run")]
pub(in crate::db) struct Model {
    #[sea_orm(primary_key)]
    pub(in crate::db) id: i64,
    #[sea_orm(column_type = "Text")]
    pub(in crate::db) source: String,
    #[sea_orm(column_type = "Text")]
    pub(in crate::db) started_by: String,
    #[sea_orm(column_type = "Text")]
    pub(in crate::db) status: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub(in crate::db) requested: Strings,
    pub(in crate::db) started_at: DateTime<Utc>,
    pub(in crate::db) finished_at: Option<DateTime<Utc>>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(in crate::db) figures: Figures,
    #[sea_orm(column_type = "JsonBinary")]
    pub(in crate::db) errors: Errors,
    #[sea_orm(column_type = "Text", nullable)]
    pub(in crate::db) message: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::db) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
