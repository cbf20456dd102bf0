//! A tree held in memory: what an archive unpacks to, and what tests write by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::{FileTree, Link, Listing, ListingProblem, ReadError, join, parent};

/// Paths and their bytes.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    files: BTreeMap<String, Option<Vec<u8>>>,
    links: BTreeSet<Link>,
    problems: Vec<ListingProblem>,
}

impl MemoryTree {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or replaces it. A path that leaves the root is left out.
    pub fn insert(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        if let Some(path) = join("", path).filter(|path| !path.is_empty()) {
            self.files.insert(path, Some(bytes.into()));
        }
    }

    /// Adds a file whose bytes are too many to be held: it is there, but cannot be read.
    pub fn insert_too_large(&mut self, path: &str) {
        if let Some(path) = join("", path).filter(|path| !path.is_empty()) {
            self.files.insert(path, None);
        }
    }

    /// Notes something that had to be left out.
    pub fn leave_out(&mut self, problem: ListingProblem) {
        self.problems.push(problem);
    }

    /// Adds a symbolic link, `target` spelt as in the link: relative to the link's own folder.
    pub fn insert_link(&mut self, path: &str, target: &str) {
        let path = path.to_owned();
        match join(parent(&path), target) {
            Some(target) => drop(self.links.insert(Link { path, target })),
            None => self.problems.push(ListingProblem::LinkOutside { path }),
        }
    }
}

impl<P: AsRef<str>, B: Into<Vec<u8>>> FromIterator<(P, B)> for MemoryTree {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        let mut tree = Self::new();
        for (path, bytes) in files {
            tree.insert(path.as_ref(), bytes);
        }
        tree
    }
}

impl FileTree for MemoryTree {
    fn listing(&self) -> Listing {
        Listing {
            files: self.files.keys().cloned().collect(),
            links: self.links.iter().cloned().collect(),
            problems: self.problems.clone(),
        }
    }

    fn read(&self, path: &str, max_bytes: u64) -> Result<Vec<u8>, ReadError> {
        let bytes = self
            .files
            .get(path)
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let Some(bytes) = bytes else {
            return Err(ReadError::TooLarge { limit: max_bytes });
        };
        if u64::try_from(bytes.len()).is_ok_and(|length| length <= max_bytes) {
            Ok(bytes.clone())
        } else {
            Err(ReadError::TooLarge { limit: max_bytes })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_in_order_and_read_within_the_bound() {
        let tree: MemoryTree = [("b.yaml", "22"), ("a.yaml", "1"), ("../c.yaml", "3")]
            .into_iter()
            .collect();
        assert_eq!(tree.listing().files, ["a.yaml", "b.yaml"]);
        assert_eq!(tree.read("b.yaml", 2).unwrap(), b"22");
        assert!(matches!(
            tree.read("b.yaml", 1),
            Err(ReadError::TooLarge { limit: 1 })
        ));
        assert!(matches!(tree.read("c.yaml", 9), Err(ReadError::Io(_))));
    }

    #[test]
    fn a_link_that_leaves_the_tree_is_a_problem_and_not_a_link() {
        let mut tree = MemoryTree::new();
        tree.insert_link("a/in.yaml", "../b.yaml");
        tree.insert_link("a/out.yaml", "../../b.yaml");
        assert_eq!(
            tree.listing().links,
            [Link {
                path: "a/in.yaml".into(),
                target: "b.yaml".into()
            }]
        );
        assert_eq!(
            tree.listing().problems,
            [ListingProblem::LinkOutside {
                path: "a/out.yaml".into()
            }]
        );
    }
}
