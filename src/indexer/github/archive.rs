//! Unpacking a repository's archive, a gzipped tar, into memory, as it comes.
//!
//! Invariants: only YAML is kept, and of files of secrets only the name; nothing is written anywhere; a path is one
//! below the repository's root or is left out; a symbolic link is a [`Link`](crate::indexer::files::Link), as in a folder on disk; and whatever
//! the archive says of itself, no more is read, unpacked or held than the [`Bounds`].

use std::cell::Cell;
use std::io::{self, Read};

use flate2::read::GzDecoder;
use tar::{Archive, Entry, EntryType};

use super::bounded::Bounded;
use super::tar_names::Names;
use crate::indexer::files::{ListingProblem, MemoryTree};
use crate::indexer::reader;

/// How much of an archive is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of the archive itself.
    pub archive_bytes: u64,
    /// Bytes that may come out of it.
    pub unpacked_bytes: u64,
    /// Entries of any kind.
    pub entries: usize,
    /// Files and links that are kept.
    pub files: usize,
    /// Bytes of a file that is kept.
    pub file_bytes: u64,
    /// Bytes of all files that are kept, their paths included.
    pub kept_bytes: u64,
    /// Bytes of a path, or of what a link names.
    pub path_bytes: usize,
    /// Bytes of a name that needs more room than a header has.
    pub name_bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            archive_bytes: 256 << 20,
            unpacked_bytes: 2_048 << 20,
            entries: 500_000,
            files: 20_000,
            file_bytes: 8 << 20,
            kept_bytes: 64 << 20,
            path_bytes: 1 << 10,
            name_bytes: 64 << 10,
        }
    }
}

/// What came out of an archive.
#[derive(Debug)]
pub struct Unpacked {
    /// Its YAML.
    pub tree: MemoryTree,
    /// The commit it was made from, if it says.
    pub commit: Option<String>,
}

/// Why an archive was not unpacked.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Too much of it. Asking again would bring the same.
    #[error("its archive {what} more than {limit}, which is all that is taken")]
    Exceeded {
        /// Of what.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
    /// It broke off, or is no archive.
    #[error("its archive is broken: {0}")]
    Broken(#[from] io::Error),
}

/// Unpacks an archive.
///
/// # Errors
/// It is broken, or exceeds a bound that is not one of a single file.
pub fn unpack(archive: impl Read, bounds: &Bounds) -> Result<Unpacked, ArchiveError> {
    let (too_long, too_much) = (Cell::new(false), Cell::new(false));
    let packed = Bounded::new(archive, bounds.archive_bytes, &too_long);
    let mut unpacked = Bounded::new(GzDecoder::new(packed), bounds.unpacked_bytes, &too_much);
    let mut unpacking = Unpacking {
        bounds,
        tree: MemoryTree::new(),
        names: Names::new(bounds.name_bytes),
        files: 0,
        kept: 0,
    };
    let read = unpacking.read(&mut unpacked);
    let exceeded = |what, limit| Err(ArchiveError::Exceeded { what, limit });
    if too_long.get() {
        return exceeded("has, in bytes,", bounds.archive_bytes);
    }
    if too_much.get() {
        return exceeded("unpacks to, in bytes,", bounds.unpacked_bytes);
    }
    read?;
    Ok(Unpacked {
        tree: unpacking.tree,
        commit: unpacking.names.commit(),
    })
}

struct Unpacking<'a> {
    bounds: &'a Bounds,
    tree: MemoryTree,
    names: Names,
    files: usize,
    kept: u64,
}

impl Unpacking<'_> {
    fn read(&mut self, stream: &mut impl Read) -> Result<(), ArchiveError> {
        let mut archive = Archive::new(&mut *stream);
        // Raw: the crate would read a long name into memory however long it says it is.
        for (number, entry) in archive.entries()?.raw(true).enumerate() {
            if number >= self.bounds.entries {
                return Err(ArchiveError::Exceeded {
                    what: "holds, in entries,",
                    limit: self.bounds.entries as u64,
                });
            }
            self.entry(entry?)?;
        }
        // To the very end, where the checksum stands: half an archive is none.
        io::copy(stream, &mut io::sink())?;
        Ok(())
    }

    fn entry(&mut self, mut entry: Entry<'_, impl Read>) -> Result<(), ArchiveError> {
        let kind = entry.header().entry_type();
        if self.names.take(kind, &mut entry)? {
            return Ok(());
        }
        let named = self.names.of(&entry)?;
        if !matches!(
            kind,
            EntryType::Regular | EntryType::Continuous | EntryType::Symlink
        ) {
            return Ok(());
        }
        let Some(path) = named.path else {
            let cause = "its path is not one below the repository".to_owned();
            self.leave_out(ListingProblem::Unreadable {
                path: named.shown,
                cause,
            });
            return Ok(());
        };
        let is_link = kind == EntryType::Symlink;
        if !is_link && !reader::is_yaml(&path) {
            return Ok(());
        }
        let link = named.link.filter(|_| is_link);
        let longest = path.len().max(link.as_ref().map_or(0, Vec::len));
        if longest > self.bounds.path_bytes {
            let cause = format!("its path has more than {} bytes", self.bounds.path_bytes);
            self.leave_out(ListingProblem::Unreadable {
                path: named.shown,
                cause,
            });
        } else if self.has_room(&path) {
            if is_link {
                self.link(path, link.as_deref());
            } else {
                self.file(path, entry)?;
            }
        }
        Ok(())
    }

    fn link(&mut self, path: String, target: Option<&[u8]>) {
        match target.map(std::str::from_utf8) {
            Some(Ok(target)) if self.holds(path.len() + target.len()) => self.tree.insert_link(&path, target),
            Some(Ok(_)) => self.leave_out(ListingProblem::Overfull { path }),
            _ => self.leave_out(ListingProblem::LinkOutside { path }),
        }
    }

    /// Whether so many bytes more may be held; they are, if so.
    fn holds(&mut self, bytes: usize) -> bool {
        let kept = self.kept.saturating_add(bytes as u64);
        let has_room = kept <= self.bounds.kept_bytes;
        if has_room {
            self.kept = kept;
        }
        has_room
    }

    fn file(&mut self, path: String, entry: Entry<'_, impl Read>) -> Result<(), ArchiveError> {
        let size = entry.size();
        if !self.holds(path.len()) {
            self.leave_out(ListingProblem::Overfull { path });
        } else if !reader::is_wanted(&path) {
            // That it is there is worth knowing; what it holds is not.
            self.tree.insert(&path, "");
        } else if size > self.bounds.file_bytes {
            self.tree.insert_too_large(&path);
        } else if self.kept.saturating_add(size) > self.bounds.kept_bytes {
            self.leave_out(ListingProblem::Overfull { path });
        } else {
            let mut bytes = Vec::new();
            entry.take(size).read_to_end(&mut bytes)?;
            if bytes.len() as u64 != size {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            self.kept += size;
            self.tree.insert(&path, bytes);
        }
        Ok(())
    }

    /// Whether one more file or link may be kept; told once that it may not.
    fn has_room(&mut self, path: &str) -> bool {
        self.files = self.files.saturating_add(1);
        if self.files == self.bounds.files + 1 {
            let (path, limit) = (path.to_owned(), self.bounds.files);
            self.tree.leave_out(ListingProblem::TooMany { path, limit });
        }
        self.files <= self.bounds.files
    }

    fn leave_out(&mut self, problem: ListingProblem) {
        // As many as there may be files: an archive of nothing but problems is bounded too.
        self.files = self.files.saturating_add(1);
        if self.files <= self.bounds.files {
            self.tree.leave_out(problem);
        }
    }
}
