//! The smallest client: one request a connection.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long anything that is to come may take to come, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Asks the server at an address (`127.0.0.1:8000`) a GraphQL query and gives the whole answer.
pub(crate) fn ask(address: &str, query: &str) -> Value {
    let body = json!({"query": query}).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    serde_json::from_str(&exchange(address, &format!("{head}{body}"))).unwrap()
}

/// The body of a page.
pub(crate) fn ask_at(address: &str, path: &str) -> String {
    exchange(
        address,
        &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"),
    )
}

/// Asks until the answer is as it should be.
#[track_caller]
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until the server at an address has loaded its catalog.
#[track_caller]
pub(crate) fn until_ready(address: &str) {
    until("the server is ready", || {
        ask_at(address, "/ready").contains("\"ready\":true")
    });
}

fn exchange(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (_, body) = response.split_once("\r\n\r\n").unwrap();
    body.to_owned()
}
