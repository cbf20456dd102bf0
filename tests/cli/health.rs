//! `autodex health`

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::Value;

use crate::support::{Ended, Place, Running};

/// Asks the server on a port.
fn asked(place: &Place, port: u16, arguments: &[&str]) -> Ended {
    let mut command = place.command(&[&["health"], arguments].concat());
    command.env("PORT", port.to_string()).output().unwrap().into()
}

/// Something on a free port that answers one request with just this, or says nothing and keeps the connection.
fn answering(answer: Option<&'static str>) -> (u16, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let length = stream.read(&mut request).unwrap();
        if let Some(answer) = answer {
            stream.write_all(answer.as_bytes()).unwrap();
        } else {
            // Until the other side gives up.
            stream.read_to_end(&mut Vec::new()).ok();
        }
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    (port, serving)
}

#[test]
fn a_server_that_is_well_is_told_by_zero_and_what_it_says() {
    let place = Place::new();
    let mut command = place.command(&["serve"]);
    command.env("PORT", "0").env("LOG_FORMAT", "json");
    let running = Running::start(command);
    let log = running.stderr_until("\"listening\"");
    let line: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    let (_, port) = line["address"].as_str().unwrap().rsplit_once(':').unwrap();
    let port = port.parse().unwrap();

    let health = asked(&place, port, &[]);
    assert_eq!(health.code, Some(0), "{health:#?}");
    let said: Value = serde_json::from_str(&health.stdout).unwrap();
    assert_eq!(
        (&said["status"], &said["version"]),
        (&"ok".into(), &env!("CARGO_PKG_VERSION").into())
    );
    crate::support::until("it is ready", || {
        asked(&place, port, &["--ready"]).code == Some(0)
    });
    let (status, _) = running.stop_by("TERM");
    assert!(status.success());

    let gone = asked(&place, port, &[]);
    assert_eq!(gone.code, Some(1), "{gone:#?}");
    for part in [port.to_string().as_str(), "/health", "HOST, PORT"] {
        assert!(gone.stderr.contains(part), "{part:?} is not in {}", gone.stderr);
    }
}

#[test]
fn a_server_that_is_not_ready_is_told_by_one() {
    let body =
        "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n{\"ready\":false,\"database\":false}";
    let (port, serving) = answering(Some(body));
    let ended = asked(&Place::new(), port, &["--ready"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.contains("\"database\":false"), "{ended:#?}");
    assert!(ended.stderr.contains("503"), "{ended:#?}");
    assert!(serving.join().unwrap().starts_with("GET /ready HTTP/1.1\r\n"));
}

#[test]
fn a_server_that_hangs_is_told_by_one_in_time() {
    let (port, serving) = answering(None);
    let ended = asked(&Place::new(), port, &["--timeout", "1"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("longer than 1 s"), "{ended:#?}");
    assert!(serving.join().unwrap().starts_with("GET /health HTTP/1.1\r\n"));
}

#[test]
fn what_is_no_server_of_ours_is_told() {
    let (port, _serving) = answering(Some("SSH-2.0-OpenSSH_9.2\r\n"));
    let ended = asked(&Place::new(), port, &[]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("no HTTP"), "{ended:#?}");
}
