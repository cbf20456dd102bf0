//! The cache from outside: what is found again, what is not, and that nothing old ever is.

mod behind;
mod clearing;
mod failures;
mod generations;
mod headers;
mod invalidation;
mod keys;
mod never_stale;
mod runs;
mod sharing;
mod statistics;
mod values;
mod warming;

use autodex::model::{Automation, Repository};
use reqwest::RequestBuilder;
use serde_json::json;

use crate::support::{TestApp, TestDatabase, automation, repository};

/// What an operator's token is in these tests.
const TOKEN: &str = "0123456789abcdef";

/// With an operator, and with hits that are given as they are: as on a server in use.
const PLAIN: [(&str, &str); 2] = [("CACHE_VERIFY", "0.0"), ("ADMIN_TOKEN", TOKEN)];

/// Two repositories with an automation each.
fn two_homes() -> Vec<(Repository, Vec<Automation>)> {
    vec![
        (
            repository("jan/huis", 7),
            vec![automation("Keukenlamp aan", "state", "light.turn_on")],
        ),
        (
            repository("ann/home", 3),
            vec![automation("Wake up", "time", "media_player.play_media")],
        ),
    ]
}

/// A database with the two homes in it.
async fn furnished(database: TestDatabase) -> TestDatabase {
    database.filled(&two_homes()).await
}

/// A server over the two homes, in SQLite and memory.
async fn start(variables: &[(&str, &str)]) -> TestApp {
    let variables = [&PLAIN[..], variables].concat();
    TestApp::start_with(furnished(TestDatabase::sqlite()).await, &variables).await
}

/// The `X-Cache` of the answer to a request.
async fn x_cache(request: RequestBuilder) -> String {
    header(request, "x-cache").await
}

async fn header(request: RequestBuilder, name: &str) -> String {
    let response = request.send().await.unwrap();
    assert!(response.status().is_success(), "{}", response.status());
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
        .to_owned()
}

/// The `X-Cache` of the answer to a query.
async fn asked(app: &TestApp, query: &str) -> String {
    x_cache(app.post().json(&json!({"query": query}))).await
}

/// An operator's request to clear.
fn clear(app: &TestApp, body: &'static str) -> RequestBuilder {
    app.client
        .post(format!("{}/api/v1/admin/cache/clear", app.url))
        .bearer_auth(TOKEN)
        .body(body)
}
