//! Connections: what is spoken on them, and how long a client may hold on to one.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{TestApp, TestDatabase};

/// How long the server has for what it is to do after a second.
const PATIENCE: Duration = Duration::from_secs(20);

async fn connect(app: &TestApp) -> TcpStream {
    TcpStream::connect(app.url.trim_start_matches("http://"))
        .await
        .unwrap()
}

async fn start(variable: &str) -> TestApp {
    TestApp::start_with(TestDatabase::sqlite(), &[(variable, "1")]).await
}

/// All that comes until the server closes the connection, which it must.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text)).await;
    match read.expect("the server closes the connection") {
        Ok(_) => {}
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
    }
    String::from_utf8(text).unwrap()
}

/// One answer, of a `Content-Length`.
async fn one_answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut bytes = [0; 4_096];
    loop {
        let length = stream.read(&mut bytes).await.unwrap();
        assert_ne!(length, 0, "the server closes the connection after {text:?}");
        text.push_str(std::str::from_utf8(&bytes[..length]).unwrap());
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let told = head
            .to_lowercase()
            .split_once("content-length: ")
            .unwrap()
            .1
            .to_owned();
        let told: usize = told
            .split_once("\r\n")
            .map_or(told.as_str(), |it| it.0)
            .parse()
            .unwrap();
        if body.len() >= told {
            return text;
        }
    }
}

#[tokio::test]
async fn a_connection_is_kept_for_further_requests_until_it_is_idle_for_too_long() {
    let app = start("HTTP_IDLE_TIMEOUT").await;
    let mut stream = connect(&app).await;
    for _ in 0..3 {
        stream
            .write_all(b"GET /ready HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        assert!(one_answer(&mut stream).await.starts_with("HTTP/1.1 200 "));
    }
    assert_eq!(until_closed(&mut stream).await, "");
}

#[tokio::test]
async fn a_head_that_does_not_come_or_comes_in_drops_ends_the_connection() {
    let app = start("HTTP_HEAD_TIMEOUT").await;
    let mut silent = connect(&app).await;
    assert_eq!(until_closed(&mut silent).await, "");

    let stream = connect(&app).await;
    let (mut reading, mut writing) = stream.into_split();
    let dripping = tokio::spawn(async move {
        writing.write_all(b"GET /ready HTTP/1.1\r\nx: ").await.unwrap();
        while writing.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let mut answer = Vec::new();
    // An error is as good an end as any.
    drop(
        tokio::time::timeout(PATIENCE, reading.read_to_end(&mut answer))
            .await
            .expect("it ends"),
    );
    tokio::time::timeout(PATIENCE, dripping)
        .await
        .expect("it ends")
        .unwrap();
    // The server has not suffered.
    assert_eq!(app.get("/ready").await.status(), 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_408() {
    let app = start("HTTP_BODY_TIMEOUT").await;
    let mut stream = connect(&app).await;
    let head =
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = until_closed(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        answer.contains("\"TIMEOUT\"") && answer.contains("within 1 seconds"),
        "{answer}"
    );
}

#[tokio::test]
async fn who_may_not_clear_is_told_so_before_a_body_is_waited_for() {
    let app = start("HTTP_BODY_TIMEOUT").await;
    let mut stream = connect(&app).await;
    let head = "POST /api/v1/admin/cache/clear HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    let told = tokio::time::timeout(PATIENCE, stream.read_exact(&mut answer)).await;
    told.expect("it is answered").unwrap();
    assert_eq!(&answer, b"HTTP/1.1 403");
}

#[tokio::test]
async fn http2_is_spoken_on_the_same_port() {
    let app = TestApp::with(&[]).await;
    let client = reqwest::Client::builder()
        .http2_prior_knowledge()
        .build()
        .unwrap();
    let ask = || {
        let request = client.post(format!("{}/graphql", app.url));
        request.json(&json!({"query": "{ search { total } }"})).send()
    };
    let (one, two) = tokio::join!(ask(), ask());
    for response in [one.unwrap(), two.unwrap()] {
        assert_eq!(response.version(), reqwest::Version::HTTP_2);
        assert_eq!(
            response.text().await.unwrap(),
            r#"{"data":{"search":{"total":0}}}"#
        );
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let app = TestApp::with(&[]).await;
    let mut stream = connect(&app).await;
    let head = format!(
        "GET /ready HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
        "x".repeat(100_000)
    );
    // The server may close before it has taken all of it.
    drop(stream.write_all(head.as_bytes()).await);
    let answer = until_closed(&mut stream).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431 "),
        "{answer}"
    );
}
