//! Export and import: every automation as one line of JSON, for moving from SQLite to PostgreSQL, for backup, for test
//! data.

mod export;
mod import;
mod line;

pub use export::export;
pub use import::{ImportError, ImportSummary, import};
pub use line::{Line, LineRepository};

use crate::db::DatabaseError;

/// Why an export could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The output failed: a full disk, a closed pipe.
    #[error("cannot write: {0}")]
    Write(#[from] std::io::Error),
}
