//! The files of one repository, wherever they are kept: a folder on disk, or bytes in memory.
//!
//! Invariant: a path is relative, its parts are parted by `/`, and none of them is empty, `.` or `..`. A symbolic link is
//! never a file: it is listed as a [`Link`] from one such path to another, so nothing outside the tree can be named.

mod local;
mod memory;
mod path;

pub use local::LocalFolder;
pub use memory::MemoryTree;
pub use path::{file_name, join, parent};

use std::io;

/// The files of one repository.
pub trait FileTree {
    /// What is there. Asked once, before anything else.
    fn listing(&self) -> Listing;

    /// The bytes of a regular file named by the listing.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] when it holds more than `max_bytes` (no more than that is ever read into memory), and
    /// [`ReadError::Io`] when it cannot be read, or is not in the listing.
    fn read(&self, path: &str, max_bytes: u64) -> Result<Vec<u8>, ReadError>;
}

/// What a tree holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The paths of the regular files, sorted.
    pub files: Vec<String>,
    /// The symbolic links that stay inside the tree, sorted by where they stand.
    pub links: Vec<Link>,
    /// What was left out, and why.
    pub problems: Vec<ListingProblem>,
}

/// A symbolic link to a file or folder of the same tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Where it stands.
    pub path: String,
    /// What it names, relative to the root of the tree. It need not exist.
    pub target: String,
}

/// Something a listing had to leave out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListingProblem {
    /// A symbolic link that names something outside the tree.
    LinkOutside {
        /// Where the link stands.
        path: String,
    },
    /// A file or folder that could not be looked at.
    Unreadable {
        /// Its path.
        path: String,
        /// What the system said.
        cause: String,
    },
    /// More bytes than a tree may hold: this file, and what came after it, is left out.
    Overfull {
        /// The file.
        path: String,
    },
    /// More files than a listing may hold: the rest is left out.
    TooMany {
        /// The folder at which the listing stopped.
        path: String,
        /// The number that was allowed.
        limit: usize,
    },
}

/// Why a file's bytes are not to be had.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is larger than the caller takes.
    #[error("more than {limit} bytes")]
    TooLarge {
        /// The bound, in bytes.
        limit: u64,
    },
    /// The system, or the tree, refused.
    #[error(transparent)]
    Io(#[from] io::Error),
}
