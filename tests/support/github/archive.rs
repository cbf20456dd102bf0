//! Archives as GitHub makes them: a gzipped tar whose first entry tells the commit, everything else in one folder; and as
//! nobody should.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

/// What an archive holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Archive {
    entries: Vec<Entry>,
    /// Bytes to be sent in place of what the entries come to.
    raw: Option<Vec<u8>>,
}

#[derive(Clone, Debug)]
struct Entry {
    kind: EntryType,
    path: String,
    link: String,
    bytes: Vec<u8>,
    /// Whether the path is written as it is, and not within the archive's folder.
    is_plain: bool,
}

impl Archive {
    /// These bytes, whatever they are.
    pub(crate) fn raw(bytes: Vec<u8>) -> Self {
        Self {
            raw: Some(bytes),
            ..Self::default()
        }
    }

    /// With a file.
    pub(crate) fn file(self, path: &str, bytes: &[u8]) -> Self {
        self.entry(EntryType::Regular, path, "", bytes)
    }

    /// With a symbolic link.
    pub(crate) fn link(self, path: &str, target: &str) -> Self {
        self.entry(EntryType::Symlink, path, target, b"")
    }

    /// With an entry of any kind.
    pub(crate) fn entry(mut self, kind: EntryType, path: &str, link: &str, bytes: &[u8]) -> Self {
        self.entries.push(Entry {
            kind,
            path: path.to_owned(),
            link: link.to_owned(),
            bytes: bytes.to_owned(),
            is_plain: false,
        });
        self
    }

    /// The last entry's path is written as it is.
    pub(crate) fn written_plainly(mut self) -> Self {
        self.entries.last_mut().unwrap().is_plain = true;
        self
    }

    /// Packed already, in a folder of this name: what is asked for often is not to be packed each time.
    pub(crate) fn packed(self, folder: &str) -> Self {
        let bytes = self.bytes(folder, &"0".repeat(40));
        Self {
            raw: Some(bytes),
            ..self
        }
    }

    /// One that was packed, with another file.
    pub(crate) fn and_another(&self, path: &str, text: &str) -> Self {
        let unpacked = Self {
            raw: None,
            ..self.clone()
        };
        unpacked.file(path, text.as_bytes()).packed("home")
    }

    /// The gzipped tar of a commit.
    pub(crate) fn bytes(&self, folder: &str, commit: &str) -> Vec<u8> {
        self.raw
            .clone()
            .unwrap_or_else(|| gzip(&self.tar(folder, commit)))
    }

    /// The tar.
    pub(crate) fn tar(&self, folder: &str, commit: &str) -> Vec<u8> {
        if let Some(raw) = &self.raw {
            return raw.clone();
        }
        let mut tar = Builder::new(Vec::new());
        let comment = format!("52 comment={commit}\n");
        tar.append(
            &header(EntryType::XGlobalHeader, comment.len()),
            comment.as_bytes(),
        )
        .unwrap();
        for entry in &self.entries {
            let path = if entry.is_plain {
                entry.path.clone()
            } else {
                format!("{folder}/{}", entry.path)
            };
            append(&mut tar, entry, &path);
        }
        tar.into_inner().unwrap()
    }
}

/// Packs bytes.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn append(tar: &mut Builder<Vec<u8>>, entry: &Entry, path: &str) {
    // By hand, as git does it: a name that is too long stands in an entry of its own before; and because the builder
    // refuses the very paths that have to be refused by whoever unpacks.
    let mut attributes = String::new();
    if path.len() > 100 {
        attributes += &attribute("path", path);
    }
    if entry.link.len() > 100 {
        attributes += &attribute("linkpath", &entry.link);
    }
    if !attributes.is_empty() {
        tar.append(
            &header(EntryType::XHeader, attributes.len()),
            attributes.as_bytes(),
        )
        .unwrap();
    }
    let mut head = header(entry.kind, entry.bytes.len());
    let fields = head.as_ustar_mut().unwrap();
    copy(&mut fields.name, path);
    copy(&mut fields.linkname, &entry.link);
    head.set_cksum();
    tar.append(&head, &entry.bytes[..]).unwrap();
}

fn attribute(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len();
    while length != format!("{length}{rest}").len() {
        length = format!("{length}{rest}").len();
    }
    format!("{length}{rest}")
}

fn copy(field: &mut [u8; 100], text: &str) {
    let length = text.len().min(field.len());
    field[..length].copy_from_slice(&text.as_bytes()[..length]);
}

/// A header with nothing but a kind and a size.
pub(crate) fn header(kind: EntryType, size: usize) -> Header {
    let mut header = Header::new_ustar();
    header.set_entry_type(kind);
    header.set_size(size as u64);
    header.set_mode(0o644);
    header.set_cksum();
    header
}
