//! `autodex migrate`

use std::process::Stdio;

use crate::support::{Ended, Place};

#[test]
fn a_database_is_made_and_brought_up_to_date_once_and_again() {
    let place = Place::new();
    for _ in 0..2 {
        let ended = place.succeed(&["migrate"]);
        assert!(ended.stdout.contains("up to date"), "{}", ended.stdout);
    }
    assert!(place.path("autodex.db").exists());
    assert!(place.exported().is_empty());
}

#[test]
fn several_processes_may_migrate_at_once() {
    let place = Place::new();
    let started: Vec<_> = (0..6)
        .map(|_| {
            let mut command = place.command(&["migrate"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    let ended: Vec<Ended> = started
        .into_iter()
        .map(|child| child.wait_with_output().unwrap().into())
        .collect();
    let failures: Vec<&str> = ended
        .iter()
        .filter(|ended| ended.code != Some(0))
        .map(|ended| ended.stderr.as_str())
        .collect();
    assert_eq!(failures, Vec::<&str>::new());
}

#[test]
fn it_migrates_whatever_auto_migrate_says_and_other_commands_then_work() {
    let place = Place::new();
    let without = |arguments: &[&str]| -> Ended {
        let mut command = place.command(arguments);
        command.env("AUTO_MIGRATE", "false").output().unwrap().into()
    };
    let before = without(&["export"]);
    assert_eq!(before.code, Some(1));
    assert!(before.stderr.contains("autodex migrate"), "{}", before.stderr);
    assert_eq!(without(&["migrate"]).code, Some(0));
    assert_eq!(without(&["export"]).code, Some(0));
}
