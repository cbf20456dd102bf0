//! Writing everything out, as of one moment, one repository at a time.

use std::io::Write;

use super::{ExportError, Line};
use crate::db::Database;

/// Writes every automation as a line, those of a repository together, and tells how many.
///
/// # Errors
/// The database or the output failed; what was written so far is whole lines.
pub async fn export(database: &Database, mut output: impl Write) -> Result<usize, ExportError> {
    let scan = database.scan().await?;
    let mut lines = 0;
    for repository in scan.repositories().await? {
        for automation in scan.automations_of(repository.id).await? {
            let line = Line::stored(automation, &repository);
            serde_json::to_writer(&mut output, &line).map_err(std::io::Error::from)?;
            output.write_all(b"\n")?;
            lines += 1;
        }
    }
    output.flush()?;
    Ok(lines)
}
