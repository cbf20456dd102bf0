//! A PostgreSQL that comes late, goes, and comes back.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::postgres::PostgresServer;
use crate::support::{Client, Place, Running, ask_at, homes, until};

/// A server over this database that asks it for each request.
fn served(place: &Place, url: &str) -> Running {
    let mut command = place.command(&["serve"]);
    command
        .env("PORT", "0")
        .env("DATABASE_URL", url)
        .env("LOG_FORMAT", "json")
        .env("RATELIMIT_ENABLED", "false")
        .envs(["SEARCH", "FACETS", "STATS"].map(|kind| (format!("CACHE_{kind}_ENABLED"), "false")));
    Running::start(command)
}

fn address(running: &Running) -> String {
    let log = running.stderr_until("\"listening\"");
    let line: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    line["address"].as_str().unwrap().to_owned()
}

/// Whether a query that needs rows is answered whole.
fn answers(address: &str) -> bool {
    let asked = Client::connect(address)
        .unwrap()
        .ask("{ search(perPage: 1) { total results { alias } } }");
    let (_, answer) = asked.unwrap_or_else(|| panic!("the server does not answer at all"));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    answer.get("errors").is_none() && answer["data"]["search"]["total"] == json!(75)
}

#[test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
fn a_database_that_comes_after_the_server_is_waited_for() {
    let place = Place::new();
    let mut postgres = PostgresServer::prepared();
    let running = served(&place, &postgres.url());
    running.stderr_until("waiting for the database");
    postgres.start();
    let address = address(&running);
    until("it is ready", || {
        ask_at(&address, "/ready").contains("\"ready\":true")
    });
}

#[test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
fn a_database_restarted_under_load_costs_errors_while_it_is_away_and_nothing_after() {
    let place = Place::new();
    let mut postgres = PostgresServer::prepared();
    postgres.start();
    let mut index = place.command(&["index", "--tree", &homes()]);
    assert!(
        index
            .env("DATABASE_URL", postgres.url())
            .output()
            .unwrap()
            .status
            .success()
    );
    let running = served(&place, &postgres.url());
    let address = address(&running);
    until("it answers", || {
        ask_at(&address, "/ready").contains("\"ready\":true") && answers(&address)
    });
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let stops = Stops(&stop);
        let load: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut asked = 0;
                    while !stop.load(Ordering::SeqCst) {
                        answers(&address);
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        postgres.stop();
        until("it is not ready", || {
            ask_at(&address, "/ready").contains("\"ready\":false")
        });
        assert!(
            !answers(&address),
            "without the rows there is an error in the answer"
        );
        assert!(ask_at(&address, "/health").contains("\"down\""));
        assert!(ask_at(&address, "/metrics").contains("\nautodex_database_up 0\n"));
        running.stderr_until("the catalog cannot follow the database");
        postgres.start();
        until("it is ready again", || {
            ask_at(&address, "/ready").contains("\"ready\":true")
        });
        // Each connection of the pool may have to be found dead first.
        until("every answer is whole again", || {
            (0..50).all(|_| answers(&address))
        });
        running.stderr_until("the catalog follows the database again");
        assert!(ask_at(&address, "/metrics").contains("\nautodex_database_up 1\n"));
        drop(stops);
        for client in load {
            assert!(client.join().unwrap() > 0);
        }
    });
    let (status, log) = running.stop_by("TERM");
    assert!(status.success(), "{log}");
}

/// Ends the load, also when the test fails before it says so.
struct Stops<'a>(&'a AtomicBool);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
