//! The accounts of all clients: a bounded map in shards, each behind its own lock.
//!
//! Invariants: it never holds more than `RATELIMIT_MAX_CLIENTS`; when there is no room, the least worth of a few that are
//! drawn by lot goes, and a blocked client last, so that a flood of addresses does not wash an attacker's record away:
//! each address of the flood would first have to be worth more. A lock is held for one account's step, never across an
//! await. Hashing is seeded, so that nobody can choose addresses that share a shard.

use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;

use super::account::Account;
use super::client_key::ClientKey;
use super::clock::LocalMs;
use super::rules::Rules;
use super::statistics::Figures;
use super::step::Worth;

/// Shards at most; a power of two.
const SHARDS_MAX: usize = 64;

/// Fewer accounts than this are not worth a shard of their own.
const SHARD_MIN: usize = 64;

/// How many accounts are compared when one must go.
const DRAWN: usize = 16;

/// The accounts of all clients.
#[derive(Debug)]
pub(super) struct Accounts {
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
    /// Accounts in a shard at most.
    room: usize,
}

/// A part of the clients, and what was done for them.
#[derive(Debug, Default)]
pub(super) struct Shard {
    map: IndexMap<Hashed, Account, BuildHasherDefault<Ready>>,
    pub(super) figures: Figures,
    /// Where the next lot falls.
    lot: usize,
}

/// A client with its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hashed {
    hash: u64,
    client: ClientKey,
}

impl Hash for Hashed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// A hasher for what is hashed already.
#[derive(Clone, Copy, Debug, Default)]
struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only hashes are hashed here");
    }
}

impl Accounts {
    /// Room for so many.
    pub(super) fn new(max: usize) -> Self {
        let wanted = (max / SHARD_MIN).clamp(1, SHARDS_MAX);
        let count = if wanted.is_power_of_two() {
            wanted
        } else {
            wanted.next_power_of_two() / 2
        };
        Self {
            shards: (0..count).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            room: (max / count).max(1),
        }
    }

    /// Runs it on the client's account, made first if there is none.
    pub(super) fn with<R>(
        &self,
        client: ClientKey,
        now: LocalMs,
        rules: &Rules,
        work: impl FnOnce(&mut Account, &mut Figures) -> R,
    ) -> R {
        let hashed = self.hashed(client);
        let mut guard = lock(self.shard(hashed));
        let shard = &mut *guard;
        // One look-up where the client is known: the hot path.
        if let Some(at) = shard.map.get_index_of(&hashed) {
            return work(&mut shard.map[at], &mut shard.figures);
        }
        if shard.map.len() >= self.room {
            shard.evict(now, rules);
        }
        let account = shard
            .map
            .entry(hashed)
            .or_insert_with(|| Account::new(now, rules));
        work(account, &mut shard.figures)
    }

    /// Runs it on the client's account, if there is one.
    pub(super) fn with_known<R>(
        &self,
        client: ClientKey,
        work: impl FnOnce(&mut Account, &mut Figures) -> R,
    ) -> Option<R> {
        let hashed = self.hashed(client);
        let mut guard = lock(self.shard(hashed));
        let Shard { map, figures, .. } = &mut *guard;
        map.get_mut(&hashed).map(|account| work(account, figures))
    }

    /// Runs it on every account, forgets those it answers `false` for, and gives the room of many back.
    pub(super) fn retain(&self, mut keep: impl FnMut(ClientKey, &mut Account, &mut Figures) -> bool) {
        for shard in &self.shards {
            let mut guard = lock(shard);
            let Shard { map, figures, .. } = &mut *guard;
            map.retain(|hashed, account| keep(hashed.client, account, figures));
            if map.capacity() > 4 * map.len().max(SHARD_MIN) {
                map.shrink_to(2 * map.len());
            }
        }
    }

    /// Clients, and what was done for all of them.
    pub(super) fn figures(&self) -> (usize, Figures) {
        let mut sum = (0, Figures::default());
        for shard in &self.shards {
            let shard = lock(shard);
            sum.0 += shard.map.len();
            sum.1.add(&shard.figures);
        }
        sum
    }

    fn hashed(&self, client: ClientKey) -> Hashed {
        Hashed {
            hash: self.hasher.hash_one(client),
            client,
        }
    }

    fn shard(&self, hashed: Hashed) -> &Mutex<Shard> {
        // The upper half: the map takes the lower bits.
        let at = usize::try_from(hashed.hash >> 32).expect("32 bits fit") & (self.shards.len() - 1);
        &self.shards[at]
    }
}

impl Shard {
    /// Forgets the least worth of a few.
    fn evict(&mut self, now: LocalMs, rules: &Rules) {
        let len = self.map.len();
        // Strides that share no factor with most lengths: each draw begins elsewhere.
        self.lot = self.lot.wrapping_add(7_919);
        let drawn = (0..DRAWN.min(len)).map(|n| self.lot.wrapping_add(n.wrapping_mul(104_729)) % len);
        let worth = |at: &usize| {
            self.map
                .get_index(*at)
                .map_or(Worth::Nothing, |(_, account)| account.worth(now, rules))
        };
        if let Some(least) = drawn.min_by_key(worth) {
            self.map.swap_remove_index(least);
            self.figures.evicted += 1;
        }
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    // A panic under the lock would be a bug in one account's arithmetic: the others are whole.
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::time::{Instant, SystemTime};

    use super::*;
    use crate::config::RateLimitConfig;
    use crate::rate_limit::decision::Decision;
    use crate::rate_limit::policy::Policy;
    use crate::rate_limit::step::{Backing, Step};

    const ROOM: usize = 256;

    fn rules(requests: u32) -> Rules {
        let config = RateLimitConfig {
            requests,
            ..RateLimitConfig::default()
        };
        Rules::new(Policy::new(&config), Instant::now(), SystemTime::UNIX_EPOCH)
    }

    fn client(n: u32) -> ClientKey {
        ClientKey::V4(Ipv4Addr::from_bits(n))
    }

    fn request(accounts: &Accounts, rules: &Rules, n: u32, now: LocalMs) -> Decision {
        accounts.with(client(n), now, rules, |account, _| {
            match account.step(1, now, rules, Backing::Alone) {
                Step::Done(decision) | Step::Struck(decision) => decision,
                step => panic!("alone there is nobody to ask: {step:?}"),
            }
        })
    }

    #[test]
    fn a_flood_of_addresses_does_not_grow_it() {
        let (accounts, rules) = (Accounts::new(ROOM), rules(100));
        for n in 0..20_000 {
            assert!(
                request(&accounts, &rules, n, 0).is_allowed(),
                "a newcomer is served"
            );
        }
        let (clients, figures) = accounts.figures();
        assert!(clients <= ROOM, "{clients}");
        assert_eq!(figures.evicted, 20_000 - u64::try_from(clients).unwrap());
    }

    #[test]
    fn a_flood_of_addresses_does_not_wash_out_who_is_blocked_or_has_spent_his_quota() {
        let (accounts, rules) = (Accounts::new(ROOM), rules(10));
        let (blocked, spent, now) = (1, 2, 60_000);
        for (n, at) in [(blocked, 0), (blocked, now), (spent, now)] {
            while request(&accounts, &rules, n, at).is_allowed() {}
        }
        for n in 1_000..50_000 {
            request(&accounts, &rules, n, now);
        }
        for n in [blocked, spent] {
            assert!(!request(&accounts, &rules, n, now).is_allowed(), "{n}");
        }
    }

    #[test]
    fn room_is_found_even_where_all_are_blocked() {
        let (accounts, rules) = (Accounts::new(16), rules(1));
        for n in 0..100 {
            for now in [0, 60_000] {
                while request(&accounts, &rules, n, now).is_allowed() {}
            }
        }
        assert!(request(&accounts, &rules, 1_000, 60_000).is_allowed());
        assert!(accounts.figures().0 <= 16);
    }

    #[test]
    fn who_is_not_kept_is_forgotten_and_the_room_given_back() {
        let (accounts, rules) = (Accounts::new(100_000), rules(100));
        for n in 0..50_000 {
            request(&accounts, &rules, n, 0);
        }
        accounts.retain(|_, account, _| account.worth(30_000, &rules) != Worth::Nothing);
        assert_eq!(accounts.figures().0, 50_000, "their window goes on");
        accounts.retain(|_, account, _| account.worth(130_000, &rules) != Worth::Nothing);
        assert_eq!(accounts.figures().0, 0);
        assert!(
            accounts
                .shards
                .iter()
                .all(|shard| lock(shard).map.capacity() < 200)
        );
    }
}
