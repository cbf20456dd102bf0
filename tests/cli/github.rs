//! `autodex index --github`, as a process, over a GitHub of the tests' own.

use std::process::Stdio;
use std::time::Duration;

use crate::support::github::{FakeGithub, Fault, Repo};
use crate::support::{Ended, Place};

/// Runs a command against the fake, on a thread of its own so that the fake can answer.
async fn run(place: &Place, github: &FakeGithub, arguments: &[&str]) -> Ended {
    let mut command = place.command(arguments);
    command
        .env("GITHUB_API_URL", &github.url)
        .env("GITHUB_TOKEN", "a-token");
    let ended = tokio::task::spawn_blocking(move || command.output().unwrap()).await;
    ended.unwrap().into()
}

fn three() -> [Repo; 3] {
    ["jan/a", "jan/b", "jan/c"].map(Repo::new)
}

#[tokio::test]
async fn repositories_with_the_topic_are_indexed_and_summed_up() {
    let (place, github) = (Place::new(), FakeGithub::start(three()).await);
    let ended = run(&place, &github, &["index", "--github", "-vv"]).await;
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    for part in [
        "jan/a: 1 automation in 1 file",
        "found 3 repositories in",
        "3 indexed, 0 unchanged, 0 removed, 0 failed",
        "3 added, 0 updated, 0 removed",
        "3 downloads",
    ] {
        assert!(ended.stderr.contains(part), "{part:?} is not in {}", ended.stderr);
    }
    assert!(!ended.stderr.contains(['\u{1b}', '\r']), "{:?}", ended.stderr);
    assert!(!ended.stderr.contains("a-token"));
    assert_eq!(place.exported().len(), 3);
    let again = run(&place, &github, &["index", "--github"]).await;
    assert!(
        again.stderr.contains("0 indexed, 3 unchanged"),
        "{}",
        again.stderr
    );
}

#[tokio::test]
async fn by_topic_and_by_name_only_those() {
    let mut mine = Repo::new("jan/mine");
    mine.topics = vec!["my-homes".into()];
    let place = Place::new();
    let github = FakeGithub::start(three().into_iter().chain([mine])).await;
    let names = || {
        let lines = place.exported();
        let name = |line: &serde_json::Value| line["repository"]["name"].as_str().unwrap().to_owned();
        let mut names: Vec<String> = lines.iter().map(name).collect();
        names.sort();
        names
    };
    let ended = run(&place, &github, &["index", "--github", "--topic", "my-homes"]).await;
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert_eq!(names(), ["mine"]);
    let both = [
        "index",
        "--github",
        "--repository",
        "jan/a",
        "--repository",
        "jan/b",
    ];
    assert_eq!(run(&place, &github, &both).await.code, Some(0));
    assert_eq!(names(), ["a", "b", "mine"]);
}

#[tokio::test]
async fn what_failed_or_is_left_is_told_and_the_code_is_one() {
    let (place, github) = (Place::new(), FakeGithub::start(three()).await);
    let ended = run(
        &place,
        &github,
        &["index", "--github", "--repository", "jan/nowhere"],
    )
    .await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .stderr
            .contains("jan/nowhere: failed: there is no such repository"),
        "{}",
        ended.stderr
    );

    let reset = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
        + 3_000;
    github.world().left.insert("core", (1, reset));
    let ended = run(&place, &github, &["index", "--github"]).await;
    assert_eq!(ended.code, Some(1));
    for part in [
        "not complete: GitHub's rate limit is used up until",
        "2 repositories are left for the next run",
    ] {
        assert!(ended.stderr.contains(part), "{part:?} is not in {}", ended.stderr);
    }
}

#[test]
fn bad_use_exits_with_two() {
    let place = Place::new();
    for (arguments, why) in [
        (&["index", "--github", "home"][..], "DIR"),
        (&["index", "--github", "--tree"], "--tree"),
        (&["index", "home", "--topic", "x"], "--github"),
        (
            &["index", "--github", "--topic", "Not A Topic"],
            "a topic is made of",
        ),
        (
            &["index", "--github", "--topic", "x", "--repository", "a/b"],
            "--repository",
        ),
        (&["index", "--github", "--repository", "a"], "owner/name"),
    ] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(why), "{arguments:?}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn a_killed_run_loses_nothing_and_the_next_one_goes_on() {
    let (place, github) = (Place::new(), FakeGithub::start(three()).await);
    github.world().fault("/archive/jan/c", 1, Fault::StallAfter(10));
    let mut command = place.command(&["index", "--github"]);
    command
        .env("GITHUB_API_URL", &github.url)
        .stderr(Stdio::null())
        .env("INDEX_CONCURRENCY", "1");
    let mut process = command.spawn().unwrap();
    let stalled = async {
        while github.asked_for("/archive/jan/c") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), stalled)
        .await
        .unwrap();
    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(place.exported().len(), 2, "what was written is there");
    // Its lease lasts a while yet: the next run waits for it to run out, which it would not while its process lived.
    let ended = run(&place, &github, &["index", "--github"]).await;
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(
        ended.stderr.contains("1 indexed, 2 unchanged"),
        "{}",
        ended.stderr
    );
    assert_eq!(place.exported().len(), 3);
}

#[tokio::test]
async fn ctrl_c_ends_a_run_well_and_the_next_may_begin_at_once() {
    let (place, github) = (Place::new(), FakeGithub::start(three()).await);
    github.world().fault("/archive/jan/c", 1, Fault::StallAfter(10));
    let mut command = place.command(&["index", "--github"]);
    command
        .env("GITHUB_API_URL", &github.url)
        .stderr(Stdio::piped())
        .env("INDEX_CONCURRENCY", "1");
    let process = command.spawn().unwrap();
    let stalled = async {
        while github.asked_for("/archive/jan/c") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), stalled)
        .await
        .unwrap();
    let pid = process.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let ended = tokio::task::spawn_blocking(move || process.wait_with_output().unwrap()).await;
    let ended = Ended::from(ended.unwrap());
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(
        ended.stderr.contains("not complete: it was told to stop"),
        "{}",
        ended.stderr
    );
    assert_eq!(run(&place, &github, &["index", "--github"]).await.code, Some(0));
}
