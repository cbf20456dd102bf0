//! A finished answer: the bytes that go out, and their name.

use bytes::Bytes;

use super::compressed::{Coding, Form, Forms};
use crate::cache::{CacheValue, Freshness};

/// The bytes of an answer without errors, and its entity tag (RFC 9110, section 8.8.3).
#[derive(Debug)]
pub struct Finished {
    /// The JSON.
    pub body: Bytes,
    /// A hash of it, in quotes.
    pub etag: Bytes,
    /// How fresh the values are that it was made of; not kept beside the bytes, which have a lifetime of their own.
    parts: Option<Freshness>,
    /// Compressed, for those who take it so.
    forms: Forms,
}

impl Finished {
    /// Hashes the bytes.
    pub fn new(body: Bytes, parts: Option<Freshness>) -> Self {
        let hash = blake3::hash(&body).to_hex();
        let etag = Bytes::from(format!("\"{}\"", &hash[..32]));
        Self {
            body,
            etag,
            parts,
            forms: Forms::default(),
        }
    }

    /// The same in a coding: compressed by the first who asks, and kept. `None` where it is better sent as it is.
    pub fn form(&self, coding: Coding) -> Option<Form> {
        self.forms.get(coding, &self.body, &self.etag)
    }
}

impl CacheValue for Finished {
    fn encode(&self) -> Option<Bytes> {
        Some(self.body.clone())
    }

    fn decode(bytes: Bytes) -> Option<Self> {
        Some(Self::new(bytes, None))
    }

    fn weight(&self) -> usize {
        self.body.len() + Forms::allowance(self.body.len()) + self.etag.len() + size_of::<Self>()
    }

    fn parts(&self) -> Option<Freshness> {
        self.parts
    }
}
