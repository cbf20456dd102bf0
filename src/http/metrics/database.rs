//! The figures of the database and its pool.

use super::page::Page;
use crate::db::Database;

/// Writes them; and whether the database answered just now, because a statement that gets no connection is not even one
/// that failed.
pub(super) fn write(page: &mut Page, database: &Database, answered: bool) {
    let (statements, pool) = (database.statement_figures(), database.pool_use());
    page.one(
        "autodex_database_up",
        "gauge",
        "1 if the database answered within a second.",
        &[],
        u8::from(answered),
    );
    page.one(
        "autodex_database_statements_total",
        "counter",
        "SQL statements run.",
        &[],
        statements.count,
    );
    page.one(
        "autodex_database_statement_failures_total",
        "counter",
        "SQL statements that failed.",
        &[],
        statements.failed,
    );
    let name = "autodex_database_statement_duration_seconds";
    page.family(name, "histogram", "How long SQL statements took.");
    page.durations(name, &[], &statements.durations);
    let name = "autodex_database_connections";
    page.family(name, "gauge", "Connections of the pool.");
    page.sample(name, &[("state", "used")], pool.used);
    page.sample(name, &[("state", "idle")], pool.idle);
    page.one(
        "autodex_database_connections_max",
        "gauge",
        "Connections the pool may have.",
        &[],
        pool.max,
    );
}
