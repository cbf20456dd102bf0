//! Repositories that go: the topic is taken off, they are deleted, emptied, closed to the public.

use autodex::db::IncomingAutomation;
use autodex::model::RunStatus;

use super::{Place, index};
use crate::support::github::{FakeGithub, Fault, Repo};
use crate::support::{TestDatabase, automation, on_both_databases, repository};

on_both_databases! {
    async fn taking_the_topic_off_takes_the_repository_out(database: TestDatabase) {
        let github = FakeGithub::start([Repo::new("jan/home"), Repo::new("jan/house")]).await;
        let place = Place::new(database, github).await;
        index(&place).await;
        place.github.world().repo("jan/home").topics.clear();
        let done = index(&place).await;
        assert!(done.fate("jan/home").starts_with("removed: it no longer carries the topic"), "{done:#?}");
        assert_eq!(done.run.figures.removed, 1);
        assert_eq!(place.repositories().await, ["jan/house"]);
        let again = index(&place).await;
        assert_eq!(again.fates.len(), 1, "what is out is not looked after any more");
        // And back in.
        place.github.world().repo("jan/home").topics = vec!["ha-discover".into()];
        assert_eq!(index(&place).await.fate("jan/home"), "indexed 1");
    }

    async fn what_is_deleted_or_made_private_goes(database: TestDatabase) {
        let github = FakeGithub::start(["jan/a", "jan/b", "jan/c"].map(Repo::new)).await;
        let place = Place::new(database, github).await;
        index(&place).await;
        place.github.world().delete("jan/a");
        place.github.world().repo("jan/b").is_private = true;
        let done = index(&place).await;
        assert!(done.fate("jan/a").starts_with("removed"), "{done:#?}");
        assert!(done.fate("jan/b").starts_with("removed"), "{done:#?}");
        assert_eq!(place.repositories().await, ["jan/c"]);
    }
}

#[tokio::test]
async fn an_emptied_repository_keeps_no_automation_and_is_not_asked_for_again() {
    let place = Place::sqlite([Repo::new("jan/home")]).await;
    index(&place).await;
    place.github.world().repo("jan/home").empty();
    assert_eq!(index(&place).await.fate("jan/home"), "indexed 0");
    assert_eq!(place.held().await, Vec::<String>::new());
    assert_eq!(index(&place).await.fate("jan/home"), "unchanged");
    place
        .github
        .world()
        .repo("jan/home")
        .push(&[("automations.yaml", "- alias: Back\n  trigger: []\n  action: []\n")]);
    assert_eq!(index(&place).await.fate("jan/home"), "indexed 1");
    assert_eq!(place.held().await, ["jan/home: Back"]);
}

#[tokio::test]
async fn a_repository_that_never_had_a_commit_is_no_failure() {
    let mut never = Repo::new("jan/never");
    (never.pushes, never.archive) = (0, None);
    let mut emptied = Repo::new("jan/emptied");
    emptied.empty();
    let place = Place::sqlite([never, emptied]).await;
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Completed, "{done:#?}");
    assert_eq!(done.fate("jan/never"), "indexed 0");
    assert_eq!(done.fate("jan/emptied"), "indexed 0");
}

#[tokio::test]
async fn an_archived_repository_stays() {
    let place = Place::sqlite([Repo::new("jan/home")]).await;
    index(&place).await;
    place.github.world().repo("jan/home").is_archived = true;
    assert_eq!(index(&place).await.fate("jan/home"), "unchanged");
    assert_eq!(place.held().await.len(), 1);
}

#[tokio::test]
async fn what_github_closed_for_legal_reasons_goes() {
    let place = Place::sqlite([Repo::new("jan/home")]).await;
    index(&place).await;
    let id = *place.github.world().repos.keys().next().unwrap();
    place.github.world().repo("jan/home").topics.clear();
    let message = "Repository access blocked";
    let blocked = Fault::Status(403, Vec::new(), message);
    place
        .github
        .world()
        .fault(&format!("/repositories/{id}"), 1, blocked);
    assert!(index(&place).await.fate("jan/home").starts_with("removed"));
}

#[tokio::test]
async fn a_repository_that_cannot_be_asked_after_stays() {
    let place = Place::sqlite([Repo::new("jan/home")]).await;
    index(&place).await;
    place.github.world().repo("jan/home").topics.clear();
    place
        .github
        .world()
        .fault("/repositories/", 4, Fault::status(500));
    let done = index(&place).await;
    assert!(done.fate("jan/home").starts_with("failed"), "{done:#?}");
    assert_eq!(place.repositories().await, ["jan/home"]);
}

#[tokio::test]
async fn what_came_from_a_folder_or_an_import_is_none_of_a_runs_business() {
    let place = Place::sqlite([Repo::new("jan/home")]).await;
    let mut writer = place.database.write().await.unwrap();
    let local = IncomingAutomation::from(automation("Local", "sun", "light.turn_on"));
    writer
        .sync(&repository("local/home", 0), vec![local])
        .await
        .unwrap();
    writer.commit().await.unwrap();
    let done = index(&place).await;
    assert_eq!(done.fates.len(), 1);
    assert_eq!(place.repositories().await, ["jan/home", "local/home"]);
}

#[tokio::test]
async fn what_one_github_has_is_not_looked_for_on_another() {
    let mut place = Place::sqlite([Repo::new("jan/home")]).await;
    index(&place).await;
    place.github = FakeGithub::start([Repo::new("jan/elsewhere")]).await;
    place.config.github.api_url = place.github.url.clone().into();
    index(&place).await;
    assert_eq!(place.repositories().await, ["jan/elsewhere", "jan/home"]);
}
