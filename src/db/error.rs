//! What can go wrong with the database, and what of it may be told.

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// A failure of the database. Its text may name tables and statements: log it, never send it to a client.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// `DATABASE_URL` is neither SQLite nor PostgreSQL.
    #[error("a database URL begins with sqlite: or postgres:, this one with {scheme:?}")]
    UnknownScheme {
        /// What stands before the first colon.
        scheme: String,
    },
    /// The folder for a SQLite file could not be made.
    #[error("cannot create the folder {folder}: {source}")]
    Folder {
        /// The folder.
        folder: String,
        /// Why not.
        source: std::io::Error,
    },
    /// `DATABASE_URL` cannot be read. What the driver says of it would show its password, and is left out.
    #[error("DATABASE_URL cannot be read as the address of a {engine} database")]
    Address {
        /// The engine its scheme names.
        engine: &'static str,
    },
    /// No connection.
    #[error("cannot open the database: {0}")]
    Connect(#[source] DbErr),
    /// The schema could not be brought up to date.
    #[error("cannot migrate the database: {0}")]
    Migrate(#[source] DbErr),
    /// The schema is not up to date, and is not to be brought so at start.
    #[error(
        "the database has no tables yet, or those of an earlier release: run `autodex migrate`, or set AUTO_MIGRATE=true"
    )]
    NotMigrated,
    /// A statement failed.
    #[error("a database statement failed: {0}")]
    Statement(#[from] DbErr),
    /// Another index run has taken over: what this one was about to write is not written.
    #[error("another index run has taken over")]
    LeaseLost,
    /// The schema is there, but its state row is not: the database was tampered with or never migrated.
    #[error("the table index_state is empty: run `autodex migrate`")]
    NoState,
}

impl DatabaseError {
    /// Whether it may be that the database is only not there yet: nothing answered, rather than no.
    pub fn is_absence(&self) -> bool {
        match self {
            Self::Connect(DbErr::ConnectionAcquire(_)) => true,
            Self::Connect(DbErr::Conn(RuntimeErr::SqlxError(error))) => {
                matches!(**error, sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut)
            }
            _ => false,
        }
    }
}
