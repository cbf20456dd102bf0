//! What is kept of the documents that clients send.

use std::path::PathBuf;
use std::time::Duration;

/// What is kept of the documents that clients send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersistedConfig {
    /// `PERSISTED_QUERIES_ENABLED`: whether clients may register documents and then send their hashes alone; true.
    pub enabled: bool,
    /// `PERSISTED_QUERIES_MAX_MB`: mebibytes that the registered documents may take in this process; 8.
    pub max_bytes: u64,
    /// `PERSISTED_QUERIES_TTL`: seconds that a registered document lives in Redis; 86400.
    pub ttl: Duration,
    /// `TRUSTED_DOCUMENTS`: a manifest of the documents that are run, and no others; none, and then all are run.
    pub trusted_documents: Option<PathBuf>,
}
