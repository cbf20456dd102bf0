//! The nouns of the domain, as plain data: what a reader finds, what the database keeps, what an export line says.
//!
//! Nothing here does anything; every other module may use it. That is why it sits at the bottom: the indexer writes
//! these, the database stores them, the catalog is built from them, and none of those three knows the others.

mod automation;
mod github_url;
mod index_run;
mod repository;

pub use automation::Automation;
pub use index_run::{IndexRun, RunError, RunFigures, RunSource, RunStarter, RunStatus};
pub use repository::{Repository, RepositoryName, RepositoryNameError};
