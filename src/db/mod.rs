//! The database: the truth everything above is derived from. Connects, migrates, reads and writes; nothing outside this
//! folder knows sea-orm.
//!
//! Invariant: `index_state.data_version` changes in the same transaction as the data it numbers, and only when something
//! did change.

mod connect;
mod diff;
mod digest;
mod entities;
mod error;
mod read;
mod rows;
mod scan;
mod sync;
mod write;

pub use connect::{Database, Engine};
pub use error::DatabaseError;
pub use rows::{IncomingAutomation, IndexState, StoredAutomation, StoredRepository};
pub use scan::{AutomationTerms, Scan};
pub use sync::{Absent, SyncOutcome};
pub use write::Writer;
