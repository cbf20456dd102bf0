//! What a run costs: nothing for what did not change, one archive for what did.

use autodex::model::RunStatus;

use super::{Place, index};
use crate::support::github::{FakeGithub, Repo};
use crate::support::{TestDatabase, on_both_databases};

const OTHER: &str = "- alias: Other\n  triggers:\n    - trigger: sun\n  actions: []\n";

on_both_databases! {
    async fn a_second_run_asks_one_page_of_each_topic_and_changes_nothing(database: TestDatabase) {
        let github = FakeGithub::start([Repo::new("jan/home"), Repo::new("jan/house")]).await;
        let place = Place::new(database, github).await;
        let first = index(&place).await;
        assert_eq!((first.run.figures.downloads, first.run.figures.automations_added), (2, 2));
        assert!(first.run.figures.downloaded_kib > 0);
        let (state, asked) = (place.database.state().await.unwrap(), place.github.asked());
        assert_eq!(asked.iter().filter(|it| it.path.contains("/tarball/")).count(), 2, "one archive each");

        let second = index(&place).await;
        assert_eq!(second.run.status, RunStatus::Completed);
        assert_eq!((second.run.figures.unchanged, second.run.figures.indexed), (2, 0));
        assert_eq!(second.run.figures.requests, 2, "the two searches");
        assert_eq!(place.database.state().await.unwrap(), state, "nothing was written");
    }

    async fn what_was_pushed_to_is_downloaded_and_nothing_else(database: TestDatabase) {
        let github = FakeGithub::start([Repo::new("jan/home"), Repo::new("jan/house")]).await;
        let place = Place::new(database, github).await;
        index(&place).await;
        place.github.asked();
        place.github.world().repo("jan/home").push(&[("automations.yaml", OTHER)]);
        let done = index(&place).await;
        assert_eq!(done.fate("jan/home"), "indexed 1");
        assert_eq!(done.fate("jan/house"), "unchanged");
        assert_eq!((place.github.asked_for("/tarball/"), done.run.figures.downloads), (1, 1));
        assert_eq!(place.held().await, ["jan/home: Other", "jan/house: Lamp of jan/house"]);
    }

    async fn stars_and_descriptions_are_taken_over_without_a_download(database: TestDatabase) {
        let place = Place::new(database, FakeGithub::start([Repo::new("jan/home")]).await).await;
        index(&place).await;
        place.github.asked();
        let version = place.data_version().await;
        {
            let mut world = place.github.world();
            let repo = world.repo("jan/home");
            (repo.stars, repo.description) = (77, Some("My home, token: ghp_abcdefghijklmnopqrstuvwxyz0123456789".into()));
        }
        assert_eq!(index(&place).await.run.figures.downloads, 0);
        let repositories = place.database.scan().await.unwrap().repositories().await.unwrap();
        assert_eq!(repositories[0].repository.stars, 77);
        let description = repositories[0].repository.description.clone().unwrap();
        assert!(description.starts_with("My home") && !description.contains("ghp_"), "{description}");
        assert_eq!(place.data_version().await, version + 1);
        let after = place.data_version().await;
        index(&place).await;
        assert_eq!(place.data_version().await, after);
    }
}

#[tokio::test]
async fn a_push_to_another_branch_costs_a_question_that_is_free_and_no_download() {
    let place = Place::sqlite([Repo::new("jan/home")]).await;
    index(&place).await;
    place.github.asked();
    place.github.world().repo("jan/home").push_elsewhere();
    let done = index(&place).await;
    assert_eq!(
        (done.fate("jan/home"), done.run.figures.downloads),
        ("unchanged", 0)
    );
    let asked = place.github.asked();
    let commit = asked.iter().find(|it| it.path.contains("/commits/")).unwrap();
    assert_eq!(
        commit.status, 304,
        "a conditional request, by the commit that is known"
    );
    assert_eq!(
        index(&place).await.run.figures.requests,
        2,
        "and the push is remembered"
    );
}

#[tokio::test]
async fn a_run_by_name_over_what_did_not_change_is_one_conditional_request() {
    let mut place = Place::sqlite([Repo::new("jan/home")]).await;
    place.named(&["jan/home"]);
    index(&place).await;
    place.github.asked();
    let done = index(&place).await;
    assert_eq!(done.fate("jan/home"), "unchanged");
    let asked = place.github.asked();
    assert_eq!(asked.iter().map(|it| it.status).collect::<Vec<_>>(), [304]);
    assert!(asked[0].if_none_match.is_some());
}

#[tokio::test]
async fn another_default_branch_is_read() {
    let place = Place::sqlite([Repo::new("jan/home")]).await;
    index(&place).await;
    place.github.world().repo("jan/home").branch = "trunk/2026".to_owned();
    place
        .github
        .world()
        .repo("jan/home")
        .push(&[("automations.yaml", OTHER)]);
    assert_eq!(index(&place).await.fate("jan/home"), "indexed 1");
    let scan = place.database.scan().await.unwrap();
    let repositories = scan.repositories().await.unwrap();
    assert_eq!(repositories[0].repository.default_branch, "trunk/2026");
}

#[tokio::test]
async fn an_automation_that_stays_keeps_its_id() {
    let place = Place::sqlite([Repo::new("jan/home")]).await;
    index(&place).await;
    let ids = async || {
        let rows = place
            .database
            .scan()
            .await
            .unwrap()
            .automation_terms(0)
            .await
            .unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let before = ids().await;
    let text = crate::support::github::lamp("jan/home");
    place
        .github
        .world()
        .repo("jan/home")
        .push(&[("packages/light.yaml", &text)]);
    index(&place).await;
    assert_eq!(ids().await, before);
}
