//! What every test stands on: a database of its own, data in it, a server over it, and a client.

mod app;
mod database;
mod sample;

pub(crate) use app::{Answer, TestApp};
pub(crate) use database::{TestDatabase, sync};
pub(crate) use sample::{automation, repository};

/// Makes of one asynchronous function, of a database, a test on SQLite and one on PostgreSQL.
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident: TestDatabase) $body:block)+) => {
        $(
            mod $name {
                #[allow(unused_imports)]
                use super::*;

                $(#[$attribute])*
                async fn body($database: $crate::support::TestDatabase) $body

                #[tokio::test]
                async fn on_sqlite() {
                    body($crate::support::TestDatabase::sqlite()).await;
                }

                #[tokio::test]
                #[ignore = "needs PostgreSQL: run ./scripts/test"]
                async fn on_postgres() {
                    body($crate::support::TestDatabase::postgres().await).await;
                }
            }
        )+
    };
}
pub(crate) use on_both_databases;
