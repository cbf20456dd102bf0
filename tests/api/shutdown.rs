//! Ending well: what is in flight is answered, nothing new is taken, and it ends in time.

use std::io::Write;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{TestApp, TestDatabase, two_homes};

const BODY: &str = r#"{"query": "{ search { total results { alias } } }"}"#;

async fn connect(app: &TestApp) -> std::io::Result<TcpStream> {
    TcpStream::connect(app.url.trim_start_matches("http://")).await
}

/// Sends a request but for the last bytes of its body, and waits until the server has begun to read it.
async fn begin_request(app: &TestApp) -> TcpStream {
    let mut stream = connect(app).await.unwrap();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         expect: 100-continue\r\n\r\n",
        BODY.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server says `100 Continue` when its handler asks for the body: from here on the request is in flight.
    let mut continued = [0; 25];
    stream.read_exact(&mut continued).await.unwrap();
    assert!(continued.starts_with(b"HTTP/1.1 100 "), "{continued:?}");
    stream
        .write_all(&BODY.as_bytes()[..BODY.len() - 5])
        .await
        .unwrap();
    stream
}

async fn until_refusing(app: &TestApp) {
    app.until("new connections are refused", async || {
        connect(app).await.is_err()
    })
    .await;
}

#[tokio::test]
async fn a_request_in_flight_is_answered_and_a_new_connection_is_refused() {
    let mut app = TestApp::with(&two_homes()).await;
    let mut stream = begin_request(&app).await;
    app.tell_to_stop();
    until_refusing(&app).await;
    stream
        .write_all(&BODY.as_bytes()[BODY.len() - 5..])
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.contains("\"total\":4") && answer.contains("Porch"),
        "{answer}"
    );
    app.stop().await;
}

const REQUEST: &[u8] = b"GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: test\r\naccept: */*\r\n\r\n";

/// All that comes until the server closes the connection: one answer, which says that it is the last.
async fn last_answer(mut stream: TcpStream) {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(
        answer.ends_with("{\"data\":{\"__typename\":\"Query\"}}"),
        "{answer}"
    );
}

/// Sends a request at once, without a moment in which the server could do anything: it has this very thread.
fn send_at_once(stream: &TcpStream) {
    assert_eq!(stream.try_write(REQUEST).unwrap(), REQUEST.len());
}

#[tokio::test]
async fn requests_that_wait_to_be_taken_when_it_is_told_to_stop_are_answered() {
    let mut app = TestApp::with(&two_homes()).await;
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            // Nothing is awaited here either: the system lets them in, the server cannot take them yet.
            let mut stream = std::net::TcpStream::connect(app.url.trim_start_matches("http://")).unwrap();
            stream.write_all(REQUEST).unwrap();
            stream.set_nonblocking(true).unwrap();
            TcpStream::from_std(stream).unwrap()
        })
        .collect();
    app.tell_to_stop();
    for stream in waiting {
        last_answer(stream).await;
    }
    app.stop().await;
}

#[tokio::test]
async fn requests_that_came_unread_on_connections_new_or_kept_when_it_is_told_to_stop_are_answered() {
    let mut app = TestApp::with(&two_homes()).await;
    let new = connect(&app).await.unwrap();
    // Connections are taken in their order: when this one is answered, the other is taken.
    let mut kept = connect(&app).await.unwrap();
    kept.write_all(REQUEST).await.unwrap();
    let mut first = [0; 4_096];
    let length = kept.read(&mut first).await.unwrap();
    let first = String::from_utf8_lossy(&first[..length]);
    assert!(
        first.contains("__typename") && !first.contains("connection: close"),
        "{first}"
    );
    send_at_once(&new);
    send_at_once(&kept);
    app.tell_to_stop();
    last_answer(new).await;
    last_answer(kept).await;
    app.stop().await;
}

#[tokio::test]
async fn who_connected_before_it_was_told_to_stop_may_ask_for_a_moment_after() {
    let mut app = TestApp::with(&two_homes()).await;
    let stream = connect(&app).await.unwrap();
    app.tell_to_stop();
    until_refusing(&app).await;
    send_at_once(&stream);
    last_answer(stream).await;
    app.stop().await;
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_hold_it_up_for_ever() {
    let database = TestDatabase::sqlite().filled(&two_homes()).await;
    let mut app = TestApp::start_with(database, &[("SHUTDOWN_TIMEOUT", "0")]).await;
    let _unfinished = begin_request(&app).await;
    app.tell_to_stop();
    // Waits for the server to end, and fails where it does not.
    app.stop().await;
}

#[tokio::test]
async fn idle_connections_do_not_hold_it_up() {
    let app = TestApp::with(&two_homes()).await;
    // One that has said nothing, and one kept alive after its answer by the client's pool.
    let _silent = connect(&app).await.unwrap();
    app.query("{ search { total } }").await.data();
    app.stop().await;
}

#[tokio::test]
async fn its_data_is_there_for_the_next_server() {
    let app = TestApp::with(&two_homes()).await;
    let before = app
        .text("{ search { total results { id indexedAt } } stats { dataVersion updatedAt } }")
        .await;
    let app = TestApp::start(app.stop().await).await;
    let after = app
        .text("{ search { total results { id indexedAt } } stats { dataVersion updatedAt } }")
        .await;
    assert_eq!(after, before);
}
