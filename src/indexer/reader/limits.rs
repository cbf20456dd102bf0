//! The bounds that keep a hostile repository from costing more than a large one.

/// How much of a repository the reader takes. Whatever exceeds a bound is left out with a warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest file that is read, in bytes. A larger one is left out whole: half a file is not YAML.
    pub max_file_bytes: u64,
    /// The most that is read of one repository, in bytes.
    pub max_total_bytes: u64,
    /// The most files that are read of one repository.
    pub max_files: usize,
    /// The most nodes looked at in one file, each counted as often as aliases, merges and includes bring it up.
    pub max_nodes: usize,
    /// The most nodes kept in memory for one repository.
    pub max_total_nodes: usize,
    /// How deep lists and mappings may stand in one another in one file.
    pub max_depth: usize,
    /// How long a chain of includes may be.
    pub max_include_depth: usize,
    /// The most warnings kept of one repository.
    pub max_warnings: usize,
}

impl Default for Limits {
    /// Far above what people write (the largest public configurations hold some 20 MB and 300,000 nodes of YAML), far
    /// below what would hurt.
    fn default() -> Self {
        Self {
            max_file_bytes: 8 * 1024 * 1024,
            max_total_bytes: 128 * 1024 * 1024,
            max_files: 20_000,
            max_nodes: 2_000_000,
            max_total_nodes: 8_000_000,
            max_depth: 200,
            max_include_depth: 32,
            max_warnings: 1_000,
        }
    }
}
