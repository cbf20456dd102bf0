//! A GitHub, or a network, that fails: what passes is tried again, what stays costs itself.

use std::time::Duration;

use autodex::model::RunStatus;

use super::setting::{Done, new_run, run};
use super::{Place, index};
use crate::support::github::{Fault, Repo};

fn three() -> [Repo; 3] {
    ["jan/a", "jan/b", "jan/c"].map(Repo::new)
}

/// A run that is told to stop once GitHub was asked for a part of it so often.
async fn stopped_once(place: &Place, part: &str, times: usize) -> Done {
    let stop = tokio_util::sync::CancellationToken::new();
    let running = autodex::indexer::Running::begin(&place.database, &new_run(), &stop)
        .await
        .unwrap()
        .unwrap();
    let stopper = async {
        while place.github.asked_for(part) < times {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.cancel();
    };
    tokio::join!(run(place, running), stopper).0
}

#[tokio::test]
async fn a_fault_that_passes_is_nothing_but_a_pause() {
    for fault in [Fault::status(500), Fault::status(502), Fault::status(503)] {
        let place = Place::sqlite(three()).await;
        for part in ["/search/", "/jan/b/tarball/", "/archive/jan/c"] {
            place.github.world().fault(part, 2, fault.clone());
        }
        let done = index(&place).await;
        assert_eq!(done.run.status, RunStatus::Completed, "{fault:?}: {done:#?}");
        assert_eq!(done.run.figures.indexed, 3);
        assert_eq!(done.waited.len(), 6);
        let (first, second) = (
            Duration::from_millis(500)..=Duration::from_secs(1),
            Duration::from_secs(1)..=Duration::from_secs(2),
        );
        assert!(
            done.waited
                .iter()
                .all(|it| first.contains(it) || second.contains(it)),
            "{:?}",
            done.waited
        );
    }
}

#[tokio::test]
async fn retry_after_is_waited_for_after_a_fault_too() {
    let place = Place::sqlite([Repo::new("jan/a")]).await;
    let later = Fault::Status(503, vec![("retry-after", "42".to_owned())], "");
    place.github.world().fault("/tarball/", 1, later);
    assert_eq!(index(&place).await.waited, [Duration::from_secs(42)]);
}

#[tokio::test]
async fn a_fault_that_stays_costs_its_own_repository_only() {
    let place = Place::sqlite(three()).await;
    place
        .github
        .world()
        .fault("/jan/b/tarball/", u32::MAX, Fault::status(500));
    let done = index(&place).await;
    assert_eq!(done.fate("jan/a"), "indexed 1");
    assert_eq!(done.fate("jan/b"), "failed: GitHub did not answer: status 500");
    assert_eq!(done.run.status, RunStatus::Partial);
    assert_eq!((done.run.figures.failed, done.run.errors.len()), (1, 1));
    assert_eq!(done.run.errors[0].repository, "jan/b");
    assert_eq!(place.repositories().await, ["jan/a", "jan/c"]);
}

#[tokio::test]
async fn what_was_indexed_stays_when_the_next_run_fails_at_it() {
    let place = Place::sqlite([Repo::new("jan/a")]).await;
    index(&place).await;
    place
        .github
        .world()
        .repo("jan/a")
        .push(&[("automations.yaml", "[]")]);
    place
        .github
        .world()
        .fault("/archive/", u32::MAX, Fault::CutAfter(40));
    let done = index(&place).await;
    assert!(
        done.fate("jan/a").starts_with("failed: its archive is broken"),
        "{done:#?}"
    );
    assert_eq!(place.held().await.len(), 1);
}

#[tokio::test]
async fn an_answer_of_the_api_that_breaks_off_is_asked_for_again() {
    let garbage = || Fault::Body(b"<html>unicorn</html>".to_vec());
    for fault in [Fault::CutAfter(40), Fault::StallAfter(40), garbage()] {
        for part in ["/search/", "/repositories/", "/commits/"] {
            let mut place = Place::sqlite(three()).await;
            index(&place).await;
            {
                let mut world = place.github.world();
                world.repo("jan/a").push(&[("automations.yaml", "[]")]);
                world.repo("jan/b").topics.clear();
                world.fault(part, 2, fault.clone());
            }
            if matches!(fault, Fault::StallAfter(_)) {
                place.config.github.timeout = Duration::from_secs(1);
            }
            let done = index(&place).await;
            assert_eq!(
                done.run.status,
                RunStatus::Completed,
                "{part} {fault:?}: {done:#?}"
            );
            assert_eq!(done.fate("jan/a"), "indexed 0");
            assert!(done.fate("jan/b").starts_with("removed"), "{done:#?}");
        }
    }
}

#[tokio::test]
async fn a_github_whose_answers_all_break_off_is_down() {
    let place = Place::sqlite((0..12).map(|number| Repo::new(&format!("jan/home-{number}")))).await;
    index(&place).await;
    {
        let mut world = place.github.world();
        world.repos.values_mut().for_each(|repo| repo.topics.clear());
        world.fault("/repositories/", u32::MAX, Fault::CutAfter(40));
    }
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Partial, "{done:#?}");
    assert!(
        done.run.message.unwrap().contains("GitHub does not answer"),
        "no different from one that answers with 500"
    );
    assert_eq!(place.repositories().await.len(), 12);
}

#[tokio::test]
async fn an_archive_that_breaks_off_is_downloaded_again() {
    let garbage = || Fault::Body(b"<html>unicorn</html>".to_vec());
    for fault in [Fault::CutAfter(40), Fault::CutAfter(0), garbage()] {
        let place = Place::sqlite(three()).await;
        place.github.world().fault("/archive/", 2, fault.clone());
        let done = index(&place).await;
        assert_eq!(done.run.status, RunStatus::Completed, "{fault:?}: {done:#?}");
        assert_eq!(place.held().await.len(), 3);
    }
}

#[tokio::test]
async fn a_download_that_stalls_is_given_up_and_tried_again() {
    let mut place = Place::sqlite([Repo::new("jan/a")]).await;
    place.config.github.timeout = Duration::from_millis(300);
    place.github.world().fault("/archive/", 1, Fault::StallAfter(30));
    assert_eq!(index(&place).await.fate("jan/a"), "indexed 1");
}

#[tokio::test]
async fn a_download_that_trickles_for_ever_is_given_up() {
    let mut place = Place::sqlite([Repo::new("jan/a")]).await;
    place.config.github.download_time = Duration::from_millis(200);
    let trickle = Fault::Slow(1, Duration::from_millis(20));
    place.github.world().fault("/archive/", u32::MAX, trickle);
    let done = index(&place).await;
    assert!(
        done.fate("jan/a")
            .starts_with("failed: its archive is broken: not there after"),
        "{done:#?}"
    );
}

#[tokio::test]
async fn a_slow_download_is_only_slow() {
    let place = Place::sqlite([Repo::new("jan/a")]).await;
    place
        .github
        .world()
        .fault("/archive/", 1, Fault::Slow(64, Duration::from_millis(2)));
    assert_eq!(index(&place).await.fate("jan/a"), "indexed 1");
}

#[tokio::test]
async fn a_github_that_is_down_ends_the_run_at_once() {
    let place = Place::sqlite([Repo::new("jan/a")]).await;
    place.github.world().fault("", u32::MAX, Fault::status(500));
    let done = index(&place).await;
    assert_eq!(
        (done.run.status, done.run.figures.requests),
        (RunStatus::Failed, 4)
    );
    let message = done.run.message.unwrap();
    assert!(message.contains("GitHub did not answer"), "{message}");
}

#[tokio::test]
async fn a_github_that_goes_down_meanwhile_is_not_asked_for_every_repository() {
    let repos = (0..40).map(|number| Repo::new(&format!("jan/home-{number}")));
    let place = Place::sqlite(repos).await;
    place
        .github
        .world()
        .fault("/tarball/", u32::MAX, Fault::status(500));
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Partial);
    assert!(done.run.figures.requests < 60, "{:?}", done.run.figures);
    assert!(done.run.figures.left >= 25, "{:?}", done.run.figures);
    assert!(done.run.message.unwrap().contains("left for the next run"));
    place.github.asked();
}

#[tokio::test]
async fn a_bad_token_ends_the_run_and_says_which_variable_to_look_at() {
    let place = Place::sqlite(three()).await;
    place.github.world().token = Some("another".to_owned());
    let done = index(&place).await;
    assert_eq!(
        (done.run.status, done.run.figures.requests),
        (RunStatus::Failed, 1)
    );
    assert!(done.run.message.unwrap().contains("GITHUB_TOKEN"));
}

#[tokio::test]
async fn the_token_goes_to_the_api_and_nowhere_else() {
    let place = Place::sqlite(three()).await;
    index(&place).await;
    for asked in place.github.asked() {
        let expected = (asked.host == "api").then(|| "Bearer a-token".to_owned());
        assert_eq!(asked.authorization, expected, "{asked:?}");
    }
    let shown = format!("{:?}", place.config);
    assert!(!shown.contains("a-token"), "{shown}");
}

#[tokio::test]
async fn a_run_that_is_told_to_stop_keeps_what_it_has_and_the_next_goes_on() {
    let mut place = Place::sqlite(three()).await;
    place.config.concurrency = 1;
    place
        .github
        .world()
        .fault("/archive/jan/b", 1, Fault::StallAfter(30));
    let done = stopped_once(&place, "/archive/jan/b", 1).await;
    assert_eq!(done.run.status, RunStatus::Interrupted, "{done:#?}");
    assert_eq!(place.repositories().await, ["jan/a"]);
    place.github.asked();
    let next = index(&place).await;
    assert_eq!(next.run.status, RunStatus::Completed);
    assert_eq!((next.run.figures.unchanged, next.run.figures.indexed), (1, 2));
    assert_eq!(place.github.asked_for("/jan/a/tarball"), 0);
}

#[tokio::test]
async fn what_was_begun_when_a_run_is_told_to_stop_is_left() {
    let place = Place::sqlite(three()).await;
    place.github.world().fault("/archive/", 3, Fault::StallAfter(30));
    let done = stopped_once(&place, "/archive/", 3).await;
    assert_eq!(done.run.status, RunStatus::Interrupted, "{done:#?}");
    assert_eq!((done.run.figures.found, done.run.figures.left), (3, 3));
}
