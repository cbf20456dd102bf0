//! A folder on disk, walked once, without ever following a symbolic link.
//!
//! Invariant: only regular files that the walk itself met are opened. A link is kept as text, and only when its target,
//! by its spelling, stays inside the folder; what it names is then opened under its own path, or not at all.

use std::fs::{self, DirEntry, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{FileTree, Link, Listing, ListingProblem, ReadError, join, parent};

/// The bound on files that [`LocalFolder::open`] lists.
const MAX_FILES: usize = 100_000;

/// A folder on disk.
#[derive(Debug)]
pub struct LocalFolder {
    root: PathBuf,
    listing: Listing,
}

impl LocalFolder {
    /// Lists the folder: every file but those in `.git`, at most 100,000.
    ///
    /// # Errors
    /// When the folder itself is not there or cannot be read; what is wrong deeper down is a [`ListingProblem`].
    pub fn open(root: &Path) -> io::Result<Self> {
        Self::open_bounded(root, MAX_FILES)
    }

    /// The same, with another bound on the number of files and links.
    ///
    /// # Errors
    /// As [`LocalFolder::open`].
    pub fn open_bounded(root: &Path, max_files: usize) -> io::Result<Self> {
        let root = root.canonicalize()?;
        fs::read_dir(&root)?;
        let mut walk = Walk {
            root: &root,
            listing: Listing::default(),
            folders: vec![String::new()],
            room: max_files,
        };
        while let Some(folder) = walk.folders.pop() {
            if !walk.enter(&folder) {
                walk.listing.problems.push(ListingProblem::TooMany {
                    path: folder,
                    limit: max_files,
                });
                break;
            }
        }
        let mut listing = walk.listing;
        listing.files.sort_unstable();
        listing.links.sort_unstable();
        Ok(Self { root, listing })
    }
}

impl FileTree for LocalFolder {
    fn listing(&self) -> Listing {
        self.listing.clone()
    }

    fn read(&self, path: &str, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
        if self
            .listing
            .files
            .binary_search_by(|known| known.as_str().cmp(path))
            .is_err()
        {
            return Err(io::Error::from(io::ErrorKind::NotFound).into());
        }
        let on_disk = self.root.join(path);
        // The walk is over: whatever has become a link or a device since then is refused.
        let found = on_disk.symlink_metadata()?;
        if !found.is_file() {
            return Err(io::Error::from(io::ErrorKind::InvalidInput).into());
        }
        if found.len() > max_bytes {
            return Err(ReadError::TooLarge { limit: max_bytes });
        }
        let mut bytes = Vec::new();
        File::open(on_disk)?
            .take(max_bytes.saturating_add(1))
            .read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length <= max_bytes) {
            Ok(bytes)
        } else {
            Err(ReadError::TooLarge { limit: max_bytes })
        }
    }
}

/// A walk under way. `room` is how many more files and links may be listed.
struct Walk<'a> {
    root: &'a Path,
    listing: Listing,
    folders: Vec<String>,
    room: usize,
}

impl Walk<'_> {
    /// Lists one folder; false when there was no room for all of it.
    fn enter(&mut self, folder: &str) -> bool {
        let entries = match fs::read_dir(self.root.join(folder)) {
            Ok(entries) => entries,
            Err(error) => {
                self.unreadable(folder, &error);
                return true;
            }
        };
        for entry in entries {
            let fits = match entry {
                Ok(entry) => self.note(folder, &entry),
                Err(error) => {
                    self.unreadable(folder, &error);
                    true
                }
            };
            if !fits {
                return false;
            }
        }
        true
    }

    /// Notes one entry; false when there is no room for it.
    fn note(&mut self, folder: &str, entry: &DirEntry) -> bool {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            // No configuration can name it, but someone may wonder where it went.
            let path = format!("{folder}/{}", name.to_string_lossy());
            self.unreadable(
                path.trim_start_matches('/'),
                &io::Error::other("its name is not UTF-8"),
            );
            return true;
        };
        if name == ".git" {
            return true;
        }
        let path = if folder.is_empty() {
            name.to_owned()
        } else {
            format!("{folder}/{name}")
        };
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => {
                self.unreadable(&path, &error);
                return true;
            }
        };
        if kind.is_dir() {
            self.folders.push(path);
            return true;
        }
        if !kind.is_file() && !kind.is_symlink() {
            return true;
        }
        let Some(room) = self.room.checked_sub(1) else {
            return false;
        };
        self.room = room;
        if kind.is_symlink() {
            self.link(path);
        } else {
            self.listing.files.push(path);
        }
        true
    }

    /// Notes a symbolic link, unless it leaves the folder.
    fn link(&mut self, path: String) {
        let target = fs::read_link(self.root.join(&path))
            .ok()
            .and_then(|target| self.inside(&path, &target));
        match target {
            Some(target) => self.listing.links.push(Link { path, target }),
            None => self.listing.problems.push(ListingProblem::LinkOutside { path }),
        }
    }

    /// A link's target as a path of this tree.
    fn inside(&self, path: &str, target: &Path) -> Option<String> {
        if target.is_absolute() {
            join("", target.strip_prefix(self.root).ok()?.to_str()?)
        } else {
            join(parent(path), target.to_str()?)
        }
    }

    fn unreadable(&mut self, path: &str, error: &io::Error) {
        self.listing.problems.push(ListingProblem::Unreadable {
            path: path.to_owned(),
            cause: error.to_string(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file.as_bytes()).unwrap();
        }
        folder
    }

    #[test]
    fn files_are_listed_in_order_without_those_of_git() {
        let folder = folder(&[
            "b/c.yaml",
            "a.yaml",
            "b/.hidden.yaml",
            ".git/config",
            "b/.git/config",
        ]);
        let tree = LocalFolder::open(folder.path()).unwrap();
        assert_eq!(tree.listing().files, ["a.yaml", "b/.hidden.yaml", "b/c.yaml"]);
        assert_eq!(tree.read("b/c.yaml", 100).unwrap(), b"b/c.yaml");
    }

    #[test]
    fn only_listed_files_of_the_allowed_size_are_read() {
        let folder = folder(&["a.yaml", ".git/config"]);
        let tree = LocalFolder::open(folder.path()).unwrap();
        assert!(matches!(
            tree.read("a.yaml", 5),
            Err(ReadError::TooLarge { limit: 5 })
        ));
        for path in [".git/config", "../a.yaml", "/etc/hostname", "a.yaml/", ""] {
            assert!(matches!(tree.read(path, 5), Err(ReadError::Io(_))), "{path}");
        }
    }

    #[test]
    fn a_listing_stops_at_its_bound_and_says_so() {
        let folder = folder(&["a", "b", "c"]);
        let listing = LocalFolder::open_bounded(folder.path(), 2).unwrap().listing();
        assert_eq!(listing.files.len(), 2);
        assert_eq!(
            listing.problems,
            [ListingProblem::TooMany {
                path: String::new(),
                limit: 2
            }]
        );
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let folder = folder(&["file"]);
        assert!(LocalFolder::open(&folder.path().join("nowhere")).is_err());
        assert!(LocalFolder::open(&folder.path().join("file")).is_err());
    }
}
