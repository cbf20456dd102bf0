//! `autodex migrate`

use std::process::ExitCode;

use crate::config::Config;
use crate::db::Database;

/// Brings the schema up to date, whatever `AUTO_MIGRATE` says.
pub(super) async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let database = Database::connect(config.database.url.expose()).await?;
    database.migrate().await?;
    database.close().await?;
    println!("{} is up to date", config.database.url);
    Ok(ExitCode::SUCCESS)
}
