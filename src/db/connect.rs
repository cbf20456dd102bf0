//! Opening a database, SQLite or PostgreSQL, with the settings that suit each, and bringing its schema up to date.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use migrations::Migrator;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, DatabaseConnection};
use sea_orm_migration::MigratorTrait;

use super::error::DatabaseError;

/// How long a writer waits for another writer's transaction on SQLite, and anyone for a pooled connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Enough for the readers two to eight cores can serve; SQLite has one writer however many there are.
const MAX_CONNECTIONS: u32 = 16;

/// Which of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file, or memory.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// The engine a URL names.
    ///
    /// # Errors
    /// [`DatabaseError::UnknownScheme`] when it is neither `sqlite:` nor `postgres:`.
    pub fn of(url: &str) -> Result<Self, DatabaseError> {
        match url.split(':').next().unwrap_or_default() {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" | "postgresql" => Ok(Self::Postgres),
            scheme => Err(DatabaseError::UnknownScheme {
                scheme: scheme.to_owned(),
            }),
        }
    }

    /// Its name, for logs and `/health`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A pool of connections. Cheap to clone; clones share the pool.
#[derive(Clone, Debug)]
pub struct Database {
    pub(super) connection: DatabaseConnection,
    engine: Engine,
    statements: Arc<AtomicU64>,
}

impl Database {
    /// Opens the pool and checks that the database answers.
    ///
    /// # Errors
    /// A scheme that is not known, a folder that cannot be made, a database that does not answer.
    pub async fn connect(url: &str) -> Result<Self, DatabaseError> {
        let engine = Engine::of(url)?;
        if engine == Engine::Sqlite {
            create_folder(url)?;
        }
        let mut connection = sea_orm::Database::connect(options(url))
            .await
            .map_err(DatabaseError::Connect)?;
        let statements = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&statements);
        connection.set_metric_callback(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
        });
        Ok(Self {
            connection,
            engine,
            statements,
        })
    }

    /// Brings the schema up to date; what is up to date already stays as it is.
    ///
    /// # Errors
    /// A step that failed, rolled back.
    pub async fn migrate(&self) -> Result<(), DatabaseError> {
        Migrator::up(&self.connection, None)
            .await
            .map_err(DatabaseError::Migrate)
    }

    /// Asks the database whether it is there.
    ///
    /// # Errors
    /// It is not.
    pub async fn ping(&self) -> Result<(), DatabaseError> {
        Ok(self.connection.ping().await?)
    }

    /// Which database this is.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// How many statements this pool has run.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Closes every connection; on SQLite this folds the write-ahead log into the file.
    ///
    /// # Errors
    /// A connection that could not be closed.
    pub async fn close(&self) -> Result<(), DatabaseError> {
        Ok(self.connection.close_by_ref().await?)
    }
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    // A `:memory:` database lives in one connection; a second would see another, empty one.
    let connections = if url.contains(":memory:") || url.contains("mode=memory") {
        1
    } else {
        MAX_CONNECTIONS
    };
    options
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .connect_timeout(PATIENCE);
    options.sqlx_logging(false).test_before_acquire(false);
    if connections == 1 {
        options
            .min_connections(1)
            .idle_timeout(None::<Duration>)
            .max_lifetime(None::<Duration>);
    }
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .pragma("cache_size", "-32768")
            .pragma("mmap_size", "268435456")
            .pragma("temp_store", "memory")
    });
    options.map_sqlx_postgres_opts(|postgres| postgres.application_name("autodex"));
    options
}

/// SQLite makes a file, not the folder it lies in.
fn create_folder(url: &str) -> Result<(), DatabaseError> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let path = path.split('?').next().unwrap_or_default();
    match Path::new(path).parent() {
        Some(folder) if !path.starts_with(':') && !folder.as_os_str().is_empty() => {
            std::fs::create_dir_all(folder).map_err(|source| DatabaseError::Folder {
                folder: folder.display().to_string(),
                source,
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_names_the_engine() {
        assert_eq!(Engine::of("sqlite://data/a.db?mode=rwc").unwrap(), Engine::Sqlite);
        assert_eq!(Engine::of("postgres://localhost/a").unwrap(), Engine::Postgres);
        assert_eq!(Engine::of("postgresql://localhost/a").unwrap(), Engine::Postgres);
        let refused = Engine::of("mysql://localhost/a").unwrap_err().to_string();
        assert!(refused.contains("\"mysql\""), "{refused}");
    }
}
