//! The figures of the last index run. They are asked of the database, because any process may have run it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::page::Page;
use crate::db::Database;
use crate::model::IndexRun;

/// How long the database is waited for; without it the families stay empty.
const PATIENCE: Duration = Duration::from_secs(1);

/// Asks for the last one; nothing where the database does not answer.
pub(super) async fn ask(database: &Database) -> Option<Vec<IndexRun>> {
    let asked = tokio::time::timeout(PATIENCE, database.index_runs(1)).await;
    asked.ok().and_then(Result::ok)
}

/// Writes them.
pub(super) fn write(page: &mut Page, asked: Option<Vec<IndexRun>>) {
    let last = asked.and_then(|runs| runs.into_iter().next());
    let name = "autodex_index_last_run_status";
    page.family(name, "gauge", "1 for the state of the last index run.");
    if let Some(run) = &last {
        page.sample(name, &[("status", run.status.as_str())], 1);
    }
    let seconds = |at: DateTime<Utc>| at.timestamp();
    let times = [
        (
            "autodex_index_last_run_started_timestamp_seconds",
            "When the last index run began, since 1970.",
            last.as_ref().map(|run| seconds(run.started_at)),
        ),
        (
            "autodex_index_last_run_finished_timestamp_seconds",
            "When the last index run ended, since 1970; nothing while it is under way.",
            last.as_ref().and_then(|run| run.finished_at).map(seconds),
        ),
    ];
    for (name, help, value) in times {
        page.family(name, "gauge", help);
        if let Some(value) = value {
            page.sample(name, &[], value);
        }
    }
    let name = "autodex_index_last_run_repositories";
    page.family(
        name,
        "gauge",
        "Repositories of the last index run by what became of them.",
    );
    if let Some(figures) = last.as_ref().map(|run| run.figures) {
        for (outcome, count) in [
            ("unchanged", figures.unchanged),
            ("indexed", figures.indexed),
            ("removed", figures.removed),
            ("failed", figures.failed),
            ("left", figures.left),
        ] {
            page.sample(name, &[("outcome", outcome)], count);
        }
    }
}
