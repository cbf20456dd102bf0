//! What the reader could not take, and why: said of one file, never a reason to give up the others.

use std::collections::BTreeSet;

/// Something left out of a [`Reading`](super::Reading), or read with less than certainty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct Warning {
    /// The file it is about, relative to the repository's root.
    pub path: String,
    /// What is the matter.
    pub reason: WarningReason,
}

/// What is the matter with a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum WarningReason {
    /// Larger than [`Limits::max_file_bytes`](super::Limits::max_file_bytes): left out.
    #[error("larger than {limit} bytes, left out")]
    TooLarge {
        /// The bound, in bytes.
        limit: u64,
    },
    /// The file or folder could not be opened or read.
    #[error("cannot be read: {cause}")]
    Unreadable {
        /// What the system said.
        cause: String,
    },
    /// Not UTF-8: the bytes that are not were taken as Windows-1252, the superset of Latin-1.
    #[error("not UTF-8, read as Windows-1252 where it is not")]
    NotUtf8,
    /// UTF-16: Home Assistant itself takes only UTF-8.
    #[error("UTF-16 instead of UTF-8")]
    Utf16,
    /// Not YAML: left out.
    #[error("line {line}: {problem}")]
    Syntax {
        /// Where, from 1.
        line: u32,
        /// What the parser said.
        problem: String,
    },
    /// A tab where YAML wants spaces: left out, as Home Assistant does.
    #[error("line {line}: indented with a tab")]
    TabIndentation {
        /// Where, from 1.
        line: u32,
    },
    /// Lists and mappings nested deeper than [`Limits::max_depth`](super::Limits::max_depth): left out.
    #[error("nested more than {limit} deep")]
    TooDeep {
        /// The bound.
        limit: usize,
    },
    /// More nodes than [`Limits::max_nodes`](super::Limits::max_nodes), aliases expanded: read no further.
    #[error("more than {limit} nodes")]
    TooManyNodes {
        /// The bound.
        limit: usize,
    },
    /// Automations inside one another, so often that their texts together exceed the file's: kept without text.
    #[error("automations inside one another, kept without their text")]
    RepeatedText,
    /// More than one YAML document in a file. Home Assistant refuses such a file; all of them were read.
    #[error("{count} documents in one file")]
    SeveralDocuments {
        /// How many.
        count: usize,
    },
    /// An include that comes back to a file that is being included: not followed.
    #[error("includes {target}, which includes it in turn")]
    IncludeCycle {
        /// The file that would be read again.
        target: String,
    },
    /// A chain of includes longer than [`Limits::max_include_depth`](super::Limits::max_include_depth): cut.
    #[error("a chain of more than {limit} includes")]
    IncludeTooDeep {
        /// The bound.
        limit: usize,
    },
    /// An include of something that is not there.
    #[error("includes {target}, which is not there")]
    IncludeMissing {
        /// What it names, as written.
        target: String,
    },
    /// An include of a secrets file: never opened.
    #[error("includes {target}, a file of secrets, left unread")]
    SecretsFile {
        /// The file it names.
        target: String,
    },
    /// A symbolic link that leaves the repository: never followed.
    #[error("a symbolic link out of the repository, not followed")]
    LinkOutside,
    /// More files than allowed: the rest was left out.
    #[error("more than {limit} files, the rest left out")]
    TooManyFiles {
        /// The bound.
        limit: usize,
    },
    /// The repository as a whole exceeds [`Limits::max_total_bytes`](super::Limits::max_total_bytes) or
    /// [`Limits::max_total_nodes`](super::Limits::max_total_nodes): this file was left out.
    #[error("left out: the repository is too large")]
    RepositoryTooLarge,
    /// More warnings than [`Limits::max_warnings`](super::Limits::max_warnings): the others are not kept.
    #[error("more than {limit} warnings, the rest left out")]
    TooManyWarnings {
        /// The bound.
        limit: usize,
    },
}

/// Warnings as they gather: each once, and no more than a bound.
#[derive(Debug)]
pub(super) struct Warnings {
    found: BTreeSet<Warning>,
    limit: usize,
}

impl Warnings {
    /// None yet.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            found: BTreeSet::new(),
            limit,
        }
    }

    /// Notes one; past the bound, only that there are more.
    pub(super) fn add(&mut self, path: &str, reason: WarningReason) {
        if self.found.len() < self.limit {
            self.found.insert(Warning {
                path: path.to_owned(),
                reason,
            });
        } else if self.found.len() == self.limit {
            let reason = WarningReason::TooManyWarnings { limit: self.limit };
            self.found.insert(Warning {
                path: path.to_owned(),
                reason,
            });
        }
    }

    /// All of them, by path.
    pub(super) fn into_sorted(self) -> Vec<Warning> {
        self.found.into_iter().collect()
    }
}
