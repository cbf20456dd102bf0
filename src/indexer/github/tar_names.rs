//! The names of a tar's entries: from the header, or from an entry before it where the header has no room (GNU's `L` and
//! `K`, POSIX's `x`), without the folder that everything in a repository's archive lies in.

use std::io::{self, Read};

use tar::{Entry, EntryType, PaxExtensions};

/// The longest name that is told of in a warning, in bytes.
const SHOWN: usize = 200;

/// What was said of the entry to come, and of all of them.
pub(super) struct Names {
    limit: u64,
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<String>,
    is_sparse: bool,
    comment: Option<String>,
}

/// One entry's.
pub(super) struct Named {
    /// Below the repository's root; `None` where it is not, or is not UTF-8.
    pub(super) path: Option<String>,
    /// What a link names, as it stands there.
    pub(super) link: Option<Vec<u8>>,
    /// For a warning.
    pub(super) shown: String,
}

impl Names {
    /// With so many bytes of a name or of a set of attributes.
    pub(super) const fn new(limit: u64) -> Self {
        Self {
            limit,
            path: None,
            link: None,
            size: None,
            is_sparse: false,
            comment: None,
        }
    }

    /// Takes an entry that only tells of others; says whether it was one.
    pub(super) fn take(&mut self, kind: EntryType, entry: &mut Entry<'_, impl Read>) -> io::Result<bool> {
        match kind {
            EntryType::GNULongName => self.path = Some(self.text(entry)?),
            EntryType::GNULongLink => self.link = Some(self.text(entry)?),
            EntryType::XHeader | EntryType::XGlobalHeader => {
                let attributes = self.bytes(entry)?;
                self.attributes(kind == EntryType::XGlobalHeader, &attributes)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The names of an entry, by all that was said of it.
    pub(super) fn of(&mut self, entry: &Entry<'_, impl Read>) -> io::Result<Named> {
        let (path, link) = (self.path.take(), self.link.take());
        let (size, is_sparse) = (self.size.take(), std::mem::take(&mut self.is_sparse));
        if size.is_some_and(|size| size.parse() != Ok(entry.size())) {
            // Two sizes for one entry: whoever trusts the other would see another archive.
            return Err(io::Error::other("an entry with two sizes"));
        }
        let path = path.unwrap_or_else(|| entry.header().path_bytes().into_owned());
        let link = link.or_else(|| entry.header().link_name_bytes().map(std::borrow::Cow::into_owned));
        let shown = String::from_utf8_lossy(&path[..path.len().min(SHOWN)]).into_owned();
        let path = std::str::from_utf8(&path)
            .ok()
            .filter(|_| !is_sparse)
            .and_then(below_root);
        Ok(Named { path, link, shown })
    }

    /// The commit, which git writes into the archives it makes.
    pub(super) fn commit(&self) -> Option<String> {
        let is_commit = |text: &String| {
            matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        self.comment.clone().filter(is_commit)
    }

    fn attributes(&mut self, is_global: bool, bytes: &[u8]) -> io::Result<()> {
        for attribute in PaxExtensions::new(bytes) {
            let attribute = attribute?;
            let value = attribute.value_bytes();
            match (attribute.key().unwrap_or_default(), is_global) {
                ("comment", true) => self.comment = String::from_utf8(value.to_owned()).ok(),
                ("path", false) => self.path = Some(value.to_owned()),
                ("linkpath", false) => self.link = Some(value.to_owned()),
                ("size", _) => self.size = Some(String::from_utf8_lossy(value).into_owned()),
                (key, false) if key.starts_with("GNU.sparse.") => self.is_sparse = true,
                _ => {}
            }
        }
        Ok(())
    }

    /// A name, which a NUL ends.
    fn text(&self, entry: &mut Entry<'_, impl Read>) -> io::Result<Vec<u8>> {
        let mut bytes = self.bytes(entry)?;
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        bytes.truncate(end);
        Ok(bytes)
    }

    fn bytes(&self, entry: &mut Entry<'_, impl Read>) -> io::Result<Vec<u8>> {
        if entry.size() > self.limit {
            return Err(io::Error::other("an entry's name is too long"));
        }
        let mut bytes = Vec::new();
        entry.take(self.limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// A path without the archive's own folder. `None` where it is absolute or goes up anywhere: git stores no such path, and
/// whoever made it means no good.
fn below_root(path: &str) -> Option<String> {
    if path.starts_with('/') || path.contains('\0') || path.split('/').any(|part| part == "..") {
        return None;
    }
    let mut parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    parts.next()?;
    let rest: Vec<&str> = parts.collect();
    (!rest.is_empty()).then(|| rest.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_below_the_archives_folder_or_none() {
        assert_eq!(below_root("home-1a2b/a.yaml").as_deref(), Some("a.yaml"));
        assert_eq!(below_root("./home-1a2b//b/./a.yaml").as_deref(), Some("b/a.yaml"));
        for path in [
            "",
            "home-1a2b/",
            "a.yaml",
            "/etc/passwd",
            "home/../a.yaml",
            "../a.yaml",
            "home/b/../../a.yaml",
            "home/a\0.yaml",
        ] {
            assert_eq!(below_root(path), None, "{path:?}");
        }
    }
}
