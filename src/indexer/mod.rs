//! Indexing: finds the automations in Home Assistant configurations and brings the database level with them.

mod aside;
pub mod files;
mod git_remote;
pub mod github;
pub mod reader;
mod run;
mod running;
mod source;
mod tally;

pub use aside::aside;
pub use run::{IndexError, Indexed, RepositoryReport, Summary, run, run_recorded};
pub use running::{Ending, Running};
pub use source::{Candidate, SourceError, described_by, folder, tree};
pub use tally::Tally;
