//! Indexing: finds the automations in Home Assistant configurations and brings the database level with them.

pub mod files;
mod git_remote;
pub mod reader;
mod run;
mod source;

pub use run::{IndexError, Indexed, RepositoryReport, Summary, run};
pub use source::{Candidate, SourceError, described_by, folder, tree};
