//! A server under test, and a client that speaks to it.

use std::sync::Arc;
use std::time::Duration;

use autodex::app::App;
use autodex::cache::{Cache, CacheEvent, Kind, Traffic};
use autodex::config::{Config, Environment};
use autodex::db::{Database, SyncOutcome};
use autodex::model::{Automation, Repository};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::database::{TestDatabase, sync};

/// How long anything that is to come may take to come, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running server. Stopped when dropped; [`TestApp::stop`] stops it and waits.
pub(crate) struct TestApp {
    pub(crate) url: String,
    pub(crate) client: Client,
    /// The server's own pool, to write to the database and to count statements.
    pub(crate) database: Database,
    cache: Arc<Cache>,
    shutdown: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    test_database: TestDatabase,
}

/// What a GraphQL request was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The data, when there was no error.
    #[track_caller]
    pub(crate) fn data(&self) -> &Value {
        assert_eq!(
            self.body.get("errors"),
            None,
            "there are errors in {:#}",
            self.body
        );
        &self.body["data"]
    }

    /// Code and message of the only error.
    #[track_caller]
    pub(crate) fn error<'a>(&'a self) -> (&'a str, &'a str) {
        let errors = self.body["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("no errors in {:#}", self.body));
        assert_eq!(errors.len(), 1, "one error is expected in {:#}", self.body);
        let text = |value: &'a Value| {
            value
                .as_str()
                .unwrap_or_else(|| panic!("no text in {:#}", self.body))
        };
        (
            text(&errors[0]["extensions"]["code"]),
            text(&errors[0]["message"]),
        )
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let counts = self.cache.counts();
        for kind in Kind::ALL {
            let mismatches = counts.of(kind, Traffic::User, CacheEvent::VerifyMismatch);
            assert_eq!(
                mismatches, 0,
                "cached answers that differ from fresh ones: {kind:?}"
            );
        }
    }
}

impl TestApp {
    /// A server over a database, with nothing set in its environment but what is given.
    pub(crate) async fn start_with(test_database: TestDatabase, variables: &[(&str, &str)]) -> Self {
        Self::start_changed(test_database, variables, |_| {}).await
    }

    /// The same with settings changed that no variable sets.
    pub(crate) async fn start_changed(
        test_database: TestDatabase,
        variables: &[(&str, &str)],
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let mut all = vec![("DATABASE_URL", test_database.url.as_str()), ("PORT", "0")];
        all.extend([("CATALOG_POLL_INTERVAL_MS", "20"), ("SHUTDOWN_TIMEOUT", "20")]);
        // Nothing is asked but by the test, and every hit is compared with a fresh answer.
        all.extend([
            ("CACHE_WARM_OPERATIONS", "0"),
            ("CACHE_VERIFY", "1.0"),
            ("RATELIMIT_ENABLED", "false"),
        ]);
        all.extend_from_slice(variables);
        let mut config = Config::read(&Environment::of(all)).unwrap();
        change(&mut config);
        let app = App::build(config).await.unwrap();
        let (database, cache) = (app.database().clone(), app.cache().clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (shutdown, told) = oneshot::channel::<()>();
        let serving = tokio::spawn(app.serve(listener, async move { drop(told.await) }));
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let app = Self {
            url,
            client,
            database,
            cache,
            shutdown: Some(shutdown),
            serving,
            test_database,
        };
        app.until_ready().await;
        app
    }

    /// A server over a database.
    pub(crate) async fn start(test_database: TestDatabase) -> Self {
        Self::start_with(test_database, &[]).await
    }

    /// A server over a SQLite database with these repositories in it.
    pub(crate) async fn with(content: &[(Repository, Vec<Automation>)]) -> Self {
        Self::start(TestDatabase::sqlite().filled(content).await).await
    }

    /// The URL of its database, for whoever else is to open it.
    pub(crate) fn database_url(&self) -> &str {
        &self.test_database.url
    }

    /// Writes what a repository holds, and waits until the server answers from it.
    pub(crate) async fn write(&self, repository: &Repository, automations: &[Automation]) -> SyncOutcome {
        let outcome = sync(&self.database, repository, automations).await;
        self.until_current().await;
        outcome
    }

    async fn until_ready(&self) {
        self.until("the server is ready", async || {
            self.get("/ready").await.status() == 200
        })
        .await;
    }

    /// Waits until something is so.
    pub(crate) async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let waited = tokio::time::timeout(PATIENCE, async {
            while !is_so().await {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        assert!(waited.await.is_ok(), "in vain: {what}");
    }

    /// Waits until the server answers from the newest data.
    pub(crate) async fn until_current(&self) {
        let version = self.database.state().await.unwrap().data_version;
        self.until("the catalog is level with the database", async || {
            let health: Value = self.get("/health").await.json().await.unwrap();
            health["dataVersion"] == json!(version)
        })
        .await;
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.client
            .get(format!("{}{path}", self.url))
            .send()
            .await
            .unwrap()
    }

    /// Begins a `POST /graphql`.
    pub(crate) fn post(&self) -> RequestBuilder {
        self.client.post(format!("{}/graphql", self.url))
    }

    /// Asks a query.
    pub(crate) async fn query(&self, query: &str) -> Answer {
        self.send(json!({"query": query})).await
    }

    /// Asks with whatever body.
    pub(crate) async fn send(&self, body: Value) -> Answer {
        answer(self.post().json(&body)).await
    }

    /// Asks a query and gives the answer's text as it came.
    pub(crate) async fn text(&self, query: &str) -> String {
        let response = self.post().json(&json!({"query": query})).send().await.unwrap();
        response.text().await.unwrap()
    }

    /// Tells the server to stop, and returns at once.
    pub(crate) fn tell_to_stop(&mut self) {
        drop(self.shutdown.take());
    }

    /// Tells the server to stop and waits until it has; gives its database back.
    pub(crate) async fn stop(mut self) -> TestDatabase {
        self.tell_to_stop();
        let ended = tokio::time::timeout(PATIENCE, &mut self.serving).await;
        ended.expect("the server stops in time").unwrap();
        self.test_database.twin()
    }
}

/// Sends a request and reads its answer as JSON.
pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text:?}"));
    Answer {
        status,
        headers,
        body,
    }
}
