//! `autodex index DIR...`

use std::process::Command;

use sea_orm::{ConnectionTrait, Database};

use crate::support::{Place, homes};

const LAMP: &str = "- alias: Lamp\n  triggers:\n    - trigger: sun\n      event: sunset\n  actions:\n    - action: light.turn_on\n";

/// A place with one configuration in `home/`.
fn with_home() -> Place {
    let place = Place::new();
    place.write(
        "home/configuration.yaml",
        "automation: !include automations.yaml\n",
    );
    place.write("home/automations.yaml", LAMP);
    place
}

#[test]
fn a_tree_is_indexed_and_summed_up() {
    let place = Place::new();
    let ended = place.succeed(&["index", "--tree", &homes()]);
    for part in [
        "indexed 75 automations in",
        "of 8 repositories",
        "75 added, 0 updated, 0 removed",
        "warning",
    ] {
        assert!(ended.stderr.contains(part), "{part:?} is not in {}", ended.stderr);
    }
    let exported = place.exported();
    assert_eq!(exported.len(), 75);
    let boathouse = &exported
        .iter()
        .find(|line| line["repository"]["name"] == "the-boathouse")
        .unwrap()["repository"];
    assert_eq!(
        (&boathouse["owner"], &boathouse["stars"]),
        (&"fenwick-lane".into(), &1487.into())
    );
}

#[test]
fn a_second_run_finds_everything_as_it_was() {
    let place = Place::new();
    place.succeed(&["index", "--tree", &homes()]);
    let before = place.succeed(&["export"]).stdout;
    let ended = place.succeed(&["index", "--tree", &homes()]);
    assert!(
        ended.stderr.contains("0 added, 0 updated, 0 removed"),
        "{}",
        ended.stderr
    );
    assert_eq!(place.succeed(&["export"]).stdout, before);
}

#[test]
fn one_folder_is_indexed_under_the_name_given() {
    let place = with_home();
    place.succeed(&["index", "home", "--repository", "jan/huis"]);
    let [line] = &place.exported()[..] else {
        panic!("one automation is there")
    };
    assert_eq!(line["alias"], "Lamp");
    assert_eq!(line["repository"]["fullName"], "jan/huis");
    assert_eq!(line["repository"]["url"], "https://github.com/jan/huis");
}

#[test]
fn one_folder_is_indexed_under_the_name_of_its_git_remote() {
    let place = with_home();
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.arg("-C").arg(place.path("home")).args(arguments);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    git(&["init", "-q", "-b", "trunk"]);
    git(&[
        "remote",
        "add",
        "origin",
        "https://someone:token@github.com/jan/huis.git",
    ]);
    let identity = ["-c", "user.name=Jan", "-c", "user.email=jan@example.org"];
    git(&[&identity[..], &["commit", "-q", "--allow-empty", "-m", "Home"]].concat());
    place.succeed(&["index", "home"]);
    let repository = &place.exported()[0]["repository"];
    assert_eq!(repository["fullName"], "jan/huis");
    assert_eq!(repository["url"], "https://github.com/jan/huis");
    assert_eq!(repository["defaultBranch"], "trunk");
}

#[test]
fn several_folders_may_be_given() {
    let place = Place::new();
    for owner in ["one", "two"] {
        place.write(&format!("{owner}/jan/huis-{owner}/automations.yaml"), LAMP);
    }
    let ended = place.succeed(&["index", "--tree", "one", "two"]);
    assert!(ended.stderr.contains("2 repositories"), "{}", ended.stderr);
}

#[test]
fn bad_use_exits_with_two_and_says_why() {
    let place = with_home();
    std::fs::create_dir(place.path("empty")).unwrap();
    for (arguments, why) in [
        (&["index"][..], "DIR"),
        (&["index", "home"], "--repository"),
        (&["index", "nowhere", "--repository", "a/b"], "nowhere"),
        (&["index", "--tree", "nowhere"], "nowhere"),
        (&["index", "--tree", "empty"], "empty"),
        (&["index", "--tree", "home", "--repository", "a/b"], "--tree"),
        (&["index", "home", "home", "--repository", "a/b"], "one"),
        (&["index", "home", "--repository", "no-slash"], "owner/name"),
        (
            &["index", "home/automations.yaml", "--repository", "a/b"],
            "automations.yaml",
        ),
    ] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(why), "{arguments:?}: {}", ended.stderr);
    }
}

#[tokio::test]
async fn one_repository_that_fails_costs_itself_only_and_the_code_is_one() {
    let place = Place::new();
    for name in ["first", "broken", "last"] {
        place.write(&format!("tree/jan/{name}/automations.yaml"), LAMP);
    }
    place.succeed(&["migrate"]);
    let database = Database::connect(place.database_url()).await.unwrap();
    let refuse = "CREATE TRIGGER refuse BEFORE INSERT ON repository WHEN NEW.name = 'broken'
        BEGIN SELECT RAISE(ABORT, 'the disk is on strike'); END";
    database.execute_unprepared(refuse).await.unwrap();
    database.close().await.unwrap();

    let ended = place.run(&["index", "--tree", "tree"]);
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    for part in [
        "jan/broken: failed",
        "the disk is on strike",
        "2 repositories",
        "1 repository failed",
    ] {
        assert!(ended.stderr.contains(part), "{part:?} is not in {}", ended.stderr);
    }
    assert_eq!(place.exported().len(), 2);
}

#[test]
fn without_a_terminal_there_are_plain_lines() {
    let place = Place::new();
    let ended = place.succeed(&["index", "--tree", &homes(), "-vv"]);
    assert_eq!(ended.stdout, "");
    assert!(!ended.stderr.contains(['\u{1b}', '\r']), "{:?}", ended.stderr);
    for part in [
        "fenwick-lane/the-boathouse: 12 automations in",
        "quiet-tortoise/moving-boxes: lists/hallway.yaml: line",
    ] {
        assert!(ended.stderr.contains(part), "{part:?} is not in {}", ended.stderr);
    }
}

#[test]
fn a_warning_is_counted_and_told_when_asked_for() {
    let place = Place::new();
    let quiet = place.succeed(&["index", "--tree", &homes()]);
    assert!(quiet.stderr.contains("-v tells which"), "{}", quiet.stderr);
    assert!(!quiet.stderr.contains("hallway.yaml"), "{}", quiet.stderr);
    let told = place.succeed(&["index", "--tree", &homes(), "-v"]);
    assert!(told.stderr.contains("hallway.yaml"), "{}", told.stderr);
}

#[test]
fn what_is_gone_from_the_folder_is_gone_from_the_index() {
    let place = with_home();
    place.succeed(&["index", "home", "--repository", "jan/huis"]);
    place.write("home/automations.yaml", &LAMP.replace("Lamp", "Torch"));
    let renamed = place.succeed(&["index", "home", "--repository", "jan/huis"]);
    assert!(renamed.stderr.contains("removed"), "{}", renamed.stderr);
    assert_eq!(place.exported()[0]["alias"], "Torch");
    place.write("home/automations.yaml", "[]\n");
    let emptied = place.succeed(&["index", "home", "--repository", "jan/huis"]);
    assert!(emptied.stderr.contains("1 removed"), "{}", emptied.stderr);
    assert!(place.exported().is_empty());
}
