//! Compressed answers.

use std::io::Read;

use reqwest::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::json;

use crate::support::{TestApp, TestDatabase, two_homes};

const CODINGS: [&str; 3] = ["br", "zstd", "gzip"];

/// A query whose answer is some kilobytes long.
fn long_query() -> String {
    let field = |page: usize| {
        format!("the_page_numbered_{page}: search(page: {page}) {{ total page perPage pageCount }}")
    };
    let fields: Vec<String> = (1..=20).map(field).collect();
    format!("{{ {} }}", fields.join(" "))
}

fn get(app: &TestApp, query: &str, accept_encoding: &str) -> RequestBuilder {
    let request = app
        .client
        .get(format!("{}/graphql", app.url))
        .query(&[("query", query)]);
    request.header(ACCEPT_ENCODING, accept_encoding)
}

async fn unpacked(response: Response) -> Vec<u8> {
    let coding = response
        .headers()
        .get("content-encoding")
        .map(|it| it.to_str().unwrap().to_owned());
    let bytes = response.bytes().await.unwrap();
    let mut out = Vec::new();
    let read = match coding.as_deref() {
        None => return bytes.to_vec(),
        Some("br") => brotli::Decompressor::new(&*bytes, 4_096).read_to_end(&mut out),
        Some("zstd") => zstd::stream::read::Decoder::new(&*bytes)
            .unwrap()
            .read_to_end(&mut out),
        Some("gzip") => flate2::read::GzDecoder::new(&*bytes).read_to_end(&mut out),
        Some(other) => panic!("{other}"),
    };
    read.unwrap();
    out
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn an_answer_goes_out_as_its_client_takes_it_and_is_the_same_answer() {
    let app = TestApp::start_with(TestDatabase::sqlite(), &[("CACHE_VERIFY", "0.0")]).await;
    let query = long_query();
    let plain = get(&app, &query, "identity").send().await.unwrap();
    assert_eq!(header(&plain, "content-encoding"), "");
    let expected = unpacked(plain).await;
    assert!(expected.len() > 1_024);
    for coding in CODINGS {
        for _ in 0..2 {
            let response = get(&app, &query, coding).send().await.unwrap();
            assert_eq!(header(&response, "content-encoding"), coding);
            assert_eq!(header(&response, "x-cache"), "HIT");
            assert!(header(&response, "vary").contains("accept-encoding"));
            assert_eq!(
                header(&response, "content-type"),
                "application/json; charset=utf-8"
            );
            assert!(response.content_length().unwrap() < expected.len() as u64 / 2);
            assert_eq!(unpacked(response).await, expected);
        }
    }
    let browser = get(&app, &query, "gzip, deflate, br, zstd").send().await.unwrap();
    assert_eq!(header(&browser, "content-encoding"), "br");
}

#[tokio::test]
async fn each_form_has_a_tag_of_its_own_and_each_tag_is_known_again() {
    let app = TestApp::start_with(TestDatabase::sqlite(), &[("CACHE_VERIFY", "0.0")]).await;
    let query = long_query();
    let mut tags = Vec::new();
    for coding in ["identity", "br", "zstd", "gzip"] {
        let response = get(&app, &query, coding).send().await.unwrap();
        tags.push(header(&response, "etag").to_owned());
    }
    let plain = tags[0].trim_matches('"').to_owned();
    let expected = [
        plain.clone(),
        format!("{plain}-br"),
        format!("{plain}-zstd"),
        format!("{plain}-gzip"),
    ];
    assert_eq!(tags, expected.map(|tag| format!("\"{tag}\"")));
    for (coding, tag) in [("br", &tags[1]), ("gzip", &tags[3]), ("identity", &tags[0])] {
        let held = get(&app, &query, coding)
            .header(IF_NONE_MATCH, tag)
            .send()
            .await
            .unwrap();
        assert_eq!(held.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&held, "etag"), tag);
        assert_eq!(header(&held, "content-encoding"), "");
        assert!(held.bytes().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_never_kept_is_compressed_too_and_what_is_small_is_not() {
    let app = TestApp::with(&two_homes()).await;
    let introspection = "{ __schema { types { name description fields { name description } } } }";
    let long = app
        .post()
        .header(ACCEPT_ENCODING, "gzip")
        .json(&json!({"query": introspection}));
    let batch = app
        .post()
        .header(ACCEPT_ENCODING, "br")
        .json(&json!([{"query": long_query()}, {"query": long_query()}]));
    let schema = app
        .client
        .get(format!("{}/schema.graphql", app.url))
        .header(ACCEPT_ENCODING, "zstd");
    for (request, coding, begins) in [
        (long, "gzip", "{\"data\""),
        (batch, "br", "[{"),
        (schema, "zstd", "\"\"\""),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(header(&response, "content-encoding"), coding);
        let text = String::from_utf8(unpacked(response).await).unwrap();
        assert!(text.starts_with(begins), "{text}");
    }
    let small = get(&app, "{ search { total } }", "br").send().await.unwrap();
    assert_eq!(header(&small, "content-encoding"), "");
}
