//! The one way a command takes: breaker, deadline, connection, answer, and what the outcome means for the next ones.
//!
//! Invariant: nothing reaches Redis past this file but the supervisor's probe and subscriptions, so that no call can
//! forget the deadline or the breaker. A caller that is cancelled half-way counts as nothing, its write probe as failed.

use std::sync::Arc;
use std::time::Instant;

use deadpool_redis::redis::{self, Cmd, FromRedisValue, RedisResult, ScriptInvocation, Value};

use super::breaker::Probe;
use super::error::{Access, Blame, RedisError};
use super::lanes::Occupant;
use super::pool::Link;
use super::{Patience, Shared};

/// What is run over a connection.
pub(super) trait Work {
    async fn on(self, link: Link) -> RedisResult<Value>;
}

/// One command.
pub(super) struct One<'a>(pub(super) &'a Cmd);

/// A script.
pub(super) struct Script<'a>(pub(super) &'a ScriptInvocation<'a>);

impl Work for One<'_> {
    async fn on(self, mut link: Link) -> RedisResult<Value> {
        self.0.query_async(&mut link).await
    }
}

impl Work for Script<'_> {
    async fn on(self, mut link: Link) -> RedisResult<Value> {
        self.0.invoke_async(&mut link).await
    }
}

/// Turns the answer into what the caller wanted. An answer of another type is this command's fault alone.
pub(super) fn read<T: FromRedisValue>(value: Value) -> Result<T, RedisError> {
    redis::from_redis_value(value).map_err(|error| RedisError::Command(error.into()))
}

impl Shared {
    /// Runs it, unless the breaker is open.
    pub(super) async fn run(
        &self,
        access: Access,
        patience: Patience,
        work: impl Work,
    ) -> Result<Value, RedisError> {
        let probe = self.admit(access)?;
        let started = Instant::now();
        let outcome = self.attempt(access, patience, work).await;
        self.settle_link(started, &outcome);
        if access == Access::Write {
            self.settle_writes(probe, &outcome);
        }
        outcome
    }

    /// Runs it, whatever the breaker says, and tells the breaker nothing.
    pub(super) async fn attempt(
        &self,
        access: Access,
        patience: Patience,
        work: impl Work,
    ) -> Result<Value, RedisError> {
        let started = Instant::now();
        let deadline = self.deadline(patience);
        // Outside the timed future, so that a passed deadline still knows which connection was to blame.
        let mut used = None;
        let timed = async {
            let occupant = used.insert(self.lanes.occupant().await?);
            let answer = work.on(occupant.link()).await;
            answer.map_err(|error| RedisError::sort(error, access))
        };
        let outcome = tokio::time::timeout(deadline, timed)
            .await
            .unwrap_or(Err(RedisError::Deadline(deadline)));
        self.judge(used.as_ref(), started, &outcome);
        if outcome.is_ok() {
            self.seen.answered(started.elapsed());
        }
        outcome
    }

    /// Throws the connection away if this outcome says that it is dead.
    fn judge(&self, used: Option<&Arc<Occupant>>, started: Instant, outcome: &Result<Value, RedisError>) {
        let Some(occupant) = used else { return };
        let dead = match outcome {
            Err(RedisError::Link(_)) => true,
            Err(RedisError::Deadline(_)) => occupant.was_late(),
            _ => {
                if self.in_time(started) {
                    occupant.answered();
                }
                false
            }
        };
        if dead {
            self.lanes.discard(occupant);
        }
    }

    fn admit(&self, access: Access) -> Result<Option<Probe<'_>>, RedisError> {
        if !self.link.admits() {
            return Err(RedisError::NotAsked);
        }
        if access == Access::Read || self.writes.admits() {
            return Ok(None);
        }
        let probe = self.writes.begin_probe(Instant::now());
        probe.map(Some).ok_or(RedisError::NoWrites)
    }

    /// Whether a request would have waited for this. An answer in the background that came later says nothing good: if
    /// it counted as a success, slow writes would keep the breaker closed while every read passes its deadline.
    fn in_time(&self, started: Instant) -> bool {
        started.elapsed() <= self.deadline
    }

    fn settle_link(&self, started: Instant, outcome: &Result<Value, RedisError>) {
        let error = outcome.as_ref().err();
        if let Some(error) = error {
            self.seen.failed(error.code());
        }
        match error.map_or(Blame::Nobody, RedisError::blame) {
            Blame::Link if self.link.failed(Instant::now()) => self.went_down(error),
            // A refusal to write is an answer: the link is fine.
            Blame::Writes | Blame::Nobody if self.in_time(started) => self.link.succeeded(),
            Blame::Link | Blame::Writes | Blame::Nobody => {}
        }
    }

    fn settle_writes(&self, probe: Option<Probe<'_>>, outcome: &Result<Value, RedisError>) {
        let now = Instant::now();
        let refused = outcome
            .as_ref()
            .err()
            .filter(|error| error.blame() == Blame::Writes);
        match (probe, refused) {
            (Some(probe), None) if outcome.is_ok() => {
                probe.succeeded(now);
                tracing::info!("redis takes writes again");
            }
            (Some(probe), _) => probe.failed(now),
            (None, None) if outcome.is_ok() => self.writes.succeeded(),
            (None, Some(error)) if self.writes.failed(now) => {
                tracing::warn!(%error, "redis refuses writes: only reading for now");
            }
            (None, _) => {}
        }
        if refused.is_some_and(RedisError::is_read_only) {
            // A master that became a replica: the name or the sentinels may lead to the new one by now.
            self.lanes.discard_all();
        }
    }

    /// The breaker has just opened.
    pub(super) fn went_down(&self, error: Option<&RedisError>) {
        // Not `?error`: one line for people, and the text names no key for any failure of the link.
        let error = error.map(ToString::to_string).unwrap_or_default();
        tracing::warn!(error, "redis is down: not asked until a probe succeeds");
        self.lanes.discard_all();
        self.tell_state();
        self.wake.notify_one();
    }

    /// The breaker has just closed.
    pub(super) fn came_up(&self) {
        tracing::info!(
            latency_us = self.seen.latency().map(|latency| latency.as_micros()),
            "redis is up"
        );
        self.seen.came_up();
        self.tell_state();
    }
}
