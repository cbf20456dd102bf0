//! The index: repositories, their automations, and the one row that says which version of the data this is.

use std::hash::{BuildHasher, RandomState};

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_pk_auto, binary_len, integer, integer_null, json_binary, pk_auto, text, text_null,
    text_uniq, timestamp_with_time_zone,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// One transaction on both databases: an interrupted run leaves nothing half made.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(repository_table()).await?;
        manager.create_table(automation_table()).await?;
        manager.create_index(automations_by_repository()).await?;
        manager.create_table(index_state_table()).await?;
        manager.execute(first_state()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(IndexState::Table).to_owned())
            .await?;
        manager
            .drop_table(Table::drop().table(Automation::Table).to_owned())
            .await?;
        manager
            .drop_table(Table::drop().table(Repository::Table).to_owned())
            .await
    }
}

fn repository_table() -> TableCreateStatement {
    Table::create()
        .table(Repository::Table)
        .col(big_pk_auto(Repository::Id))
        .col(text(Repository::Owner))
        .col(text(Repository::Name))
        // `owner/name` in lower case: GitHub knows one repository under any spelling of its case.
        .col(text_uniq(Repository::NameKey))
        .col(text_null(Repository::Description))
        .col(text(Repository::Url))
        .col(integer(Repository::Stars))
        .col(text(Repository::DefaultBranch))
        .col(big_integer(Repository::Version))
        .col(timestamp_with_time_zone(Repository::IndexedAt))
        .to_owned()
}

fn automation_table() -> TableCreateStatement {
    Table::create()
        .table(Automation::Table)
        .col(big_pk_auto(Automation::Id))
        .col(big_integer(Automation::RepositoryId))
        .col(text_null(Automation::GivenId))
        .col(text_null(Automation::Alias))
        .col(text_null(Automation::Description))
        .col(json_binary(Automation::TriggerTypes))
        .col(json_binary(Automation::ActionCalls))
        .col(text_null(Automation::BlueprintPath))
        .col(text(Automation::SourceFilePath))
        .col(integer_null(Automation::StartLine))
        .col(integer_null(Automation::EndLine))
        .col(text_null(Automation::Source))
        .col(binary_len(Automation::ContentHash, 16))
        .col(timestamp_with_time_zone(Automation::IndexedAt))
        .foreign_key(
            ForeignKey::create()
                .name("automation_repository_fk")
                .from(Automation::Table, Automation::RepositoryId)
                .to(Repository::Table, Repository::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn automations_by_repository() -> IndexCreateStatement {
    Index::create()
        .name("automation_repository_id_idx")
        .table(Automation::Table)
        .col(Automation::RepositoryId)
        .to_owned()
}

fn index_state_table() -> TableCreateStatement {
    Table::create()
        .table(IndexState::Table)
        .col(pk_auto(IndexState::Id))
        .col(big_integer(IndexState::DataVersion))
        .col(big_integer(IndexState::StructureVersion))
        .col(big_integer(IndexState::SearchEpoch))
        .col(big_integer(IndexState::FacetsEpoch))
        .col(big_integer(IndexState::StatsEpoch))
        // By chance, once: tells this database from another whose versions count alike.
        .col(big_integer(IndexState::Lineage))
        .col(timestamp_with_time_zone(IndexState::UpdatedAt))
        .to_owned()
}

fn first_state() -> InsertStatement {
    let lineage = i64::from_le_bytes(RandomState::new().hash_one("lineage").to_le_bytes());
    Query::insert()
        .into_table(IndexState::Table)
        .columns([
            IndexState::Id,
            IndexState::DataVersion,
            IndexState::StructureVersion,
            IndexState::SearchEpoch,
            IndexState::FacetsEpoch,
            IndexState::StatsEpoch,
            IndexState::Lineage,
            IndexState::UpdatedAt,
        ])
        .values_panic([
            1.into(),
            0.into(),
            0.into(),
            0.into(),
            0.into(),
            0.into(),
            lineage.into(),
            Expr::current_timestamp(),
        ])
        .to_owned()
}

#[derive(DeriveIden)]
enum Repository {
    Table,
    Id,
    Owner,
    Name,
    NameKey,
    Description,
    Url,
    Stars,
    DefaultBranch,
    Version,
    IndexedAt,
}

#[derive(DeriveIden)]
enum Automation {
    Table,
    Id,
    RepositoryId,
    /// The `id:` of the YAML.
    #[sea_orm(iden = "automation_id")]
    GivenId,
    Alias,
    Description,
    TriggerTypes,
    ActionCalls,
    BlueprintPath,
    SourceFilePath,
    StartLine,
    EndLine,
    Source,
    ContentHash,
    IndexedAt,
}

#[derive(DeriveIden)]
enum IndexState {
    Table,
    Id,
    DataVersion,
    StructureVersion,
    SearchEpoch,
    FacetsEpoch,
    StatsEpoch,
    Lineage,
    UpdatedAt,
}
