//! What can go wrong with Redis, and whose fault it is: the link's, writing's, or the command's alone.
//!
//! A server that answers `OOM`, `READONLY`, `NOREPLICAS` or `MISCONF` to a write still answers reads: such an answer stops
//! writes for a while and leaves reads alone.

use std::time::Duration;

use deadpool_redis::redis::{self, ErrorKind, ServerErrorKind};

/// Whether a command changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It does not.
    Read,
    /// It does, or may.
    Write,
}

/// Why Redis did not do what it was asked. Its text may name keys: log it, never send it to a client.
#[derive(Debug, thiserror::Error)]
pub enum RedisError {
    /// The breaker is open: it was not asked.
    #[error("redis is down and was not asked")]
    NotAsked,
    /// It refused writes of late: it was not asked to write.
    #[error("redis takes no writes and was not asked")]
    NoWrites,
    /// Connection and answer together took too long.
    #[error("redis did not answer within {0:?}")]
    Deadline(Duration),
    /// No connection.
    #[error("no connection to redis: {0}")]
    Connect(String),
    /// A connection broke, or the server serves nobody: it is loading, or the login is refused.
    #[error("redis cannot be used: {0}")]
    Link(#[source] redis::RedisError),
    /// It refused to write: out of memory, read-only, too few replicas, no disk.
    #[error("redis refused to write: {0}")]
    WriteRefused(#[source] redis::RedisError),
    /// It answered this one command with an error.
    #[error("redis answered with an error: {0}")]
    Command(#[source] redis::RedisError),
}

/// What a failure says about the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// It cannot be used.
    Link,
    /// It cannot be written to.
    Writes,
    /// Nothing.
    Nobody,
}

impl RedisError {
    /// A stable word for logs, labels and health.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::NoWrites => "no_writes",
            Self::Deadline(_) => "deadline",
            Self::Connect(_) => "connect",
            Self::Link(_) => "link",
            Self::WriteRefused(_) => "write_refused",
            Self::Command(_) => "command",
        }
    }

    /// Sorts the driver's error.
    pub(super) fn sort(error: redis::RedisError, access: Access) -> Self {
        match blame(&error, access) {
            Blame::Link => Self::Link(error),
            Blame::Writes => Self::WriteRefused(error),
            Blame::Nobody => Self::Command(error),
        }
    }

    /// Whether it refused to write because it is a replica.
    pub(super) fn is_read_only(&self) -> bool {
        matches!(self, Self::WriteRefused(error) if error.code() == Some("READONLY"))
    }

    pub(super) const fn blame(&self) -> Blame {
        match self {
            Self::Deadline(_) | Self::Connect(_) | Self::Link(_) => Blame::Link,
            Self::WriteRefused(_) => Blame::Writes,
            Self::NotAsked | Self::NoWrites | Self::Command(_) => Blame::Nobody,
        }
    }
}

fn blame(error: &redis::RedisError, access: Access) -> Blame {
    match error.code() {
        Some("OOM" | "READONLY" | "NOREPLICAS" | "MISCONF") => return Blame::Writes,
        Some("NOAUTH" | "WRONGPASS") => return Blame::Link,
        _ => {}
    }
    match error.kind() {
        // A user who may read but not write is as good as a read-only server; one who may not even read is of no use.
        ErrorKind::Server(ServerErrorKind::NoPerm) if access == Access::Write => Blame::Writes,
        ErrorKind::Server(
            ServerErrorKind::BusyLoading
            | ServerErrorKind::ClusterDown
            | ServerErrorKind::MasterDown
            | ServerErrorKind::NoPerm,
        )
        | ErrorKind::Io
        | ErrorKind::Parse
        | ErrorKind::AuthenticationFailed
        | ErrorKind::InvalidClientConfig
        | ErrorKind::MasterNameNotFoundBySentinel
        | ErrorKind::NoValidReplicasFoundBySentinel
        | ErrorKind::EmptySentinelList
        | ErrorKind::ClusterConnectionNotFound
        | ErrorKind::RESP3NotSupported => Blame::Link,
        _ => Blame::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error the driver makes of a server's answer.
    fn answered(text: &str) -> redis::RedisError {
        let line = format!("-{text}\r\n");
        let value = redis::parse_redis_value(line.as_bytes()).unwrap();
        value.extract_error().unwrap_err()
    }

    #[test]
    fn an_answer_is_blamed_on_the_link_on_writes_or_on_nobody() {
        let table = [
            (
                "OOM command not allowed when used memory > 'maxmemory'.",
                Blame::Writes,
            ),
            (
                "READONLY You can't write against a read only replica.",
                Blame::Writes,
            ),
            ("NOREPLICAS Not enough good replicas to write.", Blame::Writes),
            (
                "MISCONF Redis is configured to save RDB snapshots.",
                Blame::Writes,
            ),
            ("NOPERM this user has no permissions to run 'set'", Blame::Writes),
            ("LOADING Redis is loading the dataset in memory", Blame::Link),
            ("NOAUTH Authentication required.", Blame::Link),
            ("MASTERDOWN Link with MASTER is down.", Blame::Link),
            (
                "WRONGTYPE Operation against a key of the wrong kind",
                Blame::Nobody,
            ),
            ("ERR unknown command", Blame::Nobody),
        ];
        for (text, expected) in table {
            assert_eq!(blame(&answered(text), Access::Write), expected, "{text}");
        }
        assert_eq!(blame(&answered("NOPERM no get"), Access::Read), Blame::Link);
    }

    #[test]
    fn a_broken_connection_is_the_links_fault() {
        let broken = redis::RedisError::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        let sorted = RedisError::sort(broken, Access::Write);
        assert_eq!((sorted.blame(), sorted.code()), (Blame::Link, "link"));
    }
}
