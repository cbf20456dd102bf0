//! Opening a database, SQLite or PostgreSQL, with the settings that suit each, and bringing its schema up to date.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use migrations::Migrator;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use super::error::DatabaseError;
use super::figures::{PoolUse, StatementFigures, Statements};

/// How long a writer waits for another writer's transaction on SQLite, and anyone for a pooled connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// Enough for the readers two to eight cores can serve; SQLite has one writer however many there are.
const MAX_CONNECTIONS: u32 = 16;

/// What writers lock on PostgreSQL: a number that means nothing to anybody else ("autodex" in ASCII).
const WRITER_LOCK: i64 = 0x61_75_74_6f_64_65_78;

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
    statements: Arc<Statements>,
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
        check_address(url, engine)?;
        let mut connection = open(url, engine).await?;
        let statements = Arc::<Statements>::default();
        let noted = Arc::clone(&statements);
        connection.set_metric_callback(move |ran| noted.note(ran.elapsed, ran.failed));
        Ok(Self {
            connection,
            engine,
            statements,
        })
    }

    /// Brings the schema up to date; what is up to date already stays as it is. Several processes may do so at once: they
    /// take turns, and all but the first find nothing left to do.
    ///
    /// # Errors
    /// A step that failed: none was taken.
    pub async fn migrate(&self) -> Result<(), DatabaseError> {
        let transaction = self.begin_writing().await.map_err(DatabaseError::Migrate)?;
        Migrator::up(&transaction, None)
            .await
            .map_err(DatabaseError::Migrate)?;
        transaction.commit().await.map_err(DatabaseError::Migrate)
    }

    /// Makes sure of an up-to-date schema: brings it so, or only checks that it is.
    ///
    /// # Errors
    /// It is not and could not, or may not, be brought so.
    pub async fn prepare(&self, migrate: bool) -> Result<(), DatabaseError> {
        if migrate {
            self.migrate().await
        } else {
            self.check_migrated().await
        }
    }

    /// Checks that the schema is up to date.
    ///
    /// # Errors
    /// It is not, or the database does not answer.
    async fn check_migrated(&self) -> Result<(), DatabaseError> {
        let pending = Migrator::get_pending_migrations_read_only(&self.connection).await?;
        if pending.is_empty() {
            Ok(())
        } else {
            Err(DatabaseError::NotMigrated)
        }
    }

    /// Opens a transaction that writes, one at a time. SQLite has one writer, and takes its place at once, so that a
    /// transaction that has read never fails when it comes to write. On PostgreSQL a lock does the same: two writers of
    /// one repository would pair what they read with the same rows, and two imports could wait for each other for ever.
    pub(super) async fn begin_writing(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        let transaction = self.connection.begin_with_options(options).await?;
        if self.engine == Engine::Postgres {
            let lock = format!("SELECT pg_advisory_xact_lock({WRITER_LOCK})");
            transaction.execute_unprepared(&lock).await?;
        }
        Ok(transaction)
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
        self.statements.count()
    }

    /// What is counted of statements.
    pub fn statement_figures(&self) -> StatementFigures {
        self.statements.read()
    }

    /// How much of the pool is in use.
    pub fn pool_use(&self) -> PoolUse {
        let (size, idle, max) = match self.engine {
            Engine::Sqlite => {
                let pool = self.connection.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle(), pool.options().get_max_connections())
            }
            Engine::Postgres => {
                let pool = self.connection.get_postgres_connection_pool();
                (pool.size(), pool.num_idle(), pool.options().get_max_connections())
            }
        };
        let idle = u32::try_from(idle).unwrap_or(u32::MAX).min(size);
        PoolUse {
            used: size - idle,
            idle,
            max,
        }
    }

    /// Closes every connection; on SQLite this folds the write-ahead log into the file.
    ///
    /// # Errors
    /// A connection that could not be closed.
    pub async fn close(&self) -> Result<(), DatabaseError> {
        Ok(self.connection.close_by_ref().await?)
    }
}

/// Opens the pool. While several processes open a new SQLite file, all but one are told that it is locked: the change to a
/// write-ahead log does not wait as other statements do, so the wait is here.
async fn open(url: &str, engine: Engine) -> Result<DatabaseConnection, DatabaseError> {
    let started = Instant::now();
    loop {
        match sea_orm::Database::connect(options(url)).await {
            Err(error)
                if engine == Engine::Sqlite
                    && error.to_string().contains("database is locked")
                    && started.elapsed() < PATIENCE =>
            {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            ended => return ended.map_err(DatabaseError::Connect),
        }
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

/// Whether the driver can read the address at all.
fn check_address(url: &str, engine: Engine) -> Result<(), DatabaseError> {
    let readable = match engine {
        Engine::Sqlite => url.parse::<SqliteConnectOptions>().is_ok(),
        Engine::Postgres => url.parse::<PgConnectOptions>().is_ok(),
    };
    if readable {
        Ok(())
    } else {
        Err(DatabaseError::Address {
            engine: engine.name(),
        })
    }
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
