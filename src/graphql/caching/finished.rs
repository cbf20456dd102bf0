//! A finished answer: the bytes that go out, and their name.

use bytes::{BufMut, Bytes, BytesMut};

use super::compressed::{Coding, Form, Forms};
use crate::cache::{CacheValue, Freshness};

/// Bytes of an entity tag: 128 bits in hexadecimal, in quotes.
const ETAG: usize = 34;

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
        let etag = Bytes::from(format!("\"{}\"", &hash[..ETAG - 2]));
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
    /// The entity tag, then the body: who reads it need not hash it again, which takes longer than reading it.
    fn encode(&self) -> Option<Bytes> {
        let mut both = BytesMut::with_capacity(self.etag.len() + self.body.len());
        both.put_slice(&self.etag);
        both.put_slice(&self.body);
        Some(both.freeze())
    }

    fn decode(mut bytes: Bytes) -> Option<Self> {
        if bytes.len() < ETAG {
            return None;
        }
        Some(Self {
            etag: bytes.split_to(ETAG),
            body: bytes,
            parts: None,
            forms: Forms::default(),
        })
    }

    fn weight(&self) -> usize {
        self.body.len() + Forms::allowance(self.body.len()) + self.etag.len() + size_of::<Self>()
    }

    fn parts(&self) -> Option<Freshness> {
        self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_elsewhere_comes_back_with_its_tag() {
        let kept = Finished::new(Bytes::from_static(b"{\"data\":null}"), None);
        let found = Finished::decode(kept.encode().unwrap()).unwrap();
        assert_eq!((found.body, found.etag), (kept.body.clone(), kept.etag.clone()));
        assert!(Finished::decode(kept.etag.slice(1..)).is_none(), "not even a tag");
    }
}
