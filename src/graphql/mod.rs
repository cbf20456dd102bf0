//! GraphQL: the schema, and running one operation against one snapshot.

mod absent;
mod access;
mod arguments;
mod caching;
mod contained;
mod control;
mod documents;
mod engine;
mod error;
mod fault;
mod finish;
mod guard;
mod inputs;
mod level;
mod loaders;
mod mutation;
mod operation_name;
mod outcome;
mod query;
mod types;
mod validation;
mod warm;

pub use access::Access;
pub use caching::{Caching, Coding, Finished, Form, Found, digest_of, generation};
pub use control::CacheControl;
pub use documents::DocumentUse;
pub use engine::{Answer, Circumstances, Engine, Operation, sdl};
pub use error::{ErrorCode, QueryError};
pub use guard::{Limit, Measured, Refused, measure};
pub use outcome::Outcome;
pub use types::cache_stats::CacheStats;
pub use types::clear_result::{CacheScope, ClearCacheResult};
pub use warm::{Warmed, warm};
