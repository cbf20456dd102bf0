//! Changes of the index: every few seconds the stars of a repository do, as an index run would find.

use std::time::Duration;

use autodex::db::Database;
use autodex::model::Repository;
use tokio::time::Instant;

use crate::setting::Setting;

/// How often.
const EVERY: Duration = Duration::from_secs(7);

/// Writes until time is up; tells how many changes there were.
///
/// # Errors
/// The database cannot be written.
pub(crate) async fn change(setting: &Setting, end: Instant) -> anyhow::Result<u32> {
    let database = Database::connect(&setting.data.url()).await?;
    let mut changes = 0;
    while Instant::now() + EVERY < end {
        tokio::time::sleep(EVERY).await;
        changes += 1;
        let mut writer = database.write().await?;
        writer.sync(&repository(changes), Vec::new()).await?;
        writer.commit().await?;
    }
    database.close().await?;
    Ok(changes)
}

fn repository(stars: u32) -> Repository {
    Repository {
        owner: "soak".to_owned(),
        name: "changing".to_owned(),
        url: "https://github.com/soak/changing".to_owned(),
        default_branch: "main".to_owned(),
        stars,
        ..Repository::default()
    }
}
