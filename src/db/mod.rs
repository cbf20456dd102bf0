//! The database: the truth everything above is derived from. Connects, migrates, reads and writes; nothing outside this
//! folder knows sea-orm.
//!
//! Invariant: `index_state.data_version` changes in the same transaction as the data it numbers, and only when something
//! did change.

mod clear;
mod connect;
mod diff;
mod digest;
mod entities;
mod error;
mod figures;
mod github;
mod lease;
mod publication;
mod read;
mod rows;
mod runs;
mod scan;
mod sync;
mod write;

pub use connect::{Database, Engine};
pub use error::DatabaseError;
pub use figures::{PoolUse, StatementFigures};
pub use github::{GithubMark, Tracked};
pub use lease::{Lease, NewRun, Refused, RunEnd};
pub use publication::HOLD;
pub use rows::{ClearCounts, IncomingAutomation, IndexState, StoredAutomation, StoredRepository};
pub use scan::{AutomationTerms, SOME, Scan};
pub use sync::SyncOutcome;
pub use write::Writer;
