//! Telling running servers of a change, for commands that make one.

use super::BuildError;
use crate::config::RedisConfig;
use crate::db::Database;
use crate::graphql::{self, Caching};
use crate::redis_conn::{RedisConn, RedisError};

/// Why servers were not told.
#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    /// The database or the settings of Redis cannot be used.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Redis did not take the message.
    #[error(transparent)]
    Redis(#[from] RedisError),
}

/// Tells every server over this database which generation it is at now.
///
/// # Errors
/// They were not told.
pub async fn announce(config: &RedisConfig, database: &Database) -> Result<(), AnnounceError> {
    let state = database.state().await.map_err(BuildError::from)?;
    if let Some(redis) = RedisConn::start(config).await.map_err(BuildError::from)? {
        let channel = Caching::space_of(state.lineage).channel(redis.prefix());
        redis
            .publish(&channel, graphql::generation(&state).to_string().as_bytes())
            .await?;
    }
    Ok(())
}
