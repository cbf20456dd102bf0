//! Trusted documents: the operations a server answers, from a file made when its clients are built.
//!
//! Two forms are read, which between them the usual tools write: Apollo's manifest
//! (`{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "name", "type", "body"}]}`) and a
//! plain object from ids to documents (`{"<hash>": "query ..."}`), as graphql-codegen and Relay write it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::hash::DocumentHash;

/// The trusted documents.
#[derive(Debug)]
pub(super) struct Manifest {
    /// By the id a client sends.
    by_id: HashMap<String, Arc<str>>,
    /// The hashes of the texts, for clients that send them whole.
    by_hash: HashSet<DocumentHash>,
}

/// A manifest that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("TRUSTED_DOCUMENTS is {path:?}: {reason}")]
pub struct ManifestError {
    path: PathBuf,
    reason: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Apollo(Apollo),
    Plain(HashMap<String, String>),
}

#[derive(Deserialize)]
struct Apollo {
    format: String,
    version: u32,
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    body: String,
}

const EXPECTED: &str =
    "expected an Apollo persisted query manifest of version 1, or an object from ids to documents";

impl Manifest {
    /// Reads a file; `check` says what is wrong with a document.
    pub(super) fn read(
        path: &Path,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<Self, ManifestError> {
        let refuse = |reason: String| ManifestError {
            path: path.to_owned(),
            reason,
        };
        let text = std::fs::read_to_string(path).map_err(|error| refuse(error.to_string()))?;
        Self::parse(&text, check).map_err(refuse)
    }

    fn parse(text: &str, check: impl Fn(&str) -> Result<(), String>) -> Result<Self, String> {
        // Untagged, serde could not say what is wrong: whether it is JSON at all is found out first.
        let json: serde_json::Value =
            serde_json::from_str(text).map_err(|error| format!("{error}; {EXPECTED}"))?;
        let form = serde_json::from_value(json).map_err(|_| EXPECTED.to_owned())?;
        let documents: Vec<(String, String)> = match form {
            Form::Plain(documents) => documents.into_iter().collect(),
            Form::Apollo(Apollo {
                format,
                version,
                operations,
            }) => {
                if format != "apollo-persisted-query-manifest" || version != 1 {
                    return Err(format!("format {format:?}, version {version}; {EXPECTED}"));
                }
                let pair = |operation: Operation| (operation.id, operation.body);
                operations.into_iter().map(pair).collect()
            }
        };
        let mut manifest = Self {
            by_id: HashMap::new(),
            by_hash: HashSet::new(),
        };
        for (id, text) in documents {
            check(&text).map_err(|error| format!("the document {id:?}: {error}"))?;
            manifest.add(&id, &text.into())?;
        }
        Ok(manifest)
    }

    fn add(&mut self, id: &str, text: &Arc<str>) -> Result<(), String> {
        self.by_hash.insert(DocumentHash::of(text));
        match self.by_id.insert(id.to_owned(), Arc::clone(text)) {
            Some(other) if other != *text => Err(format!("the id {id:?} has two documents")),
            _ => Ok(()),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// The document of an id.
    pub(super) fn by_id(&self, id: &str) -> Option<&Arc<str>> {
        self.by_id.get(id)
    }

    /// Whether a text is one of the documents, to the letter.
    pub(super) fn has_text(&self, text: &str) -> bool {
        self.by_hash.contains(&DocumentHash::of(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Manifest, String> {
        let has_end = |text: &str| {
            let ends = text.ends_with('}');
            ends.then_some(()).ok_or_else(|| "it has no end".to_owned())
        };
        Manifest::parse(text, has_end)
    }

    #[test]
    fn both_forms_are_read() {
        let apollo = r#"{"format": "apollo-persisted-query-manifest", "version": 1, "operations":
            [{"id": "1", "name": "A", "type": "query", "body": "query A { a }"}]}"#;
        for text in [apollo, r#"{"1": "query A { a }"}"#] {
            let manifest = parse(text).unwrap();
            assert_eq!(manifest.by_id("1").map(|text| &**text), Some("query A { a }"));
            assert!(manifest.has_text("query A { a }") && !manifest.has_text("query A { b }"));
            assert!(manifest.by_id("2").is_none());
        }
        assert_eq!(parse("{}").unwrap().len(), 0);
    }

    #[test]
    fn anything_else_is_refused_with_a_reason() {
        let table = [
            ("", "expected an Apollo"),
            ("[]", "expected an Apollo"),
            (r#"{"a": 1}"#, "expected an Apollo"),
            (
                r#"{"format": "other", "version": 1, "operations": []}"#,
                "\"other\"",
            ),
            (
                r#"{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}"#,
                "version 2",
            ),
            (r#"{"a": "query A {"}"#, "the document \"a\": it has no end"),
            (
                r#"{"format": "apollo-persisted-query-manifest", "version": 1,
                    "operations": [{"id": "1", "body": "{a}"}, {"id": "1", "body": "{b}"}]}"#,
                "the id \"1\" has two documents",
            ),
        ];
        for (text, part) in table {
            let error = parse(text).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
