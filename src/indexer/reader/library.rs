//! The repository's files as documents: each read at most once, within the limits, and never a file of secrets.
//!
//! Invariant: whatever is wrong with a file becomes a warning that names it; the others are read as if it were not there.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::limits::Limits;
use super::text;
use super::warning::{WarningReason, Warnings};
use super::yaml::{self, Document};
use crate::indexer::files::{FileTree, Link, Listing, ListingProblem, ReadError, file_name};

/// The files of a repository, parsed as they are asked for.
pub(super) struct Library<'a> {
    files: &'a dyn FileTree,
    listing: &'a Listing,
    pub(super) limits: &'a Limits,
    paths: HashSet<&'a str>,
    links: HashMap<&'a str, &'a str>,
    documents: HashMap<String, Option<Rc<Shelved>>>,
    pub(super) warnings: Warnings,
    pub(super) files_read: usize,
    bytes_left: u64,
    nodes_left: usize,
}

/// A document, and how much of it may still be looked at.
#[derive(Debug)]
pub(super) struct Shelved {
    /// Tells documents apart.
    pub(super) number: usize,
    /// What it says.
    pub(super) document: Document,
    room: Cell<usize>,
    source_room: Cell<usize>,
}

impl Shelved {
    fn new(number: usize, document: Document, limits: &Limits) -> Self {
        // Automations do not overlap, but for those that anchors inside others name: twice the text is plenty.
        let source_room = Cell::new(document.text.len().saturating_mul(2));
        Self {
            number,
            document,
            room: Cell::new(limits.max_nodes),
            source_room,
        }
    }

    /// Takes so many bytes off what may be quoted of the text; false when there were not as many left.
    pub(super) fn quote(&self, bytes: usize) -> bool {
        let left = self.source_room.get().checked_sub(bytes);
        self.source_room.set(left.unwrap_or(0));
        left.is_some()
    }

    /// How many more nodes may be looked at.
    pub(super) fn room(&self) -> usize {
        self.room.get()
    }

    /// Takes so many nodes off what may be looked at; false when there were not as many left.
    pub(super) fn spend(&self, nodes: usize) -> bool {
        let left = self.room.get().checked_sub(nodes);
        self.room.set(left.unwrap_or(0));
        left.is_some()
    }
}

impl<'a> Library<'a> {
    /// The library of a tree and what it lists, nothing read yet.
    pub(super) fn new(files: &'a dyn FileTree, listing: &'a Listing, limits: &'a Limits) -> Self {
        let mut warnings = Warnings::new(limits.max_warnings);
        for problem in &listing.problems {
            let (path, reason) = listing_warning(problem);
            warnings.add(path, reason);
        }
        Self {
            files,
            listing,
            limits,
            paths: listing.files.iter().map(String::as_str).collect(),
            links: listing
                .links
                .iter()
                .map(|Link { path, target }| (path.as_str(), target.as_str()))
                .collect(),
            documents: HashMap::new(),
            warnings,
            files_read: 0,
            bytes_left: limits.max_total_bytes,
            nodes_left: limits.max_total_nodes,
        }
    }

    /// The paths of all regular files, sorted.
    pub(super) fn paths(&self) -> &'a [String] {
        &self.listing.files
    }

    /// The paths of the symbolic links, sorted.
    pub(super) fn links(&self) -> &'a [Link] {
        &self.listing.links
    }

    /// The regular file a path names, symbolic links on its way followed within the tree.
    pub(super) fn real_path(&self, path: &str) -> Option<String> {
        let path = self.through_links(path)?;
        self.paths.contains(path.as_str()).then_some(path)
    }

    /// A path with each symbolic link in it replaced by what it names; None when they go in circles.
    pub(super) fn through_links(&self, path: &str) -> Option<String> {
        let mut path = path.to_owned();
        if self.links.is_empty() {
            return Some(path);
        }
        for _ in 0..self.limits.max_include_depth {
            let mut ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
            let Some((end, target)) = ends.find_map(|end| Some((end, *self.links.get(&path[..end])?))) else {
                return Some(path);
            };
            let rest = path[end..].trim_start_matches('/');
            path = if rest.is_empty() {
                target.to_owned()
            } else {
                format!("{target}/{rest}")
            };
        }
        None
    }

    /// The document of a regular file; None, with a warning, when it cannot be had.
    pub(super) fn open(&mut self, path: &str) -> Option<Rc<Shelved>> {
        if let Some(known) = self.documents.get(path) {
            return known.clone();
        }
        let found = self
            .read(path)
            .map_err(|reason| self.warnings.add(path, reason))
            .ok()
            .map(Rc::new);
        self.documents.insert(path.to_owned(), found.clone());
        found
    }

    /// Reads and parses a file.
    fn read(&mut self, path: &str) -> Result<Shelved, WarningReason> {
        if is_secrets(path) {
            return Err(WarningReason::SecretsFile {
                target: path.to_owned(),
            });
        }
        if self.files_read >= self.limits.max_files {
            return Err(WarningReason::TooManyFiles {
                limit: self.limits.max_files,
            });
        }
        let limit = self.limits.max_file_bytes;
        if self.bytes_left == 0 || self.nodes_left == 0 {
            return Err(WarningReason::RepositoryTooLarge);
        }
        self.files_read += 1;
        let bytes = self.files.read(path, limit).map_err(|error| match error {
            ReadError::TooLarge { limit } => WarningReason::TooLarge { limit },
            ReadError::Io(error) => WarningReason::Unreadable {
                cause: error.to_string(),
            },
        })?;
        self.bytes_left = self.bytes_left.saturating_sub(bytes.len() as u64);
        let (text, doubt) = text::decode(&bytes);
        drop(bytes);
        if let Some(doubt) = doubt {
            self.warnings.add(path, doubt);
        }
        let document = yaml::parse(path, text, self.limits)?;
        self.nodes_left = self.nodes_left.saturating_sub(document.len());
        if document.roots.len() > 1 {
            self.warnings.add(
                path,
                WarningReason::SeveralDocuments {
                    count: document.roots.len(),
                },
            );
        }
        Ok(Shelved::new(self.documents.len(), document, self.limits))
    }
}

/// Whether a path is that of a file of secrets, which is never opened.
pub(super) fn is_secrets(path: &str) -> bool {
    let name = file_name(path).to_ascii_lowercase();
    let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or_default();
    matches!(stem, "secrets" | "secret")
}

fn listing_warning(problem: &ListingProblem) -> (&str, WarningReason) {
    match problem {
        ListingProblem::LinkOutside { path } => (path, WarningReason::LinkOutside),
        ListingProblem::Unreadable { path, cause } => {
            (path, WarningReason::Unreadable { cause: cause.clone() })
        }
        ListingProblem::Overfull { path } => (path, WarningReason::RepositoryTooLarge),
        ListingProblem::TooMany { path, limit } => (path, WarningReason::TooManyFiles { limit: *limit }),
    }
}
