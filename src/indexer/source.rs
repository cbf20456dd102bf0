//! Where configurations come from: folders on this machine, or files in memory.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::files::{FileTree, LocalFolder};
use crate::model::{Repository, RepositoryName};

/// The largest META.json read, in bytes.
const MAX_META_BYTES: u64 = 64 * 1024;
/// The branch a repository is linked at where nothing says which.
pub(super) const DEFAULT_BRANCH: &str = "main";

/// A repository to index, not opened yet.
pub struct Candidate {
    /// What it is.
    pub repository: Repository,
    open: Box<dyn FnOnce() -> io::Result<Box<dyn FileTree + Send>> + Send>,
}

/// Why the folders given cannot be indexed at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A folder cannot be read.
    #[error("cannot read the folder {folder}: {source}")]
    Folder {
        /// The folder.
        folder: String,
        /// Why not.
        source: io::Error,
    },
    /// A tree that is none.
    #[error("{folder} holds no <owner>/<name>/ folders; without --tree it is taken as one configuration")]
    EmptyTree {
        /// The folder.
        folder: String,
    },
    /// Nothing tells what repository a folder is.
    #[error("nothing tells what repository {folder} is; name it by --repository owner/name")]
    Nameless {
        /// The folder.
        folder: String,
    },
}

impl Candidate {
    /// One whose files are there already.
    pub fn with_files(repository: Repository, files: impl FileTree + Send + 'static) -> Self {
        Self {
            repository,
            open: Box::new(move || Ok(Box::new(files))),
        }
    }

    /// One in a folder.
    pub fn in_folder(repository: Repository, folder: PathBuf) -> Self {
        let open =
            move || -> io::Result<Box<dyn FileTree + Send>> { Ok(Box::new(LocalFolder::open(&folder)?)) };
        Self {
            repository,
            open: Box::new(open),
        }
    }

    /// What it is called.
    pub fn name(&self) -> String {
        format!("{}/{}", self.repository.owner, self.repository.name)
    }

    /// Its files.
    pub(super) fn open(self) -> io::Result<Box<dyn FileTree + Send>> {
        (self.open)()
    }
}

/// The repositories of a tree of `<owner>/<name>/` folders, by name. Hidden folders are none.
///
/// # Errors
/// The folder cannot be read, or holds none.
pub fn tree(folder: &Path) -> Result<Vec<Candidate>, SourceError> {
    let mut found = Vec::new();
    for owner in folders(folder)? {
        for path in folders(&owner)? {
            let name = RepositoryName {
                owner: file_name(&owner),
                name: file_name(&path),
            };
            found.push(Candidate::in_folder(described(&name, &path), path));
        }
    }
    if found.is_empty() {
        return Err(SourceError::EmptyTree {
            folder: folder.display().to_string(),
        });
    }
    Ok(found)
}

/// A folder as one repository: of the given name, or of that of its git remote.
///
/// # Errors
/// The folder cannot be read, or nothing tells its name.
pub fn folder(folder: &Path, name: Option<&RepositoryName>) -> Result<Candidate, SourceError> {
    // Read for its error only: a folder that is missing is told apart from one that is empty.
    folders(folder)?;
    if let Some(name) = name {
        return Ok(Candidate::in_folder(described(name, folder), folder.to_owned()));
    }
    let repository = super::git_remote::repository(folder).ok_or_else(|| SourceError::Nameless {
        folder: folder.display().to_string(),
    })?;
    Ok(Candidate::in_folder(repository, folder.to_owned()))
}

/// The folders in a folder, by name, but hidden ones and links.
fn folders(folder: &Path) -> Result<BTreeSet<PathBuf>, SourceError> {
    let failed = |source| SourceError::Folder {
        folder: folder.display().to_string(),
        source,
    };
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_folder = entry.file_type().map_err(failed)?.is_dir();
        if is_folder && !entry.file_name().as_encoded_bytes().starts_with(b".") {
            found.insert(entry.path());
        }
    }
    Ok(found)
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// What a `META.json` may say of its repository. Whatever else it holds is not looked at.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Meta {
    owner: Option<String>,
    name: Option<String>,
    description: Option<String>,
    url: Option<String>,
    default_branch: Option<String>,
    stars: Option<u32>,
}

/// What is known of a repository: what its `META.json` says, and its name for the rest.
pub(super) fn described(name: &RepositoryName, folder: &Path) -> Repository {
    let meta = match read_meta(&folder.join("META.json")) {
        Ok(meta) => meta,
        Err(error) => {
            tracing::warn!(repository = %name, %error, "META.json cannot be used");
            Meta::default()
        }
    };
    from_meta(meta, name)
}

/// What the bytes of a `META.json` and a name say of a repository.
pub fn described_by(meta: &[u8], name: &RepositoryName) -> Repository {
    from_meta(serde_json::from_slice(meta).unwrap_or_default(), name)
}

fn from_meta(meta: Meta, name: &RepositoryName) -> Repository {
    let owner = meta.owner.unwrap_or_else(|| name.owner.clone());
    let name = meta.name.unwrap_or_else(|| name.name.clone());
    Repository {
        url: meta
            .url
            .and_then(|url| web_address(&url))
            .unwrap_or_else(|| format!("https://github.com/{owner}/{name}")),
        owner,
        name,
        description: meta.description.map(|text| super::reader::mask(&text)),
        stars: meta.stars.unwrap_or(0),
        default_branch: meta
            .default_branch
            .filter(|branch| is_branch(branch))
            .unwrap_or_else(|| DEFAULT_BRANCH.to_owned()),
    }
}

/// An address on the web, without credentials; `None` for any other.
pub(super) fn web_address(url: &str) -> Option<String> {
    let (scheme, rest) = url
        .split_once("://")
        .filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let end = rest.find('/').unwrap_or(rest.len());
    let host = rest[..end].rsplit('@').next().filter(|host| !host.is_empty())?;
    Some(format!("{scheme}://{host}{}", &rest[end..]))
}

/// Whether git takes it as a branch's name, as far as a link could be led astray by it (git-check-ref-format).
pub(super) fn is_branch(name: &str) -> bool {
    let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"~^:?*[\\".contains(c);
    !name.is_empty() && !name.contains("..") && !name.starts_with('/') && name.chars().all(plain)
}

fn read_meta(path: &Path) -> io::Result<Meta> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Meta::default()),
        Err(error) => return Err(error),
    };
    let mut text = Vec::new();
    file.take(MAX_META_BYTES).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}
