//! Index runs: what they did, the lease that lets one of them go on at a time, what is remembered of repositories on
//! GitHub, and which of a run's changes servers are to take up already.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto, integer, json_binary, pk_auto, text, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(index_run_table()).await?;
        manager.create_table(index_lease_table()).await?;
        manager.execute(free_lease()).await?;
        manager.create_table(github_repository_table()).await?;
        // SQLite adds one column a statement.
        for column in publication_columns() {
            let add = Table::alter()
                .table(IndexState::Table)
                .add_column(column)
                .to_owned();
            manager.alter_table(add).await?;
        }
        manager.execute(all_is_published()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [IndexState::PublishedVersion, IndexState::HeldUntil] {
            let drop = Table::alter()
                .table(IndexState::Table)
                .drop_column(column)
                .to_owned();
            manager.alter_table(drop).await?;
        }
        for table in [
            GithubRepository::Table.into_table_ref(),
            IndexLease::Table.into_table_ref(),
            IndexRun::Table.into_table_ref(),
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn index_run_table() -> TableCreateStatement {
    Table::create()
        .table(IndexRun::Table)
        .col(big_pk_auto(IndexRun::Id))
        .col(text(IndexRun::Source))
        .col(text(IndexRun::StartedBy))
        .col(text(IndexRun::Status))
        // The repositories asked for; none = all that are found.
        .col(json_binary(IndexRun::Requested))
        .col(timestamp_with_time_zone(IndexRun::StartedAt))
        .col(timestamp_with_time_zone_null(IndexRun::FinishedAt))
        .col(json_binary(IndexRun::Figures))
        .col(json_binary(IndexRun::Errors))
        .col(text_null(IndexRun::Message))
        .to_owned()
}

fn index_lease_table() -> TableCreateStatement {
    Table::create()
        .table(IndexLease::Table)
        .col(pk_auto(IndexLease::Id))
        .col(text_null(IndexLease::Holder))
        .col(big_integer_null(IndexLease::RunId))
        // Milliseconds since 1970, by the database's clock.
        .col(big_integer(IndexLease::ExpiresAt))
        .to_owned()
}

fn free_lease() -> InsertStatement {
    Query::insert()
        .into_table(IndexLease::Table)
        .columns([IndexLease::Id, IndexLease::ExpiresAt])
        .values_panic([1.into(), 0.into()])
        .to_owned()
}

fn github_repository_table() -> TableCreateStatement {
    Table::create()
        .table(GithubRepository::Table)
        // Which GitHub: ids of github.com mean nothing to an Enterprise server.
        .col(text(GithubRepository::Host))
        .col(big_integer(GithubRepository::GithubId))
        .col(big_integer(GithubRepository::RepositoryId).unique_key())
        .col(text_null(GithubRepository::PushedAt))
        .col(text_null(GithubRepository::CommitId))
        .col(text_null(GithubRepository::Etag))
        // The topics it was found by; none = it was asked for by name.
        .col(json_binary(GithubRepository::Topics))
        // Which reading of configurations it was read by.
        .col(integer(GithubRepository::Reader))
        .primary_key(
            Index::create()
                .name("github_repository_pk")
                .col(GithubRepository::Host)
                .col(GithubRepository::GithubId),
        )
        .foreign_key(
            ForeignKey::create()
                .name("github_repository_repository_fk")
                .from(GithubRepository::Table, GithubRepository::RepositoryId)
                .to(Repository::Table, Repository::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn publication_columns() -> [ColumnDef; 2] {
    let published = big_integer(IndexState::PublishedVersion).default(0).to_owned();
    // Milliseconds since 1970; null = nothing is held back.
    [published, big_integer_null(IndexState::HeldUntil)]
}

fn all_is_published() -> UpdateStatement {
    Query::update()
        .table(IndexState::Table)
        .value(IndexState::PublishedVersion, Expr::col(IndexState::DataVersion))
        .to_owned()
}

#[derive(DeriveIden)]
enum IndexRun {
    Table,
    Id,
    Source,
    StartedBy,
    Status,
    Requested,
    StartedAt,
    FinishedAt,
    Figures,
    Errors,
    Message,
}

#[derive(DeriveIden)]
enum IndexLease {
    Table,
    Id,
    Holder,
    RunId,
    ExpiresAt,
}

#[derive(DeriveIden)]
enum GithubRepository {
    Table,
    Host,
    GithubId,
    RepositoryId,
    PushedAt,
    CommitId,
    Etag,
    Topics,
    Reader,
}

#[derive(DeriveIden)]
enum Repository {
    Table,
    Id,
}

#[derive(DeriveIden)]
enum IndexState {
    Table,
    DataVersion,
    PublishedVersion,
    HeldUntil,
}
