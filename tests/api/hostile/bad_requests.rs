//! A corpus of bad requests: each with the status and the code it is answered, none with a word of what is inside, and
//! after all of them the server is as it was.

use reqwest::Method;
use serde_json::{Value, json};

use super::bad_bodies;
use crate::support::{TestApp, TestDatabase, answer, two_homes};

/// The header of a client that goes by the status.
const ACCEPT: (&str, &str) = ("accept", "application/graphql-response+json");

/// Words that tell of the inside.
const TELLING: [&str; 13] = [
    "panicked",
    "src/",
    ".rs",
    "sqlx",
    "sea_orm",
    "sqlite",
    "postgres",
    "tokio",
    "serde",
    "thread",
    "/root",
    "backtrace",
    "rustc",
];

#[track_caller]
fn tells_nothing(of: &str, body: &Value) {
    let errors = body["errors"].to_string().to_lowercase();
    for word in TELLING {
        assert!(!errors.contains(word), "{word:?} in {errors} for {of}");
    }
}

#[tokio::test]
async fn every_bad_body_has_its_status_and_its_code() {
    let app = TestApp::with(&two_homes()).await;
    for (body, status, code) in bad_bodies::all() {
        let shown: String = body.to_string().chars().take(120).collect();
        let request = app.post().header("accept", "application/graphql-response+json");
        let answer = answer(request.json(&body)).await;
        let found = answer.body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or("none");
        assert_eq!(
            (answer.status.as_u16(), found),
            (status, code),
            "{shown}: {:#}",
            answer.body
        );
        assert_eq!(answer.body.get("data").is_some(), status == 294, "{shown}");
        assert!(answer.headers.contains_key("x-request-id"), "{shown}");
        tells_nothing(&shown, &answer.body);
    }
    assert_eq!(
        app.query("{ search { total } }").await.data()["search"]["total"],
        4
    );
}

/// Bytes that are sent as they are, with their media type, and the status they get.
fn raw_bodies() -> Vec<(&'static str, Vec<u8>, u16)> {
    let json = "application/json";
    vec![
        (json, Vec::new(), 400),
        (json, b"\xff\xfe\x00".to_vec(), 400),
        (json, b"{\"query\": \"\xff\"}".to_vec(), 400),
        (json, b"{\"query\": \"{ __typename }\"".to_vec(), 400),
        (json, b"{\"query\": \"{ __typename }\"} trailing".to_vec(), 400),
        (
            json,
            b"{\"query\": \"{ __typename }\", \"query\": \"{ __typename }\"}".to_vec(),
            400,
        ),
        (json, b"{\"query\": \"\\ud800\"}".to_vec(), 400),
        (json, "[".repeat(100_000).into_bytes(), 400),
        (json, "{\"a\":".repeat(40_000).into_bytes(), 400),
        (json, vec![b' '; 1 << 20], 413),
        ("text/plain", b"{ __typename }".to_vec(), 415),
        ("application/xml", b"<query/>".to_vec(), 415),
        ("multipart/form-data; boundary=x", b"--x--".to_vec(), 415),
        ("", b"{}".to_vec(), 415),
    ]
}

#[tokio::test]
async fn every_bad_byte_sequence_has_its_status() {
    let app = TestApp::with(&two_homes()).await;
    for (media, bytes, status) in raw_bodies() {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(60)]).into_owned();
        let answer = answer(app.post().header("content-type", media).body(bytes)).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "{media} {shown}: {:#}",
            answer.body
        );
        assert_eq!(answer.error().0, "BAD_USER_INPUT", "{media} {shown}");
        tells_nothing(&shown, &answer.body);
    }
}

#[tokio::test]
async fn every_bad_url_and_header_is_answered_as_a_mistake_of_the_clients() {
    let app = TestApp::with(&two_homes()).await;
    let ok = "/graphql?query=%7B__typename%7D";
    let long = format!("/graphql?query={}", "a".repeat(20_000));
    for (method, path, header) in [
        (Method::GET, "/graphql", ACCEPT),
        (Method::GET, "/graphql?query=%ff%fe", ACCEPT),
        (
            Method::GET,
            "/graphql?query=%7B__typename%7D&variables=%5B",
            ACCEPT,
        ),
        (
            Method::GET,
            "/graphql?query=mutation%7BclearCache%7Bgeneration%7D%7D",
            ACCEPT,
        ),
        (Method::GET, &long, ACCEPT),
        (Method::DELETE, ok, ACCEPT),
        (Method::PUT, ok, ACCEPT),
        (Method::GET, "/../../etc/passwd", ACCEPT),
        (Method::GET, "/graphql/", ACCEPT),
        (
            Method::GET,
            "/api/v1/admin/cache/stats",
            ("authorization", "Bearer wrong"),
        ),
        (
            Method::POST,
            "/api/v1/admin/cache/clear",
            ("authorization", "Basic \u{ff}"),
        ),
    ] {
        let value = reqwest::header::HeaderValue::from_bytes(header.1.as_bytes()).unwrap();
        let request = app.client.request(method.clone(), format!("{}{path}", app.url));
        let response = request.header(header.0, value).send().await.unwrap();
        let status = response.status();
        assert!(status.is_client_error(), "{method} {path}: {status}");
        let text = response.text().await.unwrap();
        let body: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{method} {path}: {text}"));
        tells_nothing(path, &body);
    }
    let response = app.get(ok).await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn headers_that_make_no_sense_change_nothing() {
    let app = TestApp::start_with(
        TestDatabase::sqlite().filled(&two_homes()).await,
        &[("RATELIMIT_ENABLED", "true"), ("TRUSTED_PROXIES", "127.0.0.1")],
    )
    .await;
    for (name, value) in [
        ("x-forwarded-for", ",,,,"),
        ("x-forwarded-for", "not an address, 1.2.3.4.5, [::1"),
        ("x-forwarded-for", "::ffff:300.1.1.1"),
        ("forwarded", "for=\"[::1\";;;by=,for="),
        ("forwarded", "for=\"\\\"\""),
        ("if-none-match", "\"\"\"\"\",W/"),
        ("x-request-id", "<script>"),
        ("authorization", "Bearer"),
        ("origin", "null"),
    ] {
        let request = app
            .post()
            .header(name, value)
            .json(&json!({"query": "{ search { total } }"}));
        let answer = answer(request).await;
        assert_eq!(answer.data()["search"]["total"], 4, "{name}: {value}");
    }
}
