//! What handlers work with.

use std::sync::Arc;

use super::figures::RequestFigures;
use super::gate::Gate;
use crate::catalog::Live;
use crate::config::{AdminConfig, HttpConfig};
use crate::db::Database;
use crate::graphql::{CacheControl, Engine};
use crate::persisted::Documents;
use crate::rate_limit::{RateLimiter, TrustedProxies};

/// The parts as handlers get them: one count raised for a request, not one for each part.
pub(super) type Shared = Arc<Services>;

/// The parts of the program a request can reach. Cheap to clone: every part is shared.
#[derive(Clone)]
pub struct Services {
    /// Runs GraphQL.
    pub engine: Engine,
    /// The documents that requests may name by an id.
    pub documents: Arc<Documents>,
    /// The catalog in use.
    pub live: Arc<Live>,
    /// The database, to ask whether it is there.
    pub database: Database,
    /// The cache, for operators.
    pub control: CacheControl,
    /// How much each client may ask.
    pub limiter: Arc<RateLimiter>,
    /// Whose word on the client's address is believed.
    pub proxies: Arc<TrustedProxies>,
    /// How many operations are worked at at once.
    pub gate: Arc<Gate>,
    /// What is counted of requests.
    pub figures: Arc<RequestFigures>,
    /// How to listen.
    pub config: Arc<HttpConfig>,
    /// Who is an operator.
    pub admin: Arc<AdminConfig>,
}
