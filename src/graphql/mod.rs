//! GraphQL: the schema, and running one operation against one snapshot.

mod absent;
mod access;
mod arguments;
mod caching;
mod control;
mod engine;
mod error;
mod finish;
mod guard;
mod level;
mod loaders;
mod mutation;
mod query;
mod types;
mod warm;

pub use access::Access;
pub use caching::{Caching, Finished, Found, generation};
pub use control::CacheControl;
pub use engine::{Answer, Circumstances, Engine, Operation, Outcome, sdl};
pub use error::{ErrorCode, QueryError};
pub use types::cache_stats::CacheStats;
pub use types::clear_result::{CacheScope, ClearCacheResult};
pub use warm::{Warmed, warm};
