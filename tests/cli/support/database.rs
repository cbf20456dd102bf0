//! A look at a database past the program.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use tokio::runtime::Runtime;

/// A connection of the test's own. Closed when dropped.
pub(crate) struct Look {
    runtime: Runtime,
    connection: DatabaseConnection,
}

impl Look {
    pub(crate) fn at(url: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let connection = runtime.block_on(Database::connect(url)).unwrap();
        Self { runtime, connection }
    }

    pub(crate) fn run(&self, statement: &str) {
        self.runtime
            .block_on(self.connection.execute_unprepared(statement))
            .unwrap();
    }

    /// The one number that a query gives.
    pub(crate) fn number(&self, query: &str) -> i64 {
        self.first(query).try_get_by_index(0).unwrap()
    }

    fn first(&self, query: &str) -> sea_orm::QueryResult {
        let query = Statement::from_string(self.connection.get_database_backend(), query);
        let row = self.runtime.block_on(self.connection.query_one_raw(query));
        row.unwrap().unwrap()
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        drop(self.runtime.block_on(self.connection.close_by_ref()));
    }
}

/// What SQLite says of its file.
pub(crate) fn integrity(url: &str) -> String {
    let look = Look::at(url);
    look.first("PRAGMA integrity_check").try_get_by_index(0).unwrap()
}
