//! Exporting and importing, as text.

use std::io::Cursor;

use autodex::db::Database;
use autodex::transfer::{self, ImportError, ImportSummary};

/// Everything in a database, as lines.
pub(crate) async fn export(database: &Database) -> String {
    let mut lines = Vec::new();
    let count = transfer::export(database, &mut lines).await.unwrap();
    let text = String::from_utf8(lines).unwrap();
    assert_eq!(text.lines().count(), count);
    text
}

/// Reads lines into a database.
pub(crate) async fn import(database: &Database, lines: &str) -> Result<ImportSummary, ImportError> {
    transfer::import(database, Cursor::new(lines.to_owned()), |_| {}).await
}
