//! The operations asked most, of all instances together, in Redis.
//!
//! One sorted set of counts and one hash of operations a day, capped by the script that adds to them, gone after two
//! days: what was popular last week does not stand in the way. Everything here happens in the background, and what Redis
//! does not take is lost.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use bytes::Bytes;
use deadpool_redis::redis::{self, Script};

use super::{Popular, PopularOperation};
use crate::cache::clock::Clock;
use crate::cache::key::{Digest, KeySpace};
use crate::redis_conn::{Access, Patience, RedisConn, RedisError};

/// The most operations a day keeps.
const KEPT: usize = 512;

/// The most that one push tells of.
const PUSHED_MAX: usize = 128;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Seconds that a day is kept after its last note.
const EXPIRY: u64 = 2 * 24 * 60 * 60;

/// KEYS counts, operations; ARGV expiry, cap, then digest, count, operation of each.
static ADD: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        for at = 3, #ARGV, 3 do
            redis.call('ZINCRBY', KEYS[1], ARGV[at + 1], ARGV[at])
            redis.call('HSETNX', KEYS[2], ARGV[at], ARGV[at + 2])
        end
        local over = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[2])
        if over > 0 then
            for _, digest in ipairs(redis.call('ZRANGE', KEYS[1], 0, over - 1)) do
                redis.call('ZREM', KEYS[1], digest)
                redis.call('HDEL', KEYS[2], digest)
            end
        end
        redis.call('EXPIRE', KEYS[1], ARGV[1])
        redis.call('EXPIRE', KEYS[2], ARGV[1])
        return #ARGV
        ",
    )
});

/// Where they are kept.
#[derive(Clone, Debug)]
pub struct PopularStore {
    redis: RedisConn,
    /// Of every key, the day left out; with a hash tag, so that a cluster keeps all in one slot.
    name: String,
    clock: Clock,
}

impl PopularStore {
    /// For one schema and one database: what another release asks may mean nothing to this one.
    pub fn new(redis: RedisConn, space: &KeySpace, clock: Clock) -> Self {
        let name = space.shared_name(redis.prefix(), "popular");
        Self { redis, name, clock }
    }

    /// Adds what was counted since the last push, and says how many operations that were.
    ///
    /// # Errors
    /// See [`RedisError`]; these counts are lost then.
    pub async fn push(&self, popular: &Popular) -> Result<usize, RedisError> {
        let new = popular.take_new(PUSHED_MAX);
        if new.is_empty() {
            return Ok(0);
        }
        let [counts, operations] = self.keys(self.today());
        let mut add = ADD.key(counts);
        add.key(operations).arg(EXPIRY).arg(KEPT);
        for PopularOperation {
            digest,
            operation,
            count,
        } in &new
        {
            add.arg(digest.to_string()).arg(*count).arg(&operation[..]);
        }
        let _: u64 = self.redis.script(&add, Patience::Background).await?;
        Ok(new.len())
    }

    /// The operations asked most, today and yesterday together, most first.
    ///
    /// # Errors
    /// See [`RedisError`].
    pub async fn load(&self, count: usize) -> Result<Vec<PopularOperation>, RedisError> {
        let today = self.today();
        let mut found = self.load_day(today, count).await?;
        for earlier in self.load_day(today.saturating_sub(1), count).await? {
            match found.iter_mut().find(|known| known.digest == earlier.digest) {
                Some(known) => known.count += earlier.count,
                None => found.push(earlier),
            }
        }
        found.sort_unstable_by(|a, b| b.count.cmp(&a.count).then(a.digest.cmp(&b.digest)));
        found.truncate(count);
        Ok(found)
    }

    /// Pushes every so often, until the returned task is aborted.
    pub fn spawn(self, popular: Arc<Popular>, every: Duration) -> tokio::task::JoinHandle<()> {
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(every).await;
                if let Err(error) = self.push(&popular).await {
                    tracing::debug!(%error, "popular operations not kept");
                }
            }
        })
    }

    async fn load_day(&self, day: u64, count: usize) -> Result<Vec<PopularOperation>, RedisError> {
        let [counts, operations] = self.keys(day);
        let mut range = redis::cmd("ZRANGE");
        range
            .arg(counts)
            .arg(0)
            .arg(count.saturating_sub(1))
            .arg("REV")
            .arg("WITHSCORES");
        let top: Vec<(String, f64)> = self
            .redis
            .query(&range, Access::Read, Patience::Background)
            .await?;
        if top.is_empty() || count == 0 {
            return Ok(Vec::new());
        }
        let mut get = redis::cmd("HMGET");
        get.arg(operations);
        for (digest, _) in &top {
            get.arg(digest);
        }
        let texts: Vec<Option<Vec<u8>>> = self.redis.query(&get, Access::Read, Patience::Background).await?;
        Ok(top.into_iter().zip(texts).filter_map(read).collect())
    }

    fn today(&self) -> u64 {
        self.clock.now().0 / DAY_MS
    }

    fn keys(&self, day: u64) -> [String; 2] {
        let Self { name, .. } = self;
        [format!("{name}:{day}:counts"), format!("{name}:{day}:operations")]
    }
}

/// What somebody else wrote there is left out.
fn read(((digest, score), operation): ((String, f64), Option<Vec<u8>>)) -> Option<PopularOperation> {
    // A count as Redis keeps it, in a double; what is no count becomes 0.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let count = score as u64;
    Some(PopularOperation {
        digest: Digest::from_hex(&digest)?,
        operation: Bytes::from(operation?),
        count,
    })
}
