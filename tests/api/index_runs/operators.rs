//! Runs over GraphQL, and on a schedule: who may start them, what is told of them, and when their changes are seen.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::github::{FakeGithub, Fault, Repo};
use crate::support::{Answer, TestApp, TestDatabase, answer, on_both_databases};

const TOKEN: &str = "correct horse battery";

async fn start(database: TestDatabase, github: &FakeGithub, more: &[(&str, &str)]) -> TestApp {
    let mut variables = vec![("ADMIN_TOKEN", TOKEN), ("GITHUB_API_URL", github.url.as_str())];
    variables.extend_from_slice(more);
    TestApp::start_with(database, &variables).await
}

async fn operate(app: &TestApp, mutation: &str) -> Answer {
    let query = format!("mutation {{ {mutation} }}");
    answer(app.post().bearer_auth(TOKEN).json(&json!({"query": query}))).await
}

async fn last_run(app: &TestApp) -> Value {
    let query = "{ indexRuns(last: 1) { id source startedBy status requested startedAt finishedAt repositoriesFound
        repositoriesUnchanged repositoriesIndexed repositoriesRemoved repositoriesFailed repositoriesLeft automationsAdded
        downloads requests errors { repository message } message } }";
    app.query(query).await.data()["indexRuns"][0].clone()
}

async fn until_ended(app: &TestApp) -> Value {
    app.until("the run ends", async || {
        last_run(app).await["status"] != "RUNNING"
    })
    .await;
    last_run(app).await
}

async fn total(app: &TestApp) -> Value {
    app.query("{ search { total } }").await.data()["search"]["total"].clone()
}

on_both_databases! {
    async fn an_operator_starts_a_run_over_all_and_what_it_found_is_searched(database: TestDatabase) {
        let github = FakeGithub::start(["jan/a", "jan/b", "jan/c"].map(Repo::new)).await;
        github.world().fault("/jan/c/tarball/", 9, Fault::status(404));
        let app = start(database, &github, &[]).await;
        let begun = operate(&app, "startIndexRun { id status startedBy requested finishedAt }").await;
        let expected = json!({"id": "1", "status": "RUNNING", "startedBy": "OPERATOR", "requested": [], "finishedAt": null});
        assert_eq!(begun.data()["startIndexRun"], expected);
        let run = until_ended(&app).await;
        assert_eq!(run["status"], "PARTIAL", "{run:#}");
        assert_eq!((&run["repositoriesFound"], &run["repositoriesIndexed"]), (&json!(3), &json!(2)));
        assert_eq!(run["errors"][0]["repository"], "jan/c");
        assert!(run["finishedAt"].is_string());
        app.until("what was found is searched", async || total(&app).await == 2).await;
    }

    async fn by_name_only_those_are_indexed(database: TestDatabase) {
        let github = FakeGithub::start(["jan/a", "jan/b"].map(Repo::new)).await;
        let app = start(database, &github, &[]).await;
        operate(&app, "startIndexRun(repositories: [\"jan/b\"]) { id }").await.data();
        let run = until_ended(&app).await;
        assert_eq!((&run["status"], &run["requested"]), (&json!("COMPLETED"), &json!(["jan/b"])));
        app.until("it is searched", async || total(&app).await == 1).await;
    }

    async fn one_runs_at_a_time_over_all_instances(database: TestDatabase) {
        let github = FakeGithub::start([Repo::new("jan/a")]).await;
        github.world().fault("/archive/", 1, Fault::StallAfter(10));
        let twin = database.twin();
        let (one, other) = (start(database, &github, &[]).await, start(twin, &github, &[]).await);
        operate(&one, "startIndexRun { id }").await.data();
        for app in [&one, &other] {
            let refused = operate(app, "startIndexRun { id }").await;
            let (code, message) = refused.error();
            assert_eq!(code, "BAD_USER_INPUT");
            assert!(message.starts_with("index run 1 is under way since 2"), "{message}");
        }
        assert_eq!(last_run(&other).await["status"], "RUNNING");
        one.until("it waits for the archive", async || github.asked_for("/archive/") > 0)
            .await;
        // The first is told to stop, writes down that it did, and leaves the other free to go on.
        one.stop().await;
        assert_eq!(last_run(&other).await["status"], "INTERRUPTED");
        operate(&other, "startIndexRun { id }").await.data();
        let run = until_ended(&other).await;
        assert_eq!((&run["id"], &run["status"]), (&json!("2"), &json!("COMPLETED")));
    }

    async fn an_operator_takes_a_repository_out_at_once(database: TestDatabase) {
        let github = FakeGithub::start(["jan/a", "jan/b"].map(Repo::new)).await;
        let app = start(database, &github, &[]).await;
        operate(&app, "startIndexRun { id }").await.data();
        until_ended(&app).await;
        app.until_current().await;
        assert_eq!(total(&app).await, 2);
        let removed = operate(&app, "removeRepository(owner: \"JAN\", name: \"A\")").await;
        assert_eq!(removed.data()["removeRepository"], true);
        assert_eq!(total(&app).await, 1, "without waiting for anything");
        let again = operate(&app, "removeRepository(owner: \"jan\", name: \"a\")").await;
        assert_eq!(again.data()["removeRepository"], false);
    }

    async fn a_renamed_repository_is_found_by_its_new_name(database: TestDatabase) {
        let github = FakeGithub::start([Repo::new("jan/a")]).await;
        let app = start(database, &github, &[]).await;
        operate(&app, "startIndexRun { id }").await.data();
        until_ended(&app).await;
        github.world().repo("jan/a").rename("jan/z");
        operate(&app, "startIndexRun { id }").await.data();
        until_ended(&app).await;
        app.until_current().await;
        let query = "{ search(filter: {repositories: [\"jan/z\"]}) { total results { repository { fullName url } } }
            old: repository(owner: \"jan\", name: \"a\") { stars } facets { repositories { values { value } } } }";
        let found = app.query(query).await;
        assert_eq!(found.data()["search"]["results"][0]["repository"]["fullName"], "jan/z");
        assert_eq!(found.data()["old"], Value::Null);
        assert_eq!(found.data()["facets"]["repositories"]["values"], json!([{"value": "jan/z"}]));
    }

    async fn on_a_schedule_changes_come_by_themselves(database: TestDatabase) {
        let github = FakeGithub::start([Repo::new("jan/a")]).await;
        let app = start(database, &github, &[("INDEX_INTERVAL", "1")]).await;
        app.until("the first run", async || total(&app).await == 1).await;
        github.world().add(Repo::new("jan/b"));
        app.until("a later run", async || total(&app).await == 2).await;
        github.world().repo("jan/a").topics.clear();
        app.until("another", async || total(&app).await == 1).await;
        let run = until_ended(&app).await;
        assert_eq!((&run["source"], &run["startedBy"]), (&json!("GITHUB"), &json!("SCHEDULE")));
    }
}

#[tokio::test]
async fn two_instances_on_a_schedule_do_not_run_twice_as_often() {
    let github = FakeGithub::start([Repo::new("jan/a")]).await;
    let database = TestDatabase::sqlite();
    let twin = database.twin();
    let often = [("INDEX_INTERVAL", "1")];
    let one = start(database, &github, &often).await;
    let other = start(twin, &github, &often).await;
    let starts = async || {
        let runs = other.query("{ indexRuns { startedAt } }").await;
        let runs = runs.data()["indexRuns"].as_array().unwrap().clone();
        let time = |run: &Value| {
            run["startedAt"]
                .as_str()
                .unwrap()
                .parse::<DateTime<Utc>>()
                .unwrap()
        };
        runs.iter().map(time).collect::<Vec<_>>()
    };
    one.until("several runs", async || starts().await.len() >= 5)
        .await;
    // The newest comes first.
    for pair in starts().await.windows(2) {
        let apart = pair[0] - pair[1];
        assert!(apart >= TimeDelta::seconds(1), "{apart}");
    }
}

#[tokio::test]
async fn only_operators_start_runs_and_take_repositories_out() {
    let github = FakeGithub::start([Repo::new("jan/a")]).await;
    let app = start(TestDatabase::sqlite(), &github, &[]).await;
    for (field, mutation) in [
        ("startIndexRun", "mutation { startIndexRun { id } }"),
        (
            "removeRepository",
            "mutation { removeRepository(owner: \"jan\", name: \"a\") }",
        ),
    ] {
        let refused = app.query(mutation).await;
        assert_eq!(refused.error().0, "FORBIDDEN");
        assert!(refused.error().1.contains(field));
        assert_eq!(refused.body["data"][field], Value::Null);
    }
    assert_eq!(
        app.query("{ indexRuns { id } }").await.data()["indexRuns"],
        json!([]),
        "anybody may look"
    );
    assert_eq!(github.asked().len(), 0);
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_by_argument_value_and_bound() {
    let github = FakeGithub::start([]).await;
    let app = start(TestDatabase::sqlite(), &github, &[]).await;
    let fifty_one = format!("[{}]", "\"a/b\",".repeat(51));
    for (mutation, expected) in [
        (
            "startIndexRun(repositories: []) { id }".to_owned(),
            "repositories is a list of 0 values; expected 1 to 50",
        ),
        (
            format!("startIndexRun(repositories: {fifty_one}) {{ id }}"),
            "repositories is a list of 51 values",
        ),
        (
            "startIndexRun(repositories: [\"a/../b\"]) { id }".to_owned(),
            "repository is \"a/../b\"; expected owner/name",
        ),
        (
            "removeRepository(owner: \"a\", name: \"\")".to_owned(),
            "repository is \"a/\"; expected owner/name",
        ),
    ] {
        let refused = operate(&app, &mutation).await;
        assert_eq!(refused.error().0, "BAD_USER_INPUT", "{mutation}");
        assert!(refused.error().1.starts_with(expected), "{:?}", refused.error());
    }
    for last in [0, -1, 101] {
        let refused = app
            .query(&format!("{{ indexRuns(last: {last}) {{ id }} }}"))
            .await;
        assert_eq!(
            refused.error(),
            (
                "BAD_USER_INPUT",
                format!("last is {last}; expected 1 to 100").as_str()
            )
        );
    }
}

#[tokio::test]
async fn what_is_told_of_runs_is_never_out_of_a_cache() {
    let github = FakeGithub::start([Repo::new("jan/a")]).await;
    let app = start(TestDatabase::sqlite(), &github, &[]).await;
    for expected in [0, 1, 2] {
        let told = app
            .query("{ indexRuns { id } stats { totalRepositories } }")
            .await;
        assert_eq!(told.data()["indexRuns"].as_array().unwrap().len(), expected);
        assert!(!told.headers["x-cache"].to_str().unwrap().contains("HIT"));
        operate(&app, "startIndexRun { id }").await.data();
        until_ended(&app).await;
    }
}
