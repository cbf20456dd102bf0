//! The five `!include` tags, by the rules of Home Assistant's own loader.
//!
//! `!include_dir_*` take every `*.yaml` below the folder, folders and files whose name begins with a dot excepted, in the
//! order of an `os.walk` with sorted names; `secrets.yaml` is skipped. All paths are seen from the including file.

use super::library::{Library, is_secrets};
use crate::indexer::files::{file_name, join, parent};

/// How many folders of an absolute path are tried.
const MAX_PARTS: usize = 16;

/// Which of the five a tag is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Include {
    /// `!include`: the file's content.
    File,
    /// `!include_dir_list`: a list, one item a file.
    DirList,
    /// `!include_dir_merge_list`: the lists in the files, one after another.
    DirMergeList,
    /// `!include_dir_named`: a mapping from each file's stem to its content.
    DirNamed,
    /// `!include_dir_merge_named`: the mappings in the files, taken together.
    DirMergeNamed,
}

impl Include {
    /// The include a tag (without its `!`) stands for.
    pub(super) fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "include" => Some(Self::File),
            "include_dir_list" => Some(Self::DirList),
            "include_dir_merge_list" => Some(Self::DirMergeList),
            "include_dir_named" => Some(Self::DirNamed),
            "include_dir_merge_named" => Some(Self::DirMergeNamed),
            _ => None,
        }
    }
}

/// Where an include is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'p> {
    /// The including file.
    pub(super) file: &'p str,
    /// The file that its chain of includes began with.
    pub(super) root: &'p str,
}

/// The regular file that `target` names.
pub(super) fn find_file(library: &Library<'_>, site: Site<'_>, target: &str) -> Option<String> {
    candidates(site, target)
        .into_iter()
        .find_map(|path| library.real_path(&path))
}

/// The files that an include of the folder `target` takes in. None when there is no such folder.
pub(super) fn find_folder(library: &Library<'_>, site: Site<'_>, target: &str) -> Option<Vec<Member>> {
    let folders = candidates(site, target)
        .into_iter()
        .filter_map(|folder| library.through_links(&folder));
    folders
        .map(|folder| members(library, &folder))
        .find(|found| found.any)
        .map(|found| found.members)
}

/// A file of an included folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member {
    /// Its name without `.yaml`: what `!include_dir_named` calls it.
    pub(super) name: String,
    /// The regular file.
    pub(super) path: String,
}

/// What a folder holds; `any` tells an empty one from none at all.
struct Members {
    any: bool,
    members: Vec<Member>,
}

/// The paths of the tree that a target may mean. An absolute one was right on the machine that the configuration ran on
/// (`/config/…`): its longest end that exists is meant, seen from the configuration's folder or one above the file.
fn candidates(site: Site<'_>, target: &str) -> Vec<String> {
    let target = target.trim();
    if target.is_empty() {
        return Vec::new();
    }
    if !target.starts_with(['/', '~']) {
        return join(parent(site.file), target).into_iter().collect();
    }
    let parts: Vec<&str> = target.split('/').filter(|part| !part.is_empty()).collect();
    let above = std::iter::successors(Some(parent(site.file)), |folder| {
        (!folder.is_empty()).then(|| parent(folder))
    });
    let bases = std::iter::once(parent(site.root)).chain(above.take(MAX_PARTS));
    let ends = |base| {
        let ends = (0..parts.len().min(MAX_PARTS)).map(|skipped| parts[skipped..].join("/"));
        ends.filter_map(move |end| join(base, &end))
    };
    bases.flat_map(ends).collect()
}

/// The `*.yaml` files below a folder, in Home Assistant's order.
fn members(library: &Library<'_>, folder: &str) -> Members {
    let prefix = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    let below = |path: &str| path.starts_with(&prefix);
    let (paths, links) = (library.paths(), library.links());
    let first_path = paths.partition_point(|path| path.as_str() < prefix.as_str());
    let first_link = links.partition_point(|link| link.path.as_str() < prefix.as_str());
    let mut any = false;
    let mut found = Vec::new();
    for path in paths[first_path..].iter().take_while(|path| below(path)) {
        any = true;
        found.extend(member(&prefix, path, path.clone()));
    }
    for link in links[first_link..].iter().take_while(|link| below(&link.path)) {
        any = true;
        let real = library.real_path(&link.path);
        found.extend(real.and_then(|real| member(&prefix, &link.path, real)));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Members {
        any,
        members: found.into_iter().map(|(_, member)| member).collect(),
    }
}

/// The file `path` as a member of the folder, unless the rules pass over it. The key sorts a folder's own files first.
fn member(prefix: &str, path: &str, real: String) -> Option<((String, String), Member)> {
    let below = path.strip_prefix(prefix)?;
    let name = file_name(below);
    let hidden = below.split('/').any(|part| part.starts_with('.'));
    let stem = name.strip_suffix(".yaml")?;
    if hidden || is_secrets(name) || is_secrets(&real) {
        return None;
    }
    let key = (parent(below).to_owned(), name.to_owned());
    Some((
        key,
        Member {
            name: stem.to_owned(),
            path: real,
        },
    ))
}
