//! Documents that are known by an id, so that a client need not send them: automatic persisted queries, or trusted
//! documents and nothing else.
//!
//! Invariant: what is found here is run like a document that was sent; being found makes nothing valid.

mod automatic;
mod hash;
mod manifest;
mod redis_tier;

use std::sync::Arc;

use crate::config::PersistedConfig;
use crate::redis_conn::RedisConn;
use automatic::Automatic;
use manifest::Manifest;
use redis_tier::RedisTier;

pub use hash::DocumentHash;
pub use manifest::ManifestError;

/// The documents a server knows. One for a process.
pub struct Documents(Kind);

enum Kind {
    /// None are kept.
    Off,
    /// Clients register theirs.
    Automatic(Automatic),
    /// Only these are run.
    Trusted(Manifest),
}

impl std::fmt::Debug for Documents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Kind::Off => "Documents(off)",
            Kind::Automatic(_) => "Documents(automatic)",
            Kind::Trusted(_) => "Documents(trusted)",
        })
    }
}

/// A document to run.
#[derive(Debug, PartialEq, Eq)]
pub struct Document {
    /// Its text.
    pub text: String,
    /// To be handed to [`Documents::keep`] once the text has been found to fit the schema.
    pub registration: Option<Registration>,
}

/// A document that its client wants to have kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    hash: DocumentHash,
    text: Arc<str>,
}

/// Why a document is not run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Its id is not known: the client sends it whole then. (The text is the protocol's.)
    #[error("PersistedQueryNotFound")]
    NotFound,
    /// None are kept: the client sends them whole from then on. (The text is the protocol's.)
    #[error("PersistedQueryNotSupported")]
    NotSupported,
    /// The id is no hash.
    #[error(
        "extensions.persistedQuery.sha256Hash is {given:?}; expected the 64 hexadecimal digits of a SHA-256"
    )]
    NoHash {
        /// What the client sent.
        given: String,
    },
    /// The id is another text's.
    #[error("extensions.persistedQuery.sha256Hash is {given}, and the query's is {actual}")]
    OtherHash {
        /// What the client sent.
        given: DocumentHash,
        /// The hash of the text it sent along.
        actual: DocumentHash,
    },
    /// It is none of the trusted ones.
    #[error("this server runs trusted documents only, and this is none of them")]
    Untrusted,
}

impl Documents {
    /// As configured. `check` says what is wrong with a document of a manifest.
    ///
    /// # Errors
    /// The manifest cannot be read, or holds what is no document.
    pub fn new(
        config: &PersistedConfig,
        redis: Option<RedisConn>,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<Self, ManifestError> {
        if let Some(path) = &config.trusted_documents {
            let manifest = Manifest::read(path, check)?;
            tracing::info!(path = %path.display(), documents = manifest.len(), "only trusted documents are run");
            return Ok(Self(Kind::Trusted(manifest)));
        }
        if !config.enabled {
            return Ok(Self(Kind::Off));
        }
        let redis = redis.map(|redis| RedisTier::new(redis, config.ttl));
        Ok(Self(Kind::Automatic(Automatic::new(config.max_bytes, redis))))
    }

    /// The document that a request means: by its text, its id, or both.
    ///
    /// # Errors
    /// It is not known, is not what its id says, or must not be run.
    pub async fn find(&self, id: Option<&str>, text: Option<String>) -> Result<Document, Refused> {
        match &self.0 {
            Kind::Off => match text {
                Some(text) => Ok(Document::plain(text)),
                None => Err(Refused::NotSupported),
            },
            Kind::Automatic(documents) => automatic(documents, id, text).await,
            Kind::Trusted(manifest) => trusted(manifest, id, text),
        }
    }

    /// Keeps a document that was found to fit the schema.
    pub fn keep(&self, registration: Registration) {
        if let Kind::Automatic(documents) = &self.0 {
            documents.keep(registration.hash, registration.text);
        }
    }
}

impl Document {
    fn plain(text: String) -> Self {
        let registration = None;
        Self { text, registration }
    }
}

async fn automatic(
    documents: &Automatic,
    id: Option<&str>,
    text: Option<String>,
) -> Result<Document, Refused> {
    let Some(id) = id else {
        return text.map(Document::plain).ok_or(Refused::NotFound);
    };
    let given = DocumentHash::from_hex(id).ok_or_else(|| Refused::NoHash {
        given: id.chars().take(80).collect(),
    })?;
    let Some(text) = text else {
        let found = documents.find(given).await.ok_or(Refused::NotFound)?;
        return Ok(Document::plain(found.as_ref().to_owned()));
    };
    let actual = DocumentHash::of(&text);
    if actual != given {
        return Err(Refused::OtherHash { given, actual });
    }
    let registration = Some(Registration {
        hash: actual,
        text: text.as_str().into(),
    });
    Ok(Document { text, registration })
}

/// An id counts only with the text it has in the manifest, and a text only if it is in it.
fn trusted(manifest: &Manifest, id: Option<&str>, text: Option<String>) -> Result<Document, Refused> {
    match text {
        Some(text) if manifest.has_text(&text) => Ok(Document::plain(text)),
        Some(_) => Err(Refused::Untrusted),
        None => {
            let found = id.and_then(|id| manifest.by_id(id)).ok_or(Refused::NotFound)?;
            Ok(Document::plain(found.as_ref().to_owned()))
        }
    }
}
