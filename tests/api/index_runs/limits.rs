//! GitHub's rate limits: waited for where that does not take too long, and otherwise the end of a run that tells what is
//! left.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use autodex::model::RunStatus;

use super::{Place, index};
use crate::support::github::{Fault, Repo};

fn five() -> [Repo; 5] {
    ["jan/a", "jan/b", "jan/c", "jan/d", "jan/e"].map(Repo::new)
}

fn in_seconds(seconds: u64) -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + seconds
}

fn secondary(retry_after: Option<u64>) -> Fault {
    let headers = retry_after.map(|seconds| ("retry-after", seconds.to_string()));
    let message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    Fault::Status(403, headers.into_iter().collect(), message)
}

#[tokio::test]
async fn a_secondary_limit_is_waited_for_as_long_as_it_says() {
    let place = Place::sqlite(five()).await;
    place.github.world().fault("/search/", 1, secondary(Some(17)));
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Completed, "{done:#?}");
    assert_eq!(done.waited.len(), 1);
    assert!(
        done.waited[0] > Duration::from_secs(15) && done.waited[0] <= Duration::from_secs(17),
        "{:?}",
        done.waited
    );
}

#[tokio::test]
async fn one_that_does_not_say_is_waited_for_a_minute_and_then_for_two() {
    let place = Place::sqlite([Repo::new("jan/a")]).await;
    place.github.world().fault("/search/", 2, secondary(None));
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Completed);
    let minutes: Vec<u64> = done.waited.iter().map(|it| it.as_secs().div_ceil(60)).collect();
    assert_eq!(minutes, [1, 2]);
}

#[tokio::test]
async fn one_that_holds_back_one_request_holds_back_all() {
    let mut place = Place::sqlite(five()).await;
    place.config.concurrency = 1;
    place
        .github
        .world()
        .fault("/jan/b/tarball/", 1, secondary(Some(30)));
    let done = index(&place).await;
    assert_eq!(done.run.figures.indexed, 5);
    let total: Duration = done.waited.iter().sum();
    assert!((25..=31).contains(&total.as_secs()), "{:?}", done.waited);
}

#[tokio::test]
async fn with_nothing_left_the_next_request_waits_and_is_not_refused() {
    let place = Place::sqlite(five()).await;
    place.github.world().left.insert("search", (1, in_seconds(50)));
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Completed, "{done:#?}");
    assert_eq!(done.waited.len(), 1, "{:?}", done.waited);
    assert!(done.waited[0] > Duration::from_secs(45), "{:?}", done.waited);
    let asked = place.github.asked();
    assert!(asked.iter().all(|it| it.status != 403), "{asked:#?}");
}

#[tokio::test]
async fn a_limit_that_lasts_too_long_ends_the_run_and_what_is_left_is_told() {
    let mut place = Place::sqlite(five()).await;
    place.config.concurrency = 1;
    place.github.world().left.insert("core", (2, in_seconds(3_000)));
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Partial, "{done:#?}");
    assert_eq!((done.run.figures.indexed, done.run.figures.left), (2, 3));
    assert_eq!(done.waited, Vec::<Duration>::new());
    let message = done.run.message.clone().unwrap();
    assert!(message.contains("rate limit is used up until"), "{message}");
    assert!(
        message.contains("3 repositories are left for the next run"),
        "{message}"
    );
    assert!(
        place.github.asked().iter().all(|it| it.status != 403),
        "nothing was asked in vain"
    );

    place.github.world().left.clear();
    let next = index(&place).await;
    assert_eq!(
        (next.run.figures.unchanged, next.run.figures.indexed),
        (2, 3),
        "and the next run goes on"
    );
    assert_eq!(next.run.status, RunStatus::Completed);
}

#[tokio::test]
async fn the_search_may_go_on_while_the_rest_may_not() {
    let place = Place::sqlite(five()).await;
    index(&place).await;
    place.github.world().left.insert("core", (0, in_seconds(3_000)));
    let done = index(&place).await;
    assert_eq!(
        done.run.status,
        RunStatus::Completed,
        "what did not change needs no more than the search"
    );
    assert_eq!(done.run.figures.unchanged, 5);
}
