//! The composition root: the only place that knows how the parts fit together.

mod follow;
mod serve;

use std::sync::Arc;

use crate::catalog::Live;
use crate::config::Config;
use crate::db::{Database, DatabaseError};
use crate::graphql::Engine;
use crate::http::Services;

pub use serve::ServeError;

/// A server, wired and ready to serve.
pub struct App {
    config: Config,
    services: Services,
}

impl App {
    /// Opens the database, brings its schema up to date where it is told to, and wires the parts.
    ///
    /// # Errors
    /// The database cannot be opened or migrated.
    pub async fn build(config: Config) -> Result<Self, DatabaseError> {
        let database = Database::connect(config.database.url.expose()).await?;
        if config.database.auto_migrate {
            database.migrate().await?;
        }
        let services = Services {
            engine: Engine::new(&config.graphql, database.clone()),
            live: Arc::new(Live::default()),
            database,
            config: Arc::new(config.http.clone()),
        };
        Ok(Self { config, services })
    }

    /// The database this server reads.
    pub const fn database(&self) -> &Database {
        &self.services.database
    }
}
