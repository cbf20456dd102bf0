//! `autodex schema`

use crate::support::Place;

fn checked_in() -> String {
    concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql").to_owned()
}

#[test]
fn it_prints_the_schema_that_is_checked_in() {
    let printed = Place::new().succeed(&["schema"]).stdout;
    assert_eq!(printed, std::fs::read_to_string(checked_in()).unwrap());
}

#[test]
fn a_copy_that_is_the_schema_is_passed_in_silence() {
    let ended = Place::new().succeed(&["schema", "--check", &checked_in()]);
    assert_eq!((ended.stdout.as_str(), ended.stderr.as_str()), ("", ""));
}

#[test]
fn a_stale_copy_is_told_with_the_difference() {
    let place = Place::new();
    let stale = place
        .succeed(&["schema"])
        .stdout
        .replace("  total: Int!", "  totals: Int!");
    place.write("stale.graphql", &stale);
    let ended = place.run(&["schema", "--check", "stale.graphql"]);
    assert_eq!(ended.code, Some(1));
    for part in ["-  totals: Int!", "+  total: Int!", "@@"] {
        assert!(ended.stdout.contains(part), "{part:?} is not in {}", ended.stdout);
    }
    assert!(ended.stderr.contains("stale.graphql"), "{}", ended.stderr);
}

#[test]
fn a_copy_that_is_not_there_fails_by_name() {
    let ended = Place::new().run(&["schema", "--check", "missing.graphql"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("missing.graphql"), "{}", ended.stderr);
}

#[test]
fn it_needs_no_configuration() {
    let place = Place::new();
    let mut command = place.command(&["schema"]);
    command.env("PORT", "none").env("DATABASE_URL", "nonsense");
    assert!(command.output().unwrap().status.success());
}
