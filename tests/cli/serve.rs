//! `autodex serve`

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::support::{Ended, Place, Running, ask, homes, until, until_ready};

/// A server on a free port, its log in JSON; and its address, by its own word.
fn served(place: &Place) -> (Running, String) {
    let mut command = place.command(&["serve"]);
    command.env("PORT", "0").env("LOG_FORMAT", "json");
    let running = Running::start(command);
    let log = running.stderr_until("\"listening\"");
    let line: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    let address = line["address"].as_str().unwrap().to_owned();
    until_ready(&address);
    (running, address)
}

#[test]
fn it_serves_what_was_indexed_until_it_is_told_to_stop() {
    for signal in ["TERM", "INT"] {
        let place = Place::new();
        place.succeed(&["index", "--tree", &homes()]);
        let (running, address) = served(&place);
        let answer = ask(&address, "{ stats { totalRepositories totalAutomations } }");
        assert_eq!(
            answer,
            json!({"data": {"stats": {"totalRepositories": 8, "totalAutomations": 75}}})
        );
        let (status, rest) = running.stop_by(signal);
        assert_eq!(status.code(), Some(0), "{rest}");
        assert!(rest.contains("\"stopped\""), "{rest}");
    }
}

#[test]
fn a_new_database_is_made_on_the_way() {
    let place = Place::new();
    let (_running, address) = served(&place);
    assert_eq!(
        ask(&address, "{ search { total } }"),
        json!({"data": {"search": {"total": 0}}})
    );
}

#[test]
fn what_is_indexed_by_another_process_is_served_without_a_restart() {
    let place = Place::new();
    let (_running, address) = served(&place);
    place.succeed(&["index", "--tree", &homes()]);
    until("the homes are found", || {
        ask(&address, "{ search { total } }") == json!({"data": {"search": {"total": 75}}})
    });
}

#[test]
fn every_request_is_one_line_of_the_log() {
    let place = Place::new();
    let (running, address) = served(&place);
    ask(&address, "query Numbers { stats { dataVersion } }");
    ask(&address, "{ search(text: \"very private\", page: 0) { total } }");
    let (_, log) = running.stop_by("TERM");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}")))
        .filter(|line: &Value| line["message"] == "request")
        .collect();
    assert_eq!(lines.len(), 2, "{log}");
    assert_eq!(
        (&lines[0]["operation"], &lines[0]["outcome"]),
        (&json!("Numbers"), &json!("ok"))
    );
    assert_eq!(lines[1]["outcome"], "partial");
    for line in &lines {
        assert_eq!(line["path"], "/graphql");
        assert!(
            line["milliseconds"].is_number() && line["request_id"].is_string(),
            "{line}"
        );
    }
    assert!(!log.contains("very private"), "a body is never logged");
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let place = Place::new();
    let ended: Ended = place
        .command(&["serve"])
        .env("PORT", &port)
        .output()
        .unwrap()
        .into();
    assert_eq!(ended.code, Some(1));
    for part in [port.as_str(), "PORT"] {
        assert!(ended.stderr.contains(part), "{part:?} is not in {}", ended.stderr);
    }
}
