//! GraphQL: the schema, and running one operation against one snapshot.

mod arguments;
mod engine;
mod error;
mod finish;
mod loaders;
mod query;
mod types;

pub use engine::{Answer, Engine, Operation, Outcome, sdl};
pub use error::{ErrorCode, QueryError};
