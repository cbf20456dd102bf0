//! Rows that are gone before the server has looked at the database again: no page is short of them.

use serde_json::json;

use super::{PLAIN, asked};
use crate::support::{TestApp, TestDatabase, lamps, on_both_databases, repository, sync, texts};

/// A server that looks at the database when it starts, and again only when it must.
async fn start(database: TestDatabase) -> TestApp {
    let content = [
        (repository("ann/home", 3), lamps(6)),
        (repository("jan/huis", 7), lamps(2)),
        (repository("eva/casa", 5), lamps(1)),
    ];
    let never = [&PLAIN[..], &[("CATALOG_POLL_INTERVAL_MS", "3600000")]].concat();
    TestApp::start_with(database.filled(&content).await, &never).await
}

async fn remove(app: &TestApp, name: &str) {
    let mut writer = app.database.write().await.unwrap();
    assert!(writer.remove(&name.parse().unwrap()).await.unwrap());
    writer.commit().await.unwrap();
}

on_both_databases! {
    async fn a_page_is_not_short_of_a_row_just_deleted(database: TestDatabase) {
        let app = start(database).await;
        let query = "{ search(perPage: 5, orderBy: STARS) { total results { alias repository { name } } } stats { totalAutomations } }";
        sync(&app.database, &repository("jan/huis", 7), &lamps(1)).await;
        let answer = app.query(query).await;
        let found = &answer.data()["search"];
        assert_eq!((&found["total"], &answer.data()["stats"]["totalAutomations"]), (&json!(8), &json!(8)));
        assert_eq!(texts(&found["results"], "alias").len(), 5);
        assert_eq!(asked(&app, query).await, "HIT", "what was answered in the end is kept");

        remove(&app, "jan/huis").await;
        let answer = app.query("{ search(perPage: 100) { total results { alias repository { name } } } }").await;
        assert_eq!(answer.data()["search"]["total"], 7);
        assert_eq!(answer.data()["search"]["results"].as_array().unwrap().len(), 7);
    }

    async fn a_repository_just_removed_is_gone_wherever_it_is_asked_for(database: TestDatabase) {
        let app = start(database).await;
        remove(&app, "jan/huis").await;
        let answer = app.query("{ repository(owner: \"jan\", name: \"huis\") { stars } stats { totalRepositories } }").await;
        assert_eq!(answer.data(), &json!({"repository": null, "stats": {"totalRepositories": 2}}));
        remove(&app, "eva/casa").await;
        let answer = app.query("{ facets { repositories { values { value repository { stars } } } } }").await;
        assert_eq!(
            answer.data()["facets"]["repositories"]["values"],
            json!([{"value": "ann/home", "repository": {"stars": 3}}])
        );
    }

    async fn all_who_ask_at_once_are_answered_whole(database: TestDatabase) {
        let app = start(database).await;
        sync(&app.database, &repository("ann/home", 3), &lamps(2)).await;
        let query = "{ search { total results { id alias } } }";
        let asked = (0..16).map(|_| app.query(query));
        for answer in futures_util::future::join_all(asked).await {
            let found = &answer.data()["search"];
            assert_eq!(found["total"], 5);
            assert_eq!(found["results"].as_array().unwrap().len(), 5);
        }
    }

    async fn a_row_that_was_deleted_behind_the_servers_back_is_left_out(database: TestDatabase) {
        let app = start(database).await;
        crate::support::execute(app.database_url(), "DELETE FROM automation WHERE id = 1").await;
        let answer = app.query("{ search { total results { id } } }").await;
        assert_eq!(answer.data()["search"]["total"], 9);
        assert_eq!(answer.data()["search"]["results"].as_array().unwrap().len(), 8);
    }
}
