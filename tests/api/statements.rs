//! How many statements a request costs: rows are read in batches, and only those the query looks at.

use crate::support::{TestApp, TestDatabase, lamps, on_both_databases, repository};

/// Forty repositories of three automations each, and a server that asks the database nothing but what requests need.
async fn app(database: TestDatabase) -> TestApp {
    let content: Vec<_> = (0..40)
        .map(|number| (repository(&format!("owner/home-{number}"), number), lamps(3)))
        .collect();
    let never = [("CATALOG_POLL_INTERVAL_MS", "3600000")];
    TestApp::start_with(database.filled(&content).await, &never).await
}

/// The statements a query costs.
async fn cost(app: &TestApp, query: &str) -> u64 {
    let before = app.database.statements();
    let answer = app.query(query).await;
    assert!(answer.data().is_object());
    app.database.statements() - before
}

on_both_databases! {
    async fn a_page_with_repositories_costs_one_statement(database: TestDatabase) {
        let app = app(database).await;
        let query = "{ search(text: \"lamp\") { total pageCount results { id alias source githubUrl
            repository { fullName stars automationCount } } } }";
        assert_eq!(cost(&app, query).await, 1);
        assert_eq!(cost(&app, "{ search(perPage: 100) { results { githubUrl } } }").await, 1);
    }

    async fn facets_with_repositories_cost_one_statement(database: TestDatabase) {
        let app = app(database).await;
        let query = "{ facets(top: 100) { total triggers { values { value count } }
            repositories { values { value count repository { fullName stars } } } } }";
        assert_eq!(cost(&app, query).await, 1);
    }
}

#[tokio::test]
async fn what_the_catalog_knows_costs_no_statement() {
    let app = app(TestDatabase::sqlite()).await;
    let query =
        "{ search(text: \"lamp\") { total page perPage pageCount } stats { totalAutomations dataVersion }
        facets { total repositories { totalValues values { value count } } actions { values { value } } } }";
    assert_eq!(cost(&app, query).await, 0);
}

#[tokio::test]
async fn rows_without_their_repositories_cost_one_statement() {
    let app = app(TestDatabase::sqlite()).await;
    assert_eq!(
        cost(&app, "{ search { results { id alias indexedAt } } }").await,
        1
    );
}

#[tokio::test]
async fn a_page_asked_for_through_fragments_costs_no_more() {
    let app = app(TestDatabase::sqlite()).await;
    let query = "{ search { ...Page } } fragment Page on SearchPage { results { ...Row } }
        fragment Row on Automation { alias ... on Automation { home: repository { ...Home } } }
        fragment Home on Repository { stars }";
    assert_eq!(cost(&app, query).await, 1);
}

#[tokio::test]
async fn a_row_is_read_once_in_a_request() {
    let app = app(TestDatabase::sqlite()).await;
    let query = "{ search(perPage: 5) { results { id repository { stars } } } }";
    let (once, aliased) = (
        cost(&app, query).await,
        cost(&app, "{ search(perPage: 5) { a: results { id repository { stars } } b: results { id repository { url } } } }").await,
    );
    assert_eq!((once, aliased), (1, 1));
}

#[tokio::test]
async fn the_automations_within_repositories_cost_at_most_one_statement_each() {
    let app = app(TestDatabase::sqlite()).await;
    let one = "{ repository(owner: \"owner\", name: \"home-7\") { stars automationCount
        automations { total results { alias repository { name } githubUrl } } } }";
    assert!(cost(&app, one).await <= 2);
    let totals = "{ repository(owner: \"owner\", name: \"home-7\") { automations { total pageCount } } }";
    assert_eq!(cost(&app, totals).await, 1);
    let nested = "{ search(perPage: 10) { results { repository { automations(perPage: 3) { total results { alias } } } } } }";
    assert!(
        cost(&app, nested).await <= 1 + 10,
        "a page with its repositories, and a page of each"
    );
}
