//! An entry as it lies in Redis: `ADC1`, created, time to live, checksum, payload.
//!
//! Invariant: whatever lies there that is not whole, not of this format, not stored under this very key, or over, is a
//! miss and never an error.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use xxhash_rust::xxh3::Xxh3;

use super::clock::{Timestamp, milliseconds};
use super::key::Digest;
use super::outcome::Lifetime;

const MAGIC: &[u8; 4] = b"ADC1";
const HEADER: usize = MAGIC.len() + 8 + 8 + CHECKSUM;
const CHECKSUM: usize = 8;

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It was not written by this format, or not all of it is there, or bits have changed.
    Corrupt,
    /// It is over.
    Expired,
}

/// Wraps a payload.
pub(super) fn seal(key: &Digest, payload: &[u8], lifetime: Lifetime) -> Bytes {
    let created = lifetime.created.0;
    let ttl = milliseconds(lifetime.expires.since(lifetime.created));
    let mut sealed = BytesMut::with_capacity(HEADER + payload.len());
    sealed.put_slice(MAGIC);
    sealed.put_u64_le(created);
    sealed.put_u64_le(ttl);
    sealed.put_slice(&checksum(key, created, ttl, payload));
    sealed.put_slice(payload);
    sealed.freeze()
}

/// Unwraps a payload without copying it.
pub(super) fn open(key: &Digest, mut sealed: Bytes, now: Timestamp) -> Result<(Bytes, Lifetime), Unusable> {
    if sealed.len() < HEADER || !sealed.starts_with(MAGIC) {
        return Err(Unusable::Corrupt);
    }
    sealed.advance(MAGIC.len());
    let (created, ttl) = (sealed.get_u64_le(), sealed.get_u64_le());
    let expected = sealed.split_to(CHECKSUM);
    if expected != checksum(key, created, ttl, &sealed)[..] {
        return Err(Unusable::Corrupt);
    }
    let lifetime = Lifetime {
        created: Timestamp(created),
        // By an instance whose clock is ahead: not longer from now on than it was given.
        expires: Timestamp(created.min(now.0).saturating_add(ttl)),
    };
    lifetime.at(now).ok_or(Unusable::Expired)?;
    Ok((sealed, lifetime))
}

/// Bound to the key, so that an entry that was renamed or restored under another key is not believed. Against chance, not
/// against whoever can write to this Redis: XXH3 takes a microsecond for 12 KB, a cryptographic hash several.
fn checksum(key: &Digest, created: u64, ttl: u64, payload: &[u8]) -> [u8; CHECKSUM] {
    let mut hasher = Xxh3::new();
    hasher.update(key.as_bytes());
    hasher.update(&created.to_le_bytes());
    hasher.update(&ttl.to_le_bytes());
    hasher.update(payload);
    hasher.digest().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::key::KeySpace;
    use super::*;

    const LIFETIME: Lifetime = Lifetime {
        created: Timestamp(1_000),
        expires: Timestamp(301_000),
    };

    fn key(text: &str) -> Digest {
        KeySpace::new(b"", 0).digest().text(text).finish()
    }

    proptest! {
        #[test]
        fn what_was_sealed_is_opened_with_its_lifetime(payload in proptest::collection::vec(any::<u8>(), 0..200)) {
            let sealed = seal(&key("a"), &payload, LIFETIME);
            let (opened, lifetime) = open(&key("a"), sealed, Timestamp(2_000)).unwrap();
            prop_assert_eq!(&opened[..], &payload[..]);
            prop_assert_eq!(lifetime, LIFETIME);
        }

        #[test]
        fn one_changed_bit_or_a_missing_end_makes_it_corrupt(
            payload in proptest::collection::vec(any::<u8>(), 1..50), at in any::<prop::sample::Index>(), bit in 0..8_u8,
        ) {
            let sealed = seal(&key("a"), &payload, LIFETIME);
            let mut changed = sealed.to_vec();
            let at = at.index(changed.len());
            changed[at] ^= 1 << bit;
            prop_assert_eq!(open(&key("a"), changed.into(), Timestamp(2_000)), Err(Unusable::Corrupt));
            prop_assert_eq!(open(&key("a"), sealed.slice(..at), Timestamp(2_000)), Err(Unusable::Corrupt));
        }

        #[test]
        fn anything_at_all_is_opened_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(open(&key("a"), bytes.into(), Timestamp(0)), Err(Unusable::Corrupt));
        }
    }

    #[test]
    fn under_another_key_it_is_not_believed() {
        let sealed = seal(&key("a"), b"payload", LIFETIME);
        assert_eq!(open(&key("b"), sealed, Timestamp(2_000)), Err(Unusable::Corrupt));
    }

    #[test]
    fn once_it_is_over_it_is_not_handed_out() {
        let sealed = seal(&key("a"), b"payload", LIFETIME);
        assert_eq!(open(&key("a"), sealed, LIFETIME.expires), Err(Unusable::Expired));
    }

    #[test]
    fn from_a_clock_that_is_ahead_it_lives_no_longer_than_it_was_given() {
        let sealed = seal(&key("a"), b"payload", LIFETIME);
        let now = Timestamp(0);
        let (_, lifetime) = open(&key("a"), sealed, now).unwrap();
        assert_eq!(lifetime.expires, Timestamp(300_000));
    }
}
