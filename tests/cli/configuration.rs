//! What a bad environment or a bad call is told.

use std::net::TcpListener;

use crate::support::{Ended, Place};

/// Starts the server with a value it cannot use: it has to say the variable, the value, and what was expected.
#[track_caller]
fn is_refused(variable: &str, value: &str, expected: &str) {
    let place = Place::new();
    // Should it start after all, it ends because its port is taken.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = place.command(&["serve"]);
    command.env("PORT", port).env(variable, value);
    let ended: Ended = command.output().unwrap().into();
    assert_eq!(ended.code, Some(1), "{variable}={value}: {}", ended.stderr);
    let told = ended
        .stderr
        .lines()
        .filter(|line| !line.contains(" INFO "))
        .collect::<String>();
    for part in [variable, value, expected] {
        assert!(
            told.contains(part),
            "{part:?} is not told for {variable}={value}: {told}"
        );
    }
}

#[test]
fn a_bad_value_stops_the_start_by_name_value_and_what_was_expected() {
    for (variable, value, expected) in [
        ("PORT", "eight thousand", "0 to 65535"),
        ("PORT", "65536", "0 to 65535"),
        ("HOST", "localhost?", "IP address"),
        ("AUTO_MIGRATE", "yes", "true or false"),
        ("INTROSPECTION_ENABLED", "1", "true or false"),
        ("GRAPHIQL_ENABLED", "TRUE", "true or false"),
        ("LOG_FORMAT", "xml", "pretty or json"),
        ("MAX_BODY_BYTES", "-1", "number of bytes"),
        ("SHUTDOWN_TIMEOUT", "soon", "number of seconds"),
        ("CATALOG_POLL_INTERVAL_MS", "0", "at least 1"),
        ("RUST_LOG", "autodex=loud", "autodex=debug"),
    ] {
        is_refused(variable, value, expected);
    }
}

#[test]
fn a_database_of_an_unknown_kind_is_refused_by_the_variables_name() {
    is_refused("DATABASE_URL", "mysql://localhost/a", "sqlite:");
}

#[test]
fn an_origin_that_no_browser_sends_is_refused() {
    is_refused(
        "CORS_ALLOWED_ORIGINS",
        "https://ok.example, home.example",
        "origin",
    );
}

#[test]
fn every_mistake_is_told_at_once_by_every_command_that_reads_the_environment() {
    let place = Place::new();
    for arguments in [&["serve"][..], &["migrate"], &["export"], &["index", "."]] {
        let mut command = place.command(arguments);
        command.env("PORT", "x").env("LOG_FORMAT", "y");
        let ended: Ended = command.output().unwrap().into();
        assert_eq!(ended.code, Some(1), "{arguments:?}");
        for part in ["PORT is \"x\"", "LOG_FORMAT is \"y\""] {
            assert!(ended.stderr.contains(part), "{part:?} is not in {}", ended.stderr);
        }
    }
}

#[test]
fn a_password_in_a_url_is_never_shown() {
    let place = Place::new();
    for arguments in [&["serve"][..], &["migrate"]] {
        let mut command = place.command(arguments);
        command.env("DATABASE_URL", "postgres://me:hunter2@127.0.0.1:none/autodex");
        let ended: Ended = command.output().unwrap().into();
        assert_eq!(ended.code, Some(1));
        assert!(!format!("{ended:?}").contains("hunter2"), "{ended:#?}");
    }
}

#[test]
fn the_program_explains_itself_and_exits_with_two_on_bad_use() {
    let place = Place::new();
    let help = place.succeed(&["--help"]).stdout;
    for command in [
        "demo", "serve", "health", "index", "export", "import", "synth", "schema", "migrate",
    ] {
        assert!(help.contains(command), "{command} is not in {help}");
    }
    let version = place.succeed(&["--version"]).stdout;
    assert_eq!(version, format!("autodex {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(place.run(&[]).code, Some(2));
    assert_eq!(place.run(&["nonsense"]).code, Some(2));
    assert_eq!(place.run(&["serve", "--nonsense"]).code, Some(2));
}
