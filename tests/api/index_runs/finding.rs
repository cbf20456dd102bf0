//! Finding repositories: by topic, through all pages and past what a search shows, and by name.

use autodex::config::Topic;
use autodex::indexer::github::Wanted;
use autodex::model::RunStatus;

use serde_json::json;

use super::{Place, index};
use crate::support::github::{Fault, Repo};

/// So many repositories without any file, created a minute after one another.
fn many(count: i64) -> impl Iterator<Item = Repo> {
    (0..count).map(|number| {
        let mut repo = Repo::new(&format!("owner/home-{number:04}"));
        repo.archive = None;
        repo.pushes = 0;
        repo.created_at += number * 60;
        repo
    })
}

#[tokio::test]
async fn repositories_with_either_topic_are_found_once_and_others_are_not() {
    let mut both = Repo::new("jan/both");
    both.topics = vec!["hadiscover".into(), "ha-discover".into()];
    let mut second = Repo::new("jan/second");
    second.topics = vec!["ha-discover".into()];
    let mut other = Repo::new("jan/other");
    other.topics = vec!["home-assistant".into()];
    let place = Place::sqlite([both, second, other, Repo::new("jan/first")]).await;
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Completed, "{done:#?}");
    assert_eq!(
        place.repositories().await,
        ["jan/both", "jan/first", "jan/second"]
    );
    assert_eq!((done.run.figures.found, done.run.figures.indexed), (3, 3));
    assert_eq!(done.fates.len(), 3);
}

#[tokio::test]
async fn every_page_is_turned() {
    let place = Place::sqlite(many(250)).await;
    let done = index(&place).await;
    assert_eq!(done.run.figures.found, 250);
    assert_eq!(place.repositories().await.len(), 250);
    let (first, second) = (
        place.github.asked_for("hadiscover"),
        place.github.asked_for("ha-discover"),
    );
    assert_eq!(
        (first, second),
        (3, 1),
        "three pages of the one topic, an empty one of the other"
    );
}

#[tokio::test]
async fn a_search_with_more_results_than_are_shown_is_taken_apart_by_date() {
    let place = Place::sqlite(many(2_345)).await;
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Completed, "{:?}", done.run);
    assert_eq!(done.run.figures.found, 2_345);
    assert_eq!(place.repositories().await.len(), 2_345);
}

#[tokio::test]
async fn more_in_one_second_than_are_shown_takes_nothing_out() {
    let place = Place::sqlite(many(30)).await;
    index(&place).await;
    assert_eq!(place.repositories().await.len(), 30);
    {
        let mut world = place.github.world();
        world.shown = 20;
        world
            .repos
            .values_mut()
            .for_each(|repo| repo.created_at = 1_600_000_000);
    }
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Completed);
    assert_eq!(
        done.run.figures.removed, 0,
        "those that no search shows are asked after one by one"
    );
    assert_eq!(place.repositories().await.len(), 30);
}

#[tokio::test]
async fn a_page_that_moved_while_it_was_turned_is_looked_at_again() {
    let place = Place::sqlite(many(3)).await;
    index(&place).await;
    place.github.asked();
    let hidden = *place.github.world().repos.keys().next().unwrap();
    place.github.world().hidden = vec![hidden];
    let done = index(&place).await;
    assert_eq!(
        place.github.asked_for("hadiscover"),
        3,
        "twice again, then it is taken as it is"
    );
    assert_eq!(
        done.fate("owner/home-0000"),
        "unchanged",
        "it was asked after by its id"
    );
    assert_eq!(place.repositories().await.len(), 3);
}

#[tokio::test]
async fn by_name_only_those_are_indexed_and_any_spelling_of_the_case_does() {
    let mut private = Repo::new("jan/secret");
    private.is_private = true;
    let mut topicless = Repo::new("Jan/Home");
    topicless.topics.clear();
    let mut place = Place::sqlite([topicless, Repo::new("jan/other"), private]).await;
    place.named(&["jan/home", "jan/nowhere", "jan/secret"]);
    let done = index(&place).await;
    assert_eq!(done.fate("jan/home"), "indexed 1");
    assert!(
        done.fate("jan/nowhere").contains("no such repository"),
        "{done:#?}"
    );
    assert!(done.fate("jan/secret").contains("not public"), "{done:#?}");
    assert_eq!(done.run.status, RunStatus::Partial);
    assert_eq!(done.run.errors.len(), 2);
    assert_eq!(place.repositories().await, ["Jan/Home"]);
    assert_eq!(place.github.asked_for("/search/"), 0);
}

#[tokio::test]
async fn a_run_over_all_looks_after_what_was_asked_for_by_name() {
    let mut topicless = Repo::new("jan/home");
    topicless.topics.clear();
    let mut place = Place::sqlite([topicless]).await;
    place.named(&["jan/home"]);
    index(&place).await;
    place
        .github
        .world()
        .repo("jan/home")
        .push(&[("automations.yaml", "- alias: New\n  trigger: []\n  action: []\n")]);
    place.wanted = Wanted::All(Topic::defaults());
    assert_eq!(index(&place).await.fate("jan/home"), "indexed 1");
    assert_eq!(place.held().await, ["jan/home: New"]);
}

#[tokio::test]
async fn a_run_for_another_topic_leaves_the_others_repositories_alone() {
    let mut other = Repo::new("jan/mine");
    other.topics = vec!["my-homes".into()];
    let mut place = Place::sqlite([Repo::new("jan/home"), other]).await;
    index(&place).await;
    place.wanted = Wanted::Topics(vec!["my-homes".parse().unwrap()]);
    let done = index(&place).await;
    assert_eq!(done.fates.len(), 1, "{done:#?}");
    assert_eq!(place.repositories().await, ["jan/home", "jan/mine"]);
    // But it does see who has left its own topic.
    place.github.world().repo("jan/mine").topics.clear();
    assert!(index(&place).await.fate("jan/mine").starts_with("removed"));
    assert_eq!(place.repositories().await, ["jan/home"]);
}

#[tokio::test]
async fn a_run_over_all_keeps_what_a_run_for_another_topic_brought_in() {
    let mut other = Repo::new("jan/mine");
    other.topics = vec!["my-homes".into()];
    let mut place = Place::sqlite([Repo::new("jan/home"), other]).await;
    place.wanted = Wanted::Topics(vec!["my-homes".parse().unwrap()]);
    index(&place).await;
    assert_eq!(place.repositories().await, ["jan/mine"]);
    place.wanted = Wanted::All(Topic::defaults());
    assert_eq!(index(&place).await.fate("jan/mine"), "unchanged");
    assert_eq!(place.repositories().await, ["jan/home", "jan/mine"]);
    // Whoever has left the topic it came by goes, whatever the run is for.
    place.github.world().repo("jan/mine").topics = vec!["home".into()];
    assert!(index(&place).await.fate("jan/mine").starts_with("removed"));
}

#[tokio::test]
async fn a_result_that_is_odd_costs_itself_only() {
    let place = Place::sqlite([Repo::new("jan/home")]).await;
    let mut items = vec![
        json!({"id": 1, "name": "ghost", "owner": null}),
        json!({"id": 2}),
        json!("nothing at all"),
    ];
    items.extend(place.github.world().repos.values().map(Repo::json));
    items[3]["topics"] = json!(null);
    let page = json!({"total_count": items.len(), "incomplete_results": false, "items": items});
    let page = Fault::Body(page.to_string().into_bytes());
    place.github.world().fault("/search/", 1, page);
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Completed, "{done:#?}");
    assert_eq!(place.repositories().await, ["jan/home"]);
}

#[tokio::test]
async fn what_is_excluded_never_comes_and_goes_if_it_is_there() {
    let mut place = Place::sqlite([Repo::new("jan/home"), Repo::new("spam/one")]).await;
    place.config.exclude = vec!["spam".parse().unwrap()];
    let done = index(&place).await;
    assert_eq!(place.repositories().await, ["jan/home"]);
    assert_eq!(done.run.figures.found, 1);
    place.config.exclude = vec!["jan/home".parse().unwrap()];
    assert!(
        index(&place)
            .await
            .fate("jan/home")
            .starts_with("removed: it is excluded")
    );
}

#[tokio::test]
async fn private_repositories_come_only_where_they_are_wanted() {
    let mut private = Repo::new("jan/secret");
    private.is_private = true;
    let mut place = Place::sqlite([private, Repo::new("jan/home")]).await;
    index(&place).await;
    assert_eq!(place.repositories().await, ["jan/home"]);
    place.config.github.include_private = true;
    index(&place).await;
    assert_eq!(place.repositories().await, ["jan/home", "jan/secret"]);
}
