//! One run at a time, and what happens when its process dies.

use std::time::Duration;

use autodex::db::{DatabaseError, NewRun, Refused, RunEnd};
use autodex::indexer::{Ending, Running};
use autodex::model::{RunError, RunFigures, RunStatus};
use chrono::Utc;
use futures_util::future::join_all;
use tokio_util::sync::CancellationToken;

use super::setting::new_run;
use crate::support::{TestDatabase, lamps, on_both_databases, repository};

const LONG: Duration = Duration::from_mins(1);
const OVER: Duration = Duration::ZERO;

on_both_databases! {
    async fn of_many_that_begin_at_once_one_may(database: TestDatabase) {
        let opened = join_all((0..6).map(|_| database.open())).await;
        let new = new_run();
        let begun = join_all(opened.iter().map(|it| it.begin_run(&new, LONG))).await;
        let begun: Vec<_> = begun.into_iter().map(Result::unwrap).collect();
        let leases: Vec<_> = begun.iter().filter_map(|it| it.as_ref().ok()).collect();
        assert_eq!(leases.len(), 1);
        for refused in begun.iter().filter_map(|it| it.as_ref().err()) {
            let Refused::Busy { run, .. } = refused else { panic!("{refused:?}") };
            assert_eq!((run.id, run.status), (leases[0].run_id, RunStatus::Running));
        }
        assert_eq!(opened[0].index_runs(10).await.unwrap().len(), 1);
    }

    async fn when_one_ends_the_next_may_begin_and_both_are_remembered(database: TestDatabase) {
        let opened = database.open().await;
        let stop = CancellationToken::new();
        let first = Running::begin(&opened, &new_run(), &stop).await.unwrap().unwrap();
        first.tally().figures.found = 3;
        first.finish(Ending::Through).await.unwrap();
        let second = Running::begin(&opened, &new_run(), &stop).await.unwrap().unwrap();
        second.finish(Ending::CutShort("no token".to_owned())).await.unwrap();
        let runs = opened.index_runs(10).await.unwrap();
        assert_eq!(runs.iter().map(|it| it.status).collect::<Vec<_>>(), [RunStatus::Failed, RunStatus::Completed]);
        assert_eq!(runs[0].message.as_deref(), Some("no token"));
        assert_eq!(runs[1].figures.found, 3);
        assert!(runs[1].finished_at.unwrap() >= runs[1].started_at);
        assert_eq!(opened.index_runs(1).await.unwrap().len(), 1);
    }

    async fn a_dead_run_is_succeeded_and_can_write_no_more(database: TestDatabase) {
        let opened = database.open().await;
        let dead = opened.begin_run(&new_run(), OVER).await.unwrap().unwrap();
        assert_eq!(opened.index_runs(1).await.unwrap()[0].status, RunStatus::Interrupted, "seen before anybody succeeds it");
        let writer = opened.write().await.unwrap();
        writer.under(&dead).await.unwrap();
        drop(writer);
        let next = opened.begin_run(&new_run(), LONG).await.unwrap().unwrap();
        let mut writer = opened.write().await.unwrap();
        assert!(matches!(writer.under(&dead).await, Err(DatabaseError::LeaseLost)));
        writer.under(&next).await.unwrap();
        writer.sync(&repository("a/b", 1), Vec::new()).await.unwrap();
        writer.commit().await.unwrap();
        let failed = vec![RunError { repository: "a/b".into(), message: "no".into() }];
        assert!(!opened.renew(&dead, LONG, RunFigures::default(), Vec::new()).await.unwrap());
        let figures = RunFigures { found: 2, ..RunFigures::default() };
        assert!(opened.renew(&next, LONG, figures, failed.clone()).await.unwrap());
        let ended = RunEnd {
            status: RunStatus::Completed,
            figures: RunFigures::default(),
            errors: Vec::new(),
            message: None,
        };
        opened.finish_run(&dead, ended).await.unwrap();
        let runs = opened.index_runs(10).await.unwrap();
        assert_eq!((runs[0].status, runs[0].figures.found), (RunStatus::Running, 2), "the dead one ends nothing");
        assert_eq!(runs[0].errors, failed, "should it die, what failed is known");
        assert_eq!(runs[1].status, RunStatus::Interrupted);
        assert!(runs[1].message.is_some() && runs[1].finished_at.is_some());
    }

    async fn a_run_that_is_not_due_does_not_begin(database: TestDatabase) {
        let opened = database.open().await;
        let before = Utc::now();
        let lease = opened.begin_run(&new_run(), LONG).await.unwrap().unwrap();
        let end = |status| RunEnd {
            status,
            figures: RunFigures::default(),
            errors: vec![RunError { repository: "a/b".into(), message: "no".into() }],
            message: None,
        };
        opened.finish_run(&lease, end(RunStatus::Partial)).await.unwrap();
        let since = |since| NewRun { unless_since: Some(since), ..new_run() };
        let refused = opened.begin_run(&since(before), LONG).await.unwrap().unwrap_err();
        assert_eq!(refused, Refused::NotDue);
        let lease = opened.begin_run(&since(Utc::now()), LONG).await.unwrap().unwrap();
        opened.finish_run(&lease, end(RunStatus::Interrupted)).await.unwrap();
        let some = NewRun { requested: vec!["a/b".into()], ..new_run() };
        let lease = opened.begin_run(&some, LONG).await.unwrap().unwrap();
        opened.finish_run(&lease, end(RunStatus::Completed)).await.unwrap();
        let earlier = opened.index_runs(10).await.unwrap()[1].started_at - chrono::Duration::microseconds(1);
        opened.begin_run(&since(earlier), LONG).await.unwrap().expect("neither was a whole run");
    }

    async fn a_runs_changes_are_public_at_its_end_and_others_at_once(database: TestDatabase) {
        let opened = database.open().await;
        let known = opened.state().await.unwrap();
        let news = async || opened.news(Some(&known)).await.unwrap().map(|it| it.data_version);
        assert_eq!(news().await, None);
        let lease = opened.begin_run(&new_run(), LONG).await.unwrap().unwrap();
        let write = async |name: &str, is_run: bool| {
            let mut writer = opened.write().await.unwrap();
            if is_run {
                writer.under(&lease).await.unwrap();
                writer.hold_back();
            }
            let lamps = lamps(1).into_iter().map(Into::into).collect();
            writer.sync(&repository(name, 1), lamps).await.unwrap();
            writer.commit().await.unwrap();
        };
        write("a/b", true).await;
        write("a/c", true).await;
        assert_eq!(news().await, None, "held back");
        assert_eq!(opened.news(None).await.unwrap().unwrap().data_version, 2, "with nothing known, the newest");
        let cleared = opened.clear(autodex::db::ClearCounts { search: 1, facets: 0, stats: 0 }).await.unwrap();
        let told = opened.news(Some(&known)).await.unwrap().unwrap();
        assert_eq!((told.data_version, told.cleared), (known.data_version, cleared.cleared), "a clear is no part of it");
        write("x/y", false).await;
        assert_eq!(news().await, Some(3), "what is not the run's is public, and all before it");
        write("a/d", true).await;
        let known = opened.state().await.unwrap();
        assert_eq!(opened.news(Some(&known)).await.unwrap(), None);
        let behind = autodex::db::IndexState { data_version: 2, ..known };
        assert_eq!(opened.news(Some(&behind)).await.unwrap(), Some(known), "whoever is behind what is public goes on");
        let end = RunEnd { status: RunStatus::Completed, figures: RunFigures::default(), errors: Vec::new(), message: None };
        let before = autodex::db::IndexState { data_version: 3, ..known };
        assert_eq!(opened.news(Some(&before)).await.unwrap(), None);
        opened.finish_run(&lease, end).await.unwrap();
        assert_eq!(opened.news(Some(&before)).await.unwrap(), Some(known));
    }
}

#[tokio::test]
async fn whoever_waits_for_a_dead_run_succeeds_it_and_whoever_meets_a_live_one_gives_up() {
    let database = TestDatabase::sqlite();
    let opened = database.open().await;
    let stop = CancellationToken::new();
    opened
        .begin_run(&new_run(), Duration::from_millis(600))
        .await
        .unwrap()
        .unwrap();
    let next = Running::begin_after_dead_ones(&opened, &new_run(), &stop)
        .await
        .unwrap();
    let next = next.expect("the dead one is succeeded");
    let alive = Running::begin_after_dead_ones(&opened, &new_run(), &stop)
        .await
        .unwrap();
    assert!(matches!(alive, Err(Refused::Busy { .. })));
    next.finish(Ending::Through).await.unwrap();
}
