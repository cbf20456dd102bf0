//! What GitHub answers with nothing because it did not change: it is left as it is, unless the settings or its owner's wish
//! are others than when it was last looked at.

use autodex::config::Topic;
use autodex::indexer::github::Wanted;

use super::{Place, index};
use crate::support::github::Repo;

fn all() -> Wanted {
    Wanted::All(Topic::defaults())
}

#[tokio::test]
async fn a_private_repository_goes_when_they_are_not_wanted_any_more() {
    let mut private = Repo::new("jan/secret");
    private.is_private = true;
    let mut place = Place::sqlite([private]).await;
    place.config.github.include_private = true;
    place.named(&["jan/secret"]);
    assert_eq!(index(&place).await.fate("jan/secret"), "indexed 1");
    place.config.github.include_private = false;
    place.wanted = all();
    let done = index(&place).await;
    assert!(
        done.fate("jan/secret").starts_with("removed: it is not public"),
        "{done:#?}"
    );
    assert_eq!(place.repositories().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_excluded_goes_though_it_did_not_change() {
    let without_topic = |name: &str| {
        let mut repo = Repo::new(name);
        repo.topics.clear();
        repo
    };
    let mut place = Place::sqlite(["frenck/home", "frenck/house", "jan/home"].map(without_topic)).await;
    place.named(&["frenck/home", "frenck/house", "jan/home"]);
    index(&place).await;
    place.config.exclude = vec!["frenck".parse().unwrap()];
    place.named(&["frenck/home"]);
    let by_name = index(&place).await;
    assert!(
        by_name.fate("frenck/home").starts_with("removed: it is excluded"),
        "{by_name:#?}"
    );
    place.wanted = all();
    place.github.asked();
    let done = index(&place).await;
    assert!(
        done.fate("frenck/house").starts_with("removed: it is excluded"),
        "{done:#?}"
    );
    assert_eq!(done.fate("jan/home"), "unchanged");
    let asked = place.github.asked();
    assert!(
        asked.iter().any(|it| it.status == 304),
        "what nobody excluded is still known: {asked:#?}"
    );
    assert_eq!(place.repositories().await, ["jan/home"]);
}

#[tokio::test]
async fn who_opted_out_goes_though_a_run_by_name_saw_it_first() {
    let mut place = Place::sqlite([Repo::new("jan/home")]).await;
    index(&place).await;
    {
        let mut world = place.github.world();
        let repo = world.repo("jan/home");
        repo.topics.clear();
        repo.push(&[("automations.yaml", "- alias: New\n  trigger: []\n  action: []\n")]);
    }
    place.named(&["jan/home"]);
    assert_eq!(index(&place).await.fate("jan/home"), "indexed 1");
    place.wanted = all();
    let done = index(&place).await;
    assert!(
        done.fate("jan/home").starts_with("removed: it no longer carries"),
        "{done:#?}"
    );
    assert_eq!(place.repositories().await, Vec::<String>::new());
}
