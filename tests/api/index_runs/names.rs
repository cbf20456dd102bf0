//! Names that change: a repository is known by GitHub's id, and its automations keep theirs.

use super::{Place, index};
use crate::support::github::{FakeGithub, Repo};
use crate::support::{TestDatabase, on_both_databases};

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
        index(&place).await;
        index(&place).await;
        assert_eq!(place.held().await, ["jan/a: Lamp of jan/b", "jan/b: Lamp of jan/a"]);
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
