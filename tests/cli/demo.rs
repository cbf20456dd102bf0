//! `autodex demo`: the first thing a newcomer runs.

use serde_json::json;

use crate::support::{Place, Running, ask, ask_at, until_ready};

/// A demonstration on a free port, what it printed, and its address.
fn demo(place: &Place) -> (Running, String, String) {
    let running = Running::start(place.command(&["demo", "--port", "0"]));
    let printed = running.stdout_until("Ctrl-C");
    let (_, rest) = printed.split_once("GraphQL  http://").unwrap();
    let address = rest.split_once("/graphql").unwrap().0.to_owned();
    until_ready(&address);
    (running, printed, address)
}

#[test]
fn it_says_what_it_does_and_answers_what_it_suggests() {
    let place = Place::new();
    let (_running, printed, address) = demo(&place);
    for part in [
        "Home Assistant",
        "75 automations in 8 homes",
        "/graphiql",
        "/schema.graphql",
        "/health",
        "curl",
    ] {
        assert!(printed.contains(part), "{part:?} is not in {printed}");
    }
    let queries: Vec<&str> = printed
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("{ ") && line.ends_with('}'))
        .collect();
    assert_eq!(queries.len(), 3, "{printed}");
    for query in queries {
        let answer = ask(&address, query);
        assert_eq!(answer.get("errors"), None, "{query}: {answer}");
        assert_ne!(answer["data"]["search"]["total"], json!(0), "{query}: {answer}");
    }
    assert!(ask_at(&address, "/graphiql").contains("<html"));
}

#[test]
fn it_ends_on_sigterm_and_leaves_nothing() {
    let place = Place::new();
    let (running, ..) = demo(&place);
    assert_eq!(
        entries(&place),
        1,
        "its database is in the folder for temporary files"
    );
    let (status, rest) = running.stop_by("TERM");
    assert_eq!(status.code(), Some(0), "{rest}");
    assert_eq!(
        entries(&place),
        0,
        "neither its own database nor the environment's is left"
    );
}

#[test]
fn the_environments_settings_do_not_touch_it() {
    let place = Place::new();
    let mut command = place.command(&["demo", "--port", "0"]);
    command
        .env("GRAPHIQL_ENABLED", "false")
        .env("AUTO_MIGRATE", "false");
    let running = Running::start(command);
    let printed = running.stdout_until("Ctrl-C");
    assert!(printed.contains("75 automations"), "{printed}");
    assert!(!place.path("autodex.db").exists());
}

fn entries(place: &Place) -> usize {
    std::fs::read_dir(place.path("")).unwrap().count()
}
