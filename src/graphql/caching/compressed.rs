//! Compressed forms of an answer's bytes, made when the first client asks for one and kept with the answer, so that a
//! memory hit stays one: no more is done for it than without compression.
//!
//! Invariant: the forms kept with an answer never weigh more than the allowance that its weight in the cache includes.

use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

/// Less than this is sent as it is: it fits into a packet or two.
const MIN_BYTES: usize = 1_024;
/// More than this is compressed fast rather than well: nobody should wait for it.
const LARGE_BYTES: usize = 128 << 10;
/// The part of an answer's bytes that its forms may take.
const ALLOWANCE: usize = 2;

/// How bytes are compressed (RFC 9110, section 8.4.1). In the order of preference where a client likes several alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
    /// RFC 1952.
    Gzip,
}

impl Coding {
    /// All of them, the preferred one first.
    pub const ALL: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// Its name in headers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// The bytes compressed; `None` where it is not worth it.
    pub fn compress(self, bytes: &[u8]) -> Option<Bytes> {
        if bytes.len() < MIN_BYTES {
            return None;
        }
        let is_large = bytes.len() > LARGE_BYTES;
        let mut out = Vec::with_capacity(bytes.len() / 4);
        // Writing to memory does not fail.
        match self {
            Self::Brotli => {
                let quality = if is_large { 1 } else { 5 };
                let mut writer = brotli::CompressorWriter::new(&mut out, 4 << 10, quality, 22);
                writer.write_all(bytes).ok()?;
            }
            Self::Zstd => {
                let level = if is_large { 1 } else { 3 };
                out = zstd::bulk::compress(bytes, level).ok()?;
            }
            Self::Gzip => {
                let level = flate2::Compression::new(if is_large { 1 } else { 6 });
                let mut writer = flate2::write::GzEncoder::new(&mut out, level);
                writer.write_all(bytes).ok()?;
                writer.finish().ok()?;
            }
        }
        (out.len() < bytes.len()).then(|| {
            out.shrink_to_fit();
            out.into()
        })
    }
}

/// An answer in one coding.
#[derive(Clone, Debug)]
pub struct Form {
    /// The bytes that go out.
    pub body: Bytes,
    /// Their entity tag: other bytes have another one (RFC 9110, section 8.8.3.3).
    pub etag: Bytes,
}

/// The forms kept with an answer.
#[derive(Debug, Default)]
pub(super) struct Forms {
    /// By `Coding`; each written once, by whoever asks first.
    kept: [OnceLock<Form>; 3],
    /// Bytes of the forms kept or about to be.
    spent: AtomicUsize,
}

impl Forms {
    /// What is added to an answer's weight for its forms.
    pub(super) const fn allowance(bytes: usize) -> usize {
        if bytes < MIN_BYTES { 0 } else { bytes / ALLOWANCE }
    }

    /// The form in a coding; `None` where the answer is better sent as it is.
    pub(super) fn get(&self, coding: Coding, body: &[u8], etag: &[u8]) -> Option<Form> {
        let place = &self.kept[coding as usize];
        if let Some(form) = place.get() {
            return Some(form.clone());
        }
        let form = Form {
            body: coding.compress(body)?,
            etag: tagged(etag, coding),
        };
        let cost = form.body.len() + form.etag.len();
        if self.spent.fetch_add(cost, Ordering::Relaxed) + cost > Self::allowance(body.len())
            || place.set(form.clone()).is_err()
        {
            self.spent.fetch_sub(cost, Ordering::Relaxed);
        }
        Some(form)
    }
}

/// `"hash"` becomes `"hash-br"`.
fn tagged(etag: &[u8], coding: Coding) -> Bytes {
    let mut tag = etag.strip_suffix(b"\"").unwrap_or(etag).to_vec();
    tag.push(b'-');
    tag.extend_from_slice(coding.name().as_bytes());
    tag.push(b'"');
    tag.into()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn unpacked(coding: Coding, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        match coding {
            Coding::Brotli => brotli::Decompressor::new(bytes, 4_096)
                .read_to_end(&mut out)
                .unwrap(),
            Coding::Zstd => {
                out = zstd::stream::decode_all(bytes).unwrap();
                0
            }
            Coding::Gzip => flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).unwrap(),
        };
        out
    }

    /// Text like an answer, of about so many bytes.
    fn text(bytes: usize) -> Vec<u8> {
        let item = |number: usize| {
            format!(
                "{{\"id\":\"{number}\",\"alias\":\"Lamp {}\"}},",
                number * 7_919 % 1_000
            )
        };
        let text: String = (0..bytes / 30).map(item).collect();
        text.into_bytes()
    }

    /// Bytes that no coding makes much smaller.
    fn noise(bytes: usize) -> Vec<u8> {
        let hash = |number: usize| *blake3::hash(&number.to_le_bytes()).as_bytes();
        (0..bytes / 32).flat_map(hash).collect()
    }

    #[test]
    fn each_coding_gives_the_bytes_back_and_makes_them_smaller() {
        for size in [2_000, 12_000, 300_000] {
            let text = text(size);
            for coding in Coding::ALL {
                let packed = coding.compress(&text).unwrap();
                assert!(packed.len() * 2 < text.len(), "{coding:?}: {}", packed.len());
                assert_eq!(unpacked(coding, &packed), text);
            }
        }
    }

    #[test]
    fn what_is_small_or_does_not_get_smaller_is_left_as_it_is() {
        for coding in Coding::ALL {
            assert_eq!(coding.compress(b"{}"), None);
            assert_eq!(coding.compress(&noise(4_096)), None);
        }
    }

    #[test]
    fn a_form_is_made_once_and_has_a_tag_of_its_own() {
        let (forms, text) = (Forms::default(), text(12_000));
        for (coding, tag) in [(Coding::Brotli, "\"h-br\""), (Coding::Gzip, "\"h-gzip\"")] {
            let first = forms.get(coding, &text, b"\"h\"").unwrap();
            let second = forms.get(coding, &text, b"\"h\"").unwrap();
            assert_eq!(first.etag, tag.as_bytes());
            assert_eq!(
                first.body.as_ptr(),
                second.body.as_ptr(),
                "the same bytes, not equal ones"
            );
        }
    }

    #[test]
    fn forms_that_would_weigh_more_than_the_allowance_are_not_kept() {
        let mut bytes = noise(4_096);
        bytes.extend(text(1_000));
        let forms = Forms::default();
        for coding in Coding::ALL {
            assert!(forms.get(coding, &bytes, b"\"h\"").is_some());
            assert!(forms.kept[coding as usize].get().is_none());
        }
        assert_eq!(forms.spent.load(Ordering::Relaxed), 0);
    }
}
