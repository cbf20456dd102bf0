//! What comes out is what a reading of the same folders gives.

use std::path::{Path, PathBuf};

use autodex::db::Database;
use autodex::indexer;
use autodex::model::RunStatus;
use serde_json::Value;

use super::{Place, index};
use crate::support::TestDatabase;
use crate::support::github::{FakeGithub, Repo, corpus, homes};
use crate::support::on_both_databases;

/// All that a database holds, without what differs by nature: keys, times, and the addresses that META.json makes up.
async fn exported(database: &Database) -> Vec<Value> {
    let mut text = Vec::new();
    autodex::transfer::export(database, &mut text).await.unwrap();
    let mut lines: Vec<Value> = String::from_utf8(text)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for line in &mut lines {
        let line = line.as_object_mut().unwrap();
        for key in ["id", "indexedAt", "githubUrl"] {
            line.remove(key);
        }
        let repository = line["repository"].as_object_mut().unwrap();
        repository.retain(|key, _| {
            ["owner", "name", "description", "stars", "defaultBranch"].contains(&key.as_str())
        });
    }
    lines.sort_by_key(ToString::to_string);
    lines
}

async fn read_from_folders(folder: &Path) -> Vec<Value> {
    let database = TestDatabase::sqlite();
    let opened = database.open().await;
    let summary = indexer::run(&opened, indexer::tree(folder).unwrap(), |_| {}).await;
    assert_eq!(summary.failed, 0);
    exported(&opened).await
}

on_both_databases! {
    async fn the_sample_homes_come_out_as_they_do_from_folders(database: TestDatabase) {
        let place = Place::new(database, FakeGithub::start(homes()).await).await;
        let done = index(&place).await;
        assert_eq!(done.run.status, RunStatus::Completed, "{done:#?}");
        assert_eq!((done.run.figures.indexed, done.run.figures.automations), (8, 75));
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/homes");
        assert_eq!(exported(&place.database).await, read_from_folders(&folder).await);
    }
}

#[tokio::test]
async fn the_corpus_comes_out_as_it_does_from_folders() {
    let Some((folder, repos)) = corpus() else { return };
    let linked: Vec<String> = repos
        .iter()
        .filter(|repo| repo.full_name() == "macbury/SmartHouse")
        .map(Repo::full_name)
        .collect();
    assert_eq!(
        linked.len(),
        1,
        "the one with a symbolic link, which a copy of its files has not"
    );
    let place = Place::sqlite(repos).await;
    let done = index(&place).await;
    assert_eq!(done.run.status, RunStatus::Completed, "{:#?}", done.run);
    let is_elsewhere = |line: &Value| line["repository"]["owner"] != "macbury";
    let only = |lines: Vec<Value>| lines.into_iter().filter(is_elsewhere).collect::<Vec<_>>();
    let (found, expected) = (
        only(exported(&place.database).await),
        only(read_from_folders(&folder).await),
    );
    assert!(expected.len() > 3_000);
    assert_eq!(found.len(), expected.len());
    let differing = found.iter().zip(&expected).find(|(a, b)| a != b);
    assert_eq!(differing, None);
}

#[tokio::test]
async fn a_symbolic_link_leads_where_it_leads_in_a_folder() {
    let files = [
        (
            "configuration.yaml",
            "automation: !include_dir_merge_list automations\n",
        ),
        (
            "shared/lamp.yaml",
            "- alias: Linked\n  trigger: sun\n  action: light.turn_on\n",
        ),
    ];
    let target = "../shared/lamp.yaml";
    let mut archive = crate::support::github::Archive::default();
    for (path, text) in files {
        archive = archive.file(path, text.as_bytes());
    }
    let mut repo = Repo::new("jan/home");
    repo.push_archive(
        archive
            .link("automations/lamp.yaml", target)
            .link("out.yaml", "../../etc/passwd"),
    );
    let place = Place::sqlite([repo]).await;
    let done = index(&place).await;
    assert_eq!(done.run.figures.warnings, 1, "the link that leaves is told of");
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("jan/home");
    for (path, text) in files {
        std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        std::fs::write(root.join(path), text).unwrap();
    }
    std::fs::create_dir_all(root.join("automations")).unwrap();
    std::os::unix::fs::symlink(target, root.join("automations/lamp.yaml")).unwrap();
    let (found, expected) = (
        exported(&place.database).await,
        read_from_folders(folder.path()).await,
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["sourceFilePath"], "shared/lamp.yaml");
    assert_eq!(found[0]["sourceFilePath"], expected[0]["sourceFilePath"]);
}

#[tokio::test]
async fn no_secret_comes_out_of_an_archive() {
    let place = Place::sqlite(homes()).await;
    index(&place).await;
    let text = exported(&place.database)
        .await
        .iter()
        .map(ToString::to_string)
        .collect::<String>();
    for secret in ["never-index-me-7f3a", "hunter2-not-real", "swordfish"] {
        assert!(!text.contains(secret), "{secret}");
    }
}
