//! Names that change: a repository is known by GitHub's id, and its automations keep theirs.

use autodex::db::GithubMark;

use super::{Place, index};
use crate::support::github::{FakeGithub, Fault, Repo};
use crate::support::{TestDatabase, on_both_databases, repository};

async fn ids(place: &Place) -> Vec<i64> {
    let rows = place
        .database
        .scan()
        .await
        .unwrap()
        .automation_terms(0)
        .await
        .unwrap();
    rows.into_iter().map(|row| row.id).collect()
}

on_both_databases! {
    async fn a_renamed_repository_is_the_same_one(database: TestDatabase) {
        let place = Place::new(database, FakeGithub::start([Repo::new("jan/home")]).await).await;
        index(&place).await;
        let (before, structure) = (ids(&place).await, place.database.state().await.unwrap().structure_version);
        place.github.asked();
        place.github.world().repo("jan/home").rename("janneke/house");
        let done = index(&place).await;
        assert_eq!(done.fate("janneke/house"), "unchanged");
        assert_eq!(place.github.asked_for("/tarball/"), 0);
        assert_eq!(place.repositories().await, ["janneke/house"]);
        assert_eq!(ids(&place).await, before);
        assert!(place.database.state().await.unwrap().structure_version > structure, "names are gone and there");
        let row = &place.database.scan().await.unwrap().repositories().await.unwrap()[0];
        assert_eq!(row.repository.url, "https://github.com/janneke/house");
    }

    async fn a_name_may_pass_to_another_repository(database: TestDatabase) {
        let place = Place::new(database, FakeGithub::start([Repo::new("jan/home")]).await).await;
        index(&place).await;
        place.github.world().repo("jan/home").rename("jan/old-home");
        place.github.world().repo("jan/old-home").former_names.clear();
        let mut fresh = Repo::new("jan/home");
        fresh.push(&[("automations.yaml", "- alias: Fresh\n  trigger: []\n  action: []\n")]);
        place.github.world().add(fresh);
        for _ in 0..2 {
            index(&place).await;
            assert_eq!(place.held().await, ["jan/home: Fresh", "jan/old-home: Lamp of jan/home"]);
        }
        assert_eq!(index(&place).await.run.figures.unchanged, 2);
    }

    async fn two_may_exchange_their_names(database: TestDatabase) {
        let github = FakeGithub::start([Repo::new("jan/a"), Repo::new("jan/b")]).await;
        let place = Place::new(database, github).await;
        index(&place).await;
        {
            let mut world = place.github.world();
            world.repo("jan/a").name = "c".into();
            world.repo("jan/b").name = "a".into();
            world.repo("jan/c").name = "b".into();
        }
        let (before, asked) = (ids(&place).await, place.github.asked_for("/tarball/"));
        let done = index(&place).await;
        assert_eq!((done.fate("jan/a"), done.fate("jan/b")), ("unchanged", "unchanged"));
        assert_eq!(place.held().await, ["jan/a: Lamp of jan/b", "jan/b: Lamp of jan/a"], "after one run");
        assert_eq!(ids(&place).await, before);
        assert_eq!(place.github.asked_for("/tarball/"), asked, "nothing was downloaded for it");
        assert_eq!(place.repositories().await, ["jan/a", "jan/b"]);
    }

    async fn a_repository_made_again_under_its_name_stays(database: TestDatabase) {
        let mut place = Place::new(database, FakeGithub::start([Repo::new("jan/home")]).await).await;
        index(&place).await;
        place.github.world().delete("jan/home");
        let mut again = Repo::new("jan/home");
        again.push(&[("automations.yaml", "- alias: Again\n  trigger: []\n  action: []\n")]);
        place.github.world().add(again);
        // The new one is found and written first; that the old one is to be asked after was known before.
        place.config.concurrency = 1;
        let slow = Fault::Slow(64, std::time::Duration::from_millis(100));
        place.github.world().fault("/archive/", 1, slow);
        let done = index(&place).await;
        assert_eq!(done.fate("jan/home"), "indexed 1");
        assert_eq!(place.held().await, ["jan/home: Again"]);
        assert_eq!(index(&place).await.fate("jan/home"), "unchanged");
        assert_eq!(place.held().await, ["jan/home: Again"]);
    }

    async fn the_name_of_one_that_is_brought_in_first_is_taken_over_and_neither_is_lost(database: TestDatabase) {
        let mut place = Place::new(database, FakeGithub::start([Repo::new("jan/home")]).await).await;
        place.config.concurrency = 1;
        index(&place).await;
        place.github.world().repo("jan/home").rename("jan/old-home");
        place.github.world().repo("jan/old-home").former_names.clear();
        // With a lower id than the other's, so that it comes first.
        let mut fresh = Repo::new("jan/home");
        fresh.id = 1;
        fresh.push(&[("automations.yaml", "- alias: Fresh\n  trigger: []\n  action: []\n")]);
        place.github.world().add(fresh);
        let done = index(&place).await;
        assert_eq!((done.fate("jan/home"), done.fate("jan/old-home")), ("indexed 1", "indexed 1"), "{done:#?}");
        assert_eq!(place.held().await, ["jan/home: Fresh", "jan/old-home: Lamp of jan/home"]);
        assert_eq!(index(&place).await.run.figures.unchanged, 2);
    }

    async fn of_one_that_is_gone_and_another_under_its_name_the_right_one_is_removed(database: TestDatabase) {
        let opened = database.open().await;
        let mark = |github_id| GithubMark { github_id, ..GithubMark::default() };
        let mut writer = opened.write().await.unwrap();
        let home = repository("jan/home", 1);
        for github_id in [1, 2] {
            writer.sync(&home, Vec::new()).await.unwrap();
            writer.mark("github.test", &home, mark(github_id)).await.unwrap();
        }
        assert!(!writer.remove_tracked("github.test", 1).await.unwrap(), "another stands for its name now");
        assert!(!writer.remove_tracked("elsewhere.test", 2).await.unwrap());
        assert!(writer.remove_tracked("github.test", 2).await.unwrap());
        writer.commit().await.unwrap();
        assert_eq!(opened.scan().await.unwrap().repositories().await.unwrap(), []);
    }
}

#[tokio::test]
async fn asked_for_by_its_old_name_it_is_indexed_under_its_new_one() {
    let mut repo = Repo::new("jan/home");
    repo.rename("jan/house");
    let mut place = Place::sqlite([repo]).await;
    place.named(&["jan/home"]);
    assert_eq!(index(&place).await.fate("jan/home"), "indexed 1");
    assert_eq!(place.repositories().await, ["jan/house"]);
}

#[tokio::test]
async fn another_spelling_of_the_case_is_taken_over() {
    let place = Place::sqlite([Repo::new("jan/home")]).await;
    index(&place).await;
    place.github.world().repo("jan/home").rename("Jan/Home");
    index(&place).await;
    assert_eq!(place.repositories().await, ["Jan/Home"]);
}
