//! The figures of the database and its pool.

use super::page::Page;
use crate::db::Database;

/// Writes them.
pub(super) fn write(page: &mut Page, database: &Database) {
    let (statements, pool) = (database.statement_figures(), database.pool_use());
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
