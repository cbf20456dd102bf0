//! A database of a test's own: a SQLite file in a temporary folder, or a new database on the PostgreSQL server that
//! `TEST_POSTGRES_URL` names.

use std::sync::Arc;

use autodex::db::{Database, IncomingAutomation, SyncOutcome};
use autodex::model::{Automation, Repository};
use sea_orm::{ConnectionTrait, Database as Server};
use tempfile::TempDir;

/// A database that nobody else uses. Gone when dropped, but for one on PostgreSQL, which goes with its server.
pub(crate) struct TestDatabase {
    pub(crate) url: String,
    folder: Option<Arc<TempDir>>,
}

impl TestDatabase {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display());
        Self {
            url,
            folder: Some(Arc::new(folder)),
        }
    }

    pub(crate) async fn postgres() -> Self {
        Self::on_postgres("").await
    }

    /// One on PostgreSQL that compares texts as English dictionaries do, which is what many servers are set to.
    pub(crate) async fn postgres_in_english() -> Self {
        Self::on_postgres(" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'").await
    }

    async fn on_postgres(options: &str) -> Self {
        let server_url = std::env::var("TEST_POSTGRES_URL").expect(
            "TEST_POSTGRES_URL names a PostgreSQL server that tests may use; ./scripts/test starts one",
        );
        let name = format!("test_{}", uuid());
        execute(&server_url, &format!("CREATE DATABASE {name}{options}")).await;
        let (base, _) = server_url
            .rsplit_once('/')
            .expect("a PostgreSQL URL ends with a database's name");
        Self {
            url: format!("{base}/{name}"),
            folder: None,
        }
    }

    /// The same database once more, for another server over it.
    pub(crate) fn twin(&self) -> Self {
        Self {
            url: self.url.clone(),
            folder: self.folder.clone(),
        }
    }

    /// Puts these repositories into it.
    pub(crate) async fn filled(self, content: &[(Repository, Vec<Automation>)]) -> Self {
        let database = self.open().await;
        for (repository, automations) in content {
            sync(&database, repository, automations).await;
        }
        database.close().await.unwrap();
        self
    }

    /// Opens it, its schema up to date.
    pub(crate) async fn open(&self) -> Database {
        let database = Database::connect(&self.url).await.unwrap();
        database.migrate().await.unwrap();
        database
    }
}

/// Runs a statement on a connection of its own, behind the program's back.
pub(crate) async fn execute(url: &str, statement: &str) {
    let server = Server::connect(url).await.unwrap();
    server.execute_unprepared(statement).await.unwrap();
    server.close().await.unwrap();
}

/// Letters and digits that no other test has.
fn uuid() -> String {
    let folder = tempfile::Builder::new()
        .prefix("")
        .rand_bytes(16)
        .tempdir()
        .unwrap();
    let name = folder
        .path()
        .file_name()
        .unwrap()
        .to_string_lossy()
        .to_lowercase();
    format!("{}_{name}", std::process::id())
}

/// Writes what a repository holds, as an index run does.
pub(crate) async fn sync(
    database: &Database,
    repository: &Repository,
    automations: &[Automation],
) -> SyncOutcome {
    let incoming = automations
        .iter()
        .cloned()
        .map(IncomingAutomation::from)
        .collect();
    let mut writer = database.write().await.unwrap();
    let outcome = writer.sync(repository, incoming).await.unwrap();
    writer.commit().await.unwrap();
    outcome
}
