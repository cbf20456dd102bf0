//! The connection to Redis, shared by the cache and the rate limits.
//!
//! Invariants: every command runs under one deadline that covers getting the connection and the answer; after a few
//! failures in a row nothing is asked but one probe at a time, in the background; no failure here is more than an error
//! value to the caller. Redis may be absent at the start and come later.

mod breaker;
mod command;
mod error;
mod figures;
mod health;
mod lanes;
mod pool;
mod pubsub;
mod supervisor;
mod target;

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool_redis::redis::{self, FromRedisValue};
use tokio::sync::{Notify, watch};

pub use breaker::{BreakerPolicy, BreakerState};
pub use error::{Access, RedisError};
pub use figures::RedisFigures;
pub use health::{RedisHealth, RedisState};
pub use pubsub::{Subscription, SubscriptionEvent};
pub use target::RedisUrlError;

use crate::config::RedisConfig;
use crate::telemetry::Durations;
use breaker::Breaker;
use health::LastSeen;
use lanes::Lanes;
use pool::Connections;
use target::Target;

/// How long the start waits at most for Redis to show itself; it goes on without it.
const FIRST_CONTACT: Duration = Duration::from_millis(500);

/// How long a command in the background may take: nobody waits for it, but a queue stands behind it.
const BACKGROUND_DEADLINE: Duration = Duration::from_millis(500);

/// Redis. Clones share everything; the last one dropped ends the background work.
#[derive(Clone)]
pub struct RedisConn {
    shared: Arc<Shared>,
}

impl std::fmt::Debug for RedisConn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisConn")
            .field("health", &self.health())
            .finish_non_exhaustive()
    }
}

/// Who waits for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// A request: `REDIS_DEADLINE_MS`.
    Request,
    /// Nobody: half a second, or the same if that is longer.
    Background,
}

struct Shared {
    lanes: Lanes,
    target: Target,
    prefix: String,
    deadline: Duration,
    socket_timeout: Duration,
    /// Guards everything. Only the supervisor probes it, so that no request ever is the probe.
    link: Breaker,
    /// Guards writes. A probe is a write that somebody wanted to make anyway.
    writes: Breaker,
    seen: LastSeen,
    /// Written by whoever makes the transition; subscriptions wait on it.
    state: watch::Sender<RedisState>,
    /// Wakes the supervisor when the breaker opens and when this is dropped.
    wake: Arc<Notify>,
}

impl RedisConn {
    /// Starts using Redis, `None` if it is switched off. Waits for a first answer, but half a second at most: a Redis
    /// that is not there is picked up when it comes.
    ///
    /// # Errors
    /// The settings cannot be used. Redis being away is none.
    pub async fn start(config: &RedisConfig) -> Result<Option<Self>, RedisUrlError> {
        Self::start_with(config, BreakerPolicy::default()).await
    }

    /// The same with a breaker of one's own.
    ///
    /// # Errors
    /// The settings cannot be used.
    pub async fn start_with(
        config: &RedisConfig,
        policy: BreakerPolicy,
    ) -> Result<Option<Self>, RedisUrlError> {
        if !config.enabled {
            return Ok(None);
        }
        let shared = Arc::new(Shared::new(config, policy)?);
        let mut state = shared.state.subscribe();
        supervisor::spawn(&shared);
        let up = state.wait_for(|state| *state == RedisState::Up);
        if tokio::time::timeout(FIRST_CONTACT, up).await.is_err() {
            tracing::warn!(url = %config.url, "redis does not answer: starting without it");
        }
        Ok(Some(Self { shared }))
    }

    /// Runs one command: its answer, or why there is none, within the deadline. Nothing is retried.
    ///
    /// # Errors
    /// See [`RedisError`]; every one means: go on without.
    pub async fn query<T: FromRedisValue>(
        &self,
        command: &redis::Cmd,
        access: Access,
        patience: Patience,
    ) -> Result<T, RedisError> {
        let value = self.shared.run(access, patience, command::One(command)).await?;
        command::read(value)
    }

    /// Runs a script by its hash, sending its text only to a server that does not know it yet. Keys must lie in one
    /// cluster slot: give them one hash tag. `invocation` is `script.key(..).arg(..)`.
    ///
    /// # Errors
    /// See [`RedisError`].
    pub async fn script<T: FromRedisValue>(
        &self,
        invocation: &redis::ScriptInvocation<'_>,
        patience: Patience,
    ) -> Result<T, RedisError> {
        let value = self
            .shared
            .run(Access::Write, patience, command::Script(invocation))
            .await?;
        command::read(value)
    }

    /// Tells every subscriber of the channel, and says how many of this server's there were.
    ///
    /// # Errors
    /// See [`RedisError`]; a message may be lost in any case, so it must only hasten what would happen anyway.
    pub async fn publish(&self, channel: &str, message: &[u8]) -> Result<u64, RedisError> {
        let mut publish = redis::cmd("PUBLISH");
        publish.arg(channel).arg(message);
        // Not a write: an instance out of memory or a replica still publishes.
        self.query(&publish, Access::Read, Patience::Background).await
    }

    /// Listens to a channel for as long as the subscription is kept, connecting anew whenever it must.
    pub fn subscribe(&self, channel: &str) -> Subscription {
        pubsub::subscribe(&self.shared, channel)
    }

    /// Memory and number of keys, asked now.
    ///
    /// # Errors
    /// See [`RedisError`].
    pub async fn figures(&self) -> Result<RedisFigures, RedisError> {
        figures::ask(self).await
    }

    /// How it is doing; asks nothing of it.
    pub fn health(&self) -> RedisHealth {
        self.shared.health()
    }

    /// How long its answers took so far.
    pub fn durations(&self) -> Durations {
        self.shared.seen.durations()
    }

    /// Changes of the state, for whoever wants to act on them.
    pub fn watch_state(&self) -> watch::Receiver<RedisState> {
        self.shared.state.subscribe()
    }

    /// What every key and channel begins with.
    pub fn prefix(&self) -> &str {
        &self.shared.prefix
    }

    /// Whether a write would be tried now, so that nothing is queued in vain.
    pub fn takes_writes(&self) -> bool {
        let writes = &self.shared.writes;
        let probe_due = || writes.next_probe().is_some_and(|due| due <= Instant::now());
        self.shared.link.admits() && (writes.admits() || probe_due())
    }
}

impl Shared {
    fn new(config: &RedisConfig, policy: BreakerPolicy) -> Result<Self, RedisUrlError> {
        let target = Target::read(config)?;
        if target.tls() {
            // Whoever came first has chosen; any choice will do.
            drop(rustls::crypto::ring::default_provider().install_default());
        }
        let connections =
            Connections::new(&target, config).map_err(|error| RedisUrlError::new(config, &error))?;
        Ok(Self {
            lanes: Lanes::new(connections, config.max_connections),
            target,
            prefix: config.key_prefix.clone(),
            deadline: config.deadline,
            socket_timeout: config.socket_timeout,
            link: Breaker::open(policy, Instant::now()),
            writes: Breaker::closed(policy),
            seen: LastSeen::nothing(),
            state: watch::Sender::new(RedisState::Down),
            wake: Arc::default(),
        })
    }

    fn deadline(&self, patience: Patience) -> Duration {
        match patience {
            Patience::Request => self.deadline,
            Patience::Background => self.deadline.max(BACKGROUND_DEADLINE),
        }
    }

    fn current_state(&self) -> RedisState {
        if self.link.admits() {
            RedisState::Up
        } else {
            RedisState::Down
        }
    }

    /// Tells whoever watches. The state is read under the channel's lock: of two transitions at once, the last to tell
    /// tells the truth.
    fn tell_state(&self) {
        self.state.send_modify(|state| *state = self.current_state());
    }

    fn health(&self) -> RedisHealth {
        RedisHealth {
            state: self.current_state(),
            breaker: self.link.state(),
            writes: self.writes.state(),
            latency: self.seen.latency(),
            last_error: self.seen.error(),
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        self.wake.notify_one();
    }
}
