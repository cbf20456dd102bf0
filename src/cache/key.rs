//! Keys: a digest of everything an answer depends on.
//!
//! Invariant: every key contains the format's version, the schema, the database and the generation, so that
//! another release, another database in the same Redis, or other data never answers for this one.

use std::fmt;
use std::hash::{Hash, Hasher};

use super::generation::Stamp;
use super::key_parts::Builder;
use super::scope::Kind;
use crate::config::UnstampedKeys;

/// The format of keys and entries. Raise it whenever either changes its meaning: entries of another format then become
/// unreachable and die by their time to live.
const FORMAT: &str = "autodex cache format 2";

/// 256 bits that stand for everything that went into them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The bits.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads what `Display` wrote; `None` for anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
        blake3::Hash::from_hex(text)
            .ok()
            .map(|hash| Self(*hash.as_bytes()))
    }
}

/// The bits are as good as random: eight bytes are enough for any table.
impl Hash for Digest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from_le_bytes(
            *self.0.first_chunk().expect("32 are more than 8"),
        ));
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What one value or response is kept under.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    kind: Kind,
    stamp: Stamp,
    digest: Digest,
}

impl Key {
    /// What it is the key of.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What the value depends on.
    pub const fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// All of it in 256 bits: kind and stamp are in it too.
    pub const fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Its name in Redis: `facets:f2.v17:` and the digest, after the prefix.
    pub fn name(&self, prefix: &str) -> String {
        let Self { kind, stamp, digest } = self;
        format!("{prefix}{}:{stamp}:{digest}", kind.as_str())
    }
}

/// The digest says it all.
impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for Key {}

/// Where keys are made: fixed for one schema and one database.
#[derive(Clone)]
pub struct KeySpace {
    seed: [u8; 32],
    lineage: u64,
    /// Which keys contain no generation. All do.
    unstamped: UnstampedKeys,
}

impl fmt::Debug for KeySpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySpace({:016x})", self.lineage)
    }
}

impl KeySpace {
    /// For a schema (its text, or a hash of it) and a database: `lineage` is the random number the database got when it
    /// was made. Without it a fresh database, whose versions begin at 1 again, would find its predecessor's answers.
    pub fn new(schema: &[u8], lineage: u64) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(FORMAT);
        hasher.update(&lineage.to_le_bytes()).update(schema);
        Self {
            seed: *hasher.finalize().as_bytes(),
            lineage,
            unstamped: UnstampedKeys::None,
        }
    }

    /// The same with the generation left out of some keys, which makes answers stale: for the test that shows that tests
    /// would notice.
    #[must_use]
    pub fn without_generations_in(self, unstamped: UnstampedKeys) -> Self {
        Self { unstamped, ..self }
    }

    /// Begins a key.
    pub fn key(&self, kind: Kind, stamp: Stamp) -> KeyBuilder {
        let mut hasher = blake3::Hasher::new_keyed(&self.seed);
        hasher.update(kind.as_str().as_bytes()).update(&[0]);
        let stamped = match self.unstamped {
            UnstampedKeys::None => true,
            UnstampedKeys::Values => !matches!(kind, Kind::Value(_)),
            UnstampedKeys::All => false,
        };
        if stamped {
            stamp.hash_into(&mut hasher);
        }
        Builder::new((kind, stamp), hasher)
    }

    /// Begins a digest of something that depends on no data: of a request as it came, for instance.
    pub fn digest(&self) -> DigestBuilder {
        let mut hasher = blake3::Hasher::new_keyed(&self.seed);
        // No kind of entry has an empty name: never the digest of a key.
        hasher.update(&[0]);
        Builder::new((), hasher)
    }

    /// The channel on which instances of one database tell each other of new generations.
    pub fn channel(&self, prefix: &str) -> String {
        format!("{prefix}generation:{:016x}", self.lineage)
    }

    /// A name for something that instances of one database share, in one slot of a cluster.
    pub(super) fn shared_name(&self, prefix: &str, what: &str) -> String {
        let tag = u64::from_le_bytes(*self.seed.first_chunk().expect("32 are more than 8"));
        format!("{prefix}{what}:{{{tag:016x}}}")
    }
}

/// A key on its way.
pub type KeyBuilder = Builder<(Kind, Stamp)>;

/// A digest on its way.
pub type DigestBuilder = Builder<()>;

impl KeyBuilder {
    /// The key.
    pub fn finish(self) -> Key {
        let (digest, (kind, stamp)) = self.end();
        Key {
            kind,
            stamp,
            digest: Digest(digest),
        }
    }
}

impl DigestBuilder {
    /// The digest.
    pub fn finish(self) -> Digest {
        Digest(self.end().0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::generation::Generation;
    use super::super::scope::{Scope, ScopeSet};
    use super::*;

    #[test]
    fn kind_generation_schema_and_database_are_part_of_the_key() {
        let generation = Generation::default();
        let stamp = generation.stamp(ScopeSet::one(Scope::Search));
        let (facets, search) = (Kind::Value(Scope::Facets), Kind::Value(Scope::Search));
        let space = KeySpace::new(b"schema", 1);
        let key = space.key(search, stamp).text("lamp").finish();
        let newer = Generation {
            data_version: 1,
            ..generation
        };
        let others = [
            space.key(facets, stamp).text("lamp").finish(),
            space
                .key(search, newer.stamp(ScopeSet::one(Scope::Search)))
                .text("lamp")
                .finish(),
            KeySpace::new(b"schema two", 1)
                .key(search, stamp)
                .text("lamp")
                .finish(),
            KeySpace::new(b"schema", 2)
                .key(search, stamp)
                .text("lamp")
                .finish(),
        ];
        assert_eq!(key, space.key(search, stamp).text("lamp").finish());
        for other in others {
            assert_ne!(key, other);
        }
    }

    #[test]
    fn a_key_reads_well_in_redis() {
        let stamp = Generation::default().stamp(ScopeSet::one(Scope::Facets));
        let key = KeySpace::new(b"", 0)
            .key(Kind::Value(Scope::Facets), stamp)
            .finish();
        let name = key.name("mine:");
        assert_eq!(name, format!("mine:facets:f0.v0:{}", key.digest()));
        assert_eq!(name.len(), "mine:facets:f0.v0:".len() + 64);
    }
}
