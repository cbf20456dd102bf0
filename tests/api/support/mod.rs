//! What every test stands on: a database of its own, data in it, a server over it, and a client.

mod app;
mod database;
#[path = "../../support/github/mod.rs"]
pub(crate) mod github;
mod introspection;
mod moving;
#[allow(dead_code, reason = "shared with tests/redis, which uses more of it")]
#[path = "../../support/proxy.rs"]
pub(crate) mod proxy;
#[allow(dead_code, reason = "shared with tests/redis, which uses more of it")]
#[path = "../../support/redis.rs"]
pub(crate) mod redis;
mod sample;
mod values;

pub(crate) use app::{Answer, TestApp, answer};
pub(crate) use database::{TestDatabase, execute, sync};
pub(crate) use introspection::introspected;
pub(crate) use moving::{export, import};
pub(crate) use sample::{automation, lamps, repository, two_homes};
pub(crate) use values::texts;

/// Makes of one asynchronous function, of a database, a test on SQLite and one on PostgreSQL.
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident: $kind:ident) $body:block)+) => {
        $(
            mod $name {
                use super::*;

                $(#[$attribute])*
                async fn body($database: $kind) $body

                #[tokio::test]
                async fn on_sqlite() {
                    body($kind::sqlite()).await;
                }

                #[tokio::test]
                #[ignore = "needs PostgreSQL: run ./scripts/test"]
                async fn on_postgres() {
                    body($kind::postgres().await).await;
                }
            }
        )+
    };
}
pub(crate) use on_both_databases;
