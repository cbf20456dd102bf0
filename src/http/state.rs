//! What handlers work with.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::catalog::Live;
use crate::config::HttpConfig;
use crate::db::Database;
use crate::graphql::Engine;

/// The parts of the program a request can reach. Cheap to clone: every part is shared.
#[derive(Clone, FromRef)]
pub struct Services {
    /// Runs GraphQL.
    pub engine: Engine,
    /// The catalog in use.
    pub live: Arc<Live>,
    /// The database, to ask whether it is there.
    pub database: Database,
    /// How to listen.
    pub config: Arc<HttpConfig>,
}
