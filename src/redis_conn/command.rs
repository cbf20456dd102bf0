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
        let outcome = self.attempt(access, patience, work).await;
        self.settle(access, probe, &outcome);
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
        self.judge(used.as_ref(), &outcome);
        if outcome.is_ok() {
            self.seen.answered(started.elapsed());
        }
        outcome
    }

    /// Throws the connection away if this outcome says that it is dead.
    fn judge(&self, used: Option<&Arc<Occupant>>, outcome: &Result<Value, RedisError>) {
        let Some(occupant) = used else { return };
        let dead = match outcome {
            Err(RedisError::Link(_)) => true,
            Err(RedisError::Deadline(_)) => occupant.was_late(),
            _ => {
                occupant.answered();
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

    fn settle(&self, access: Access, probe: Option<Probe<'_>>, outcome: &Result<Value, RedisError>) {
        let now = Instant::now();
        let blame = match outcome {
            Ok(_) => Blame::Nobody,
            Err(error) => {
                self.seen.failed(error.code());
                error.blame()
            }
        };
        match blame {
            Blame::Link if self.link.failed(now) => self.went_down(outcome.as_ref().err()),
            Blame::Link => {}
            // A refusal to write is an answer: the link is fine.
            Blame::Writes | Blame::Nobody => self.link.succeeded(),
        }
        match (access, probe) {
            (Access::Write, Some(probe)) if outcome.is_ok() => {
                probe.succeeded(now);
                tracing::info!("redis takes writes again");
            }
            (Access::Write, Some(probe)) => probe.failed(now),
            (Access::Write, None) if outcome.is_ok() => self.writes.succeeded(),
            (Access::Write, None) if blame == Blame::Writes && self.writes.failed(now) => {
                tracing::warn!(error = ?outcome.as_ref().err(), "redis refuses writes: only reading for now");
            }
            _ => {}
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
