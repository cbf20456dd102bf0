//! Automatic persisted queries, as Apollo's clients and urql speak them, and trusted documents.

use std::path::PathBuf;

use autodex::persisted::DocumentHash;
use reqwest::header::ACCEPT;
use serde_json::{Value, json};

use crate::support::redis::RedisServer;
use crate::support::{Answer, TestApp, TestDatabase, answer};

const QUERY: &str = "query Q($text: String) { search(text: $text) { total } }";

fn hash(text: &str) -> String {
    DocumentHash::of(text).to_string()
}

fn by_hash(hash: &str) -> Value {
    json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}})
}

fn with_query(hash: &str, query: &str) -> Value {
    let mut body = by_hash(hash);
    body["query"] = json!(query);
    body
}

fn total(answer: &Answer) -> &Value {
    &answer.data()["search"]["total"]
}

#[track_caller]
fn assert_not_found(answer: &Answer) {
    assert_eq!(
        answer.body,
        json!({"errors": [{"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}]})
    );
    assert_eq!(answer.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn a_hash_that_is_not_known_is_registered_with_its_query_and_known_from_then_on() {
    let app = TestApp::with(&[]).await;
    let hash = hash(QUERY);
    assert_not_found(&app.send(by_hash(&hash)).await);
    assert_eq!(total(&app.send(with_query(&hash, QUERY)).await), 0);
    for _ in 0..2 {
        assert_eq!(total(&app.send(by_hash(&hash)).await), 0);
    }
    let mut other_case = by_hash(&hash.to_uppercase());
    other_case["query"] = json!("");
    assert_eq!(total(&app.send(other_case).await), 0);
    let mut with_variables = by_hash(&hash);
    with_variables["variables"] = json!({"text": "lamp"});
    assert_eq!(total(&app.send(with_variables).await), 0);
}

#[tokio::test]
async fn by_get_it_can_be_kept_by_caches_on_the_way() {
    let app = TestApp::with(&[]).await;
    let extensions = by_hash(&hash(QUERY))["extensions"].to_string();
    let get = |query: Option<&'static str>| {
        let request = app.client.get(format!("{}/graphql", app.url)).query(&[
            ("extensions", extensions.as_str()),
            ("variables", "{\"text\":\"x\"}"),
        ]);
        query.map_or(request.try_clone().unwrap(), |query| {
            request.query(&[("query", query)])
        })
    };
    assert_not_found(&answer(get(None)).await);
    assert_eq!(total(&answer(get(Some(QUERY))).await), 0);
    for cached in ["HIT", "HIT"] {
        let answer = answer(get(None)).await;
        assert_eq!(answer.headers["x-cache"], cached);
        assert!(
            answer.headers["cache-control"]
                .to_str()
                .unwrap()
                .starts_with("public, max-age=")
        );
        assert!(answer.headers.contains_key("etag"));
    }
}

#[tokio::test]
async fn a_mutation_that_is_known_does_not_run_by_get() {
    let app = TestApp::with(&[]).await;
    let mutation = "mutation { clearCache { generation } }";
    let hash = hash(mutation);
    // It fits the schema, and is kept, though it is for operators.
    assert_eq!(app.send(with_query(&hash, mutation)).await.error().0, "FORBIDDEN");
    assert_eq!(app.send(by_hash(&hash)).await.error().0, "FORBIDDEN");
    let extensions = by_hash(&hash)["extensions"].to_string();
    let get = app
        .client
        .get(format!("{}/graphql", app.url))
        .query(&[("extensions", extensions)]);
    assert_eq!(answer(get).await.status, 405);
}

#[tokio::test]
async fn only_what_fits_the_schema_is_kept() {
    let app = TestApp::with(&[]).await;
    for wrong in ["{", "{ nothing }", "query Q { search { total } ...F }"] {
        let hash = hash(wrong);
        assert!(
            app.send(with_query(&hash, wrong))
                .await
                .body
                .get("data")
                .is_none(),
            "{wrong}"
        );
        assert_not_found(&app.send(by_hash(&hash)).await);
    }
}

#[tokio::test]
async fn a_hash_of_something_else_is_refused_and_keeps_nothing() {
    let app = TestApp::with(&[]).await;
    let other = hash("{ stats { totalActions } }");
    let refused = app.send(with_query(&other, QUERY)).await;
    assert_eq!(
        (refused.status.as_u16(), refused.error().0),
        (400, "BAD_USER_INPUT")
    );
    assert!(refused.error().1.contains(&other) && refused.error().1.contains(&hash(QUERY)));
    assert_not_found(&app.send(by_hash(&other)).await);
    assert_not_found(&app.send(by_hash(&hash(QUERY))).await);
    for wrong in ["", "abc", &"z".repeat(64)] {
        let refused = app.send(by_hash(wrong)).await;
        assert_eq!(
            (refused.status.as_u16(), refused.error().0),
            (400, "BAD_USER_INPUT"),
            "{wrong}"
        );
    }
    let version = app
        .send(json!({"query": QUERY, "extensions": {"persistedQuery": {"version": 2, "sha256Hash": hash(QUERY)}}}))
        .await;
    assert!(version.error().1.contains("version is 2; expected 1"));
}

#[tokio::test]
async fn not_found_is_told_under_200_to_whoever_takes_plain_json() {
    let app = TestApp::with(&[]).await;
    let unknown = by_hash(&hash("{ a }"));
    let new = "application/graphql-response+json";
    for (accept, status) in [
        ("application/json", 200),
        ("application/graphql-response+json, application/json;q=0.9", 200),
        (new, 400),
    ] {
        let answer = answer(app.post().header(ACCEPT, accept).json(&unknown)).await;
        assert_not_found(&answer);
        assert_eq!(answer.status, status, "{accept}");
        let media = answer.headers["content-type"].to_str().unwrap();
        assert_eq!(media.starts_with(new), status == 400, "{accept}: {media}");
    }
}

#[tokio::test]
async fn in_a_batch_each_request_is_answered_for_itself() {
    let app = TestApp::with(&[]).await;
    let unknown = by_hash(&hash("{ a }"));
    let answer = app.send(json!([with_query(&hash(QUERY), QUERY), unknown])).await;
    assert_eq!(answer.body[0], json!({"data": {"search": {"total": 0}}}));
    assert_eq!(
        answer.body[1]["errors"][0]["extensions"]["code"],
        "PERSISTED_QUERY_NOT_FOUND"
    );
    assert_eq!(total(&app.send(by_hash(&hash(QUERY))).await), 0);
}

#[tokio::test]
async fn where_they_are_switched_off_clients_are_told_to_stop_trying() {
    let app = TestApp::start_with(TestDatabase::sqlite(), &[("PERSISTED_QUERIES_ENABLED", "false")]).await;
    let refused = app.send(by_hash(&hash(QUERY))).await;
    assert_eq!(
        refused.error(),
        ("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")
    );
    assert_eq!(total(&app.send(with_query(&hash(QUERY), QUERY)).await), 0);
    assert_eq!(
        app.send(by_hash(&hash(QUERY))).await.error().0,
        "PERSISTED_QUERY_NOT_SUPPORTED"
    );
}

#[tokio::test]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn instances_share_them_over_redis_and_do_not_believe_what_it_says() {
    let redis = RedisServer::start().await;
    let start = async || {
        let url = redis.url();
        let variables = [
            ("REDIS_ENABLED", "true"),
            ("REDIS_URL", url.as_str()),
            ("REDIS_KEY_PREFIX", "a:"),
            ("PERSISTED_QUERIES_TTL", "100"),
        ];
        TestApp::start_with(TestDatabase::sqlite(), &variables).await
    };
    let (one, two) = (start().await, start().await);
    let known = hash(QUERY);
    assert_eq!(total(&one.send(with_query(&known, QUERY)).await), 0);
    let is_known = async || two.send(by_hash(&known)).await.body.get("data").is_some();
    two.until("the other instance knows it", is_known).await;
    let ttl = redis.command(&["TTL", &format!("a:persisted:{known}")]).await;
    let seconds: i64 = ttl.trim().trim_start_matches(':').parse().unwrap();
    assert!((1..=100).contains(&seconds), "{ttl}");

    // Another text under the name is not run.
    let forged = hash("{ stats { totalActions } }");
    redis
        .command(&["SET", &format!("a:persisted:{forged}"), QUERY])
        .await;
    assert_not_found(&two.send(by_hash(&forged)).await);
}

#[tokio::test]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn while_redis_is_away_an_instance_knows_what_was_registered_with_itself() {
    let mut redis = RedisServer::start().await;
    let url = redis.url();
    let variables = [("REDIS_ENABLED", "true"), ("REDIS_URL", url.as_str())];
    let app = TestApp::start_with(TestDatabase::sqlite(), &variables).await;
    redis.kill();
    let here = hash(QUERY);
    assert_not_found(&app.send(by_hash(&here)).await);
    assert_eq!(total(&app.send(with_query(&here, QUERY)).await), 0);
    assert_eq!(total(&app.send(by_hash(&here)).await), 0);
}

/// A manifest in a file of its own.
fn manifest(content: &Value) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("manifest.json");
    std::fs::write(&path, content.to_string()).unwrap();
    (folder, path)
}

#[tokio::test]
async fn where_documents_are_trusted_no_other_runs() {
    let (_folder, path) = manifest(&json!({
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{"id": hash(QUERY), "name": "Q", "type": "query", "body": QUERY}],
    }));
    let variables = [("TRUSTED_DOCUMENTS", path.to_str().unwrap())];
    let app = TestApp::start_with(TestDatabase::sqlite(), &variables).await;
    assert_eq!(total(&app.send(by_hash(&hash(QUERY))).await), 0);
    assert_eq!(total(&app.send(json!({"query": QUERY})).await), 0);
    assert_eq!(total(&app.send(with_query(&hash(QUERY), QUERY)).await), 0);
    let other = "{ stats { totalActions } }";
    for body in [
        json!({"query": other}),
        json!({"query": "{ __schema { queryType { name } } }"}),
        with_query(&hash(other), other),
        with_query(&hash(QUERY), other),
    ] {
        let refused = app.send(body).await;
        assert_eq!((refused.status.as_u16(), refused.error().0), (403, "FORBIDDEN"));
    }
    assert_not_found(&app.send(by_hash(&hash(other))).await);
}

#[tokio::test]
async fn a_plain_map_will_do_and_its_ids_are_the_tools_own() {
    let (_folder, path) = manifest(&json!({"sha1-or-anything": QUERY}));
    let variables = [("TRUSTED_DOCUMENTS", path.to_str().unwrap())];
    let app = TestApp::start_with(TestDatabase::sqlite(), &variables).await;
    assert_eq!(total(&app.send(by_hash("sha1-or-anything")).await), 0);
}
