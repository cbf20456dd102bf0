//! Starts a run over all repositories every so often. Each instance has a schedule; the database sees to it that they do
//! not start one each.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use crate::graphql::{IndexControl, StartError};
use crate::model::{IndexRun, RunSource, RunStarter, RunStatus};

/// Runs that are looked through for the last one over all repositories.
const LOOKED_THROUGH: u32 = 100;
/// How soon it is tried again when a run could not be started, or was cut short.
const SOON: Duration = Duration::from_mins(1);
/// The share of an interval that chance adds, so that instances, and servers everywhere, do not start at once.
const JITTER: f64 = 0.1;

/// Starts runs until told to stop.
pub(super) async fn keep_indexed(control: IndexControl, interval: Duration, stop: CancellationToken) {
    let mut not_before = Duration::ZERO;
    loop {
        let runs = control.runs(LOOKED_THROUGH).await.unwrap_or_default();
        let last = runs.iter().find(|run| is_over_all(run));
        let wait = until_due(last, interval, Utc::now(), fastrand::f64()).max(not_before);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        let since = Utc::now() - interval;
        not_before = SOON.min(interval);
        match control.start(RunStarter::Schedule, Vec::new(), Some(since)).await {
            Ok(_) => not_before = Duration::ZERO,
            // It was another instance's turn, or somebody's who could not wait.
            Err(StartError::Busy(_) | StartError::NotDue) => {}
            Err(error) => tracing::warn!(%error, "no index run could be started"),
        }
    }
}

fn is_over_all(run: &IndexRun) -> bool {
    run.source == RunSource::Github && run.requested.is_empty()
}

/// How long until the next run is due, after the last one.
fn until_due(last: Option<&IndexRun>, interval: Duration, now: DateTime<Utc>, chance: f64) -> Duration {
    let jitter = |of: Duration| of.mul_f64(JITTER * chance.clamp(0.0, 1.0));
    let Some(last) = last else {
        return jitter(interval.min(SOON));
    };
    let after = match last.status {
        RunStatus::Interrupted => interval.min(SOON),
        _ => interval,
    };
    let due = last.started_at + after;
    (due - now).to_std().unwrap_or_default() + jitter(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{RunFigures, RunStarter};

    const HOUR: Duration = Duration::from_hours(1);

    fn ended(status: RunStatus, minutes_ago: i64, now: DateTime<Utc>) -> IndexRun {
        IndexRun {
            id: 1,
            source: RunSource::Github,
            started_by: RunStarter::Schedule,
            status,
            requested: Vec::new(),
            started_at: now - chrono::Duration::minutes(minutes_ago),
            finished_at: None,
            figures: RunFigures::default(),
            errors: Vec::new(),
            message: None,
        }
    }

    #[test]
    fn the_next_is_due_an_interval_and_a_little_after_the_last() {
        let now = Utc::now();
        let minutes =
            |status, ago, chance| until_due(Some(&ended(status, ago, now)), HOUR, now, chance).as_secs() / 60;
        assert_eq!(minutes(RunStatus::Completed, 20, 0.0), 40);
        assert_eq!(minutes(RunStatus::Completed, 20, 1.0), 46);
        assert_eq!(minutes(RunStatus::Running, 0, 0.0), 60);
        assert_eq!(
            minutes(RunStatus::Partial, 90, 0.5),
            3,
            "overdue: only the little is left"
        );
    }

    #[test]
    fn the_first_and_one_after_an_interruption_are_due_at_once() {
        let now = Utc::now();
        assert!(until_due(None, HOUR, now, 1.0) <= Duration::from_secs(6));
        let cut_short = ended(RunStatus::Interrupted, 5, now);
        assert!(until_due(Some(&cut_short), HOUR, now, 1.0) <= Duration::from_secs(6));
        let at_once = ended(RunStatus::Interrupted, 0, now);
        assert!(
            until_due(Some(&at_once), HOUR, now, 0.0) > Duration::from_secs(59),
            "not one after another"
        );
    }
}
