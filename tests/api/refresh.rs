//! The server follows what other processes write, while requests go on.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use autodex::db::Database;
use autodex::model::RepositoryName;
use serde_json::json;

use crate::support::{TestApp, TestDatabase, automation, lamps, on_both_databases, repository, sync, texts};

const NAMES: &str = "{ search(orderBy: STARS) { total results { alias } } }";

async fn names(app: &TestApp) -> Vec<String> {
    texts(&app.query(NAMES).await.data()["search"]["results"], "alias")
}

on_both_databases! {
    async fn what_another_process_writes_is_found_without_a_restart(database: TestDatabase) {
        let app = TestApp::start(database).await;
        let other = Database::connect(app.database_url()).await.unwrap();
        sync(&other, &repository("a/b", 1), &[automation("One", "state", "light.turn_on")]).await;
        app.until_current().await;
        assert_eq!(names(&app).await, ["One"]);

        sync(&other, &repository("a/b", 1), &[automation("Two", "sun", "lock.lock")]).await;
        app.until_current().await;
        assert_eq!(names(&app).await, ["Two"]);
        let facets = app.query("{ facets { triggers { values { value } } } }").await;
        assert_eq!(texts(&facets.data()["facets"]["triggers"]["values"], "value"), ["sun"]);

        let mut writer = other.write().await.unwrap();
        let name: RepositoryName = "A/B".parse().unwrap();
        assert!(writer.remove(&name).await.unwrap());
        writer.commit().await.unwrap();
        app.until_current().await;
        let answer = app.query("{ search { total } stats { totalRepositories totalAutomations dataVersion } }").await;
        assert_eq!(
            answer.data(),
            &json!({
                "search": {"total": 0},
                "stats": {"totalRepositories": 0, "totalAutomations": 0, "dataVersion": 3},
            })
        );
    }

    async fn what_did_not_change_moves_no_version_and_no_time(database: TestDatabase) {
        let app = TestApp::start(database).await;
        let stats = "{ stats { dataVersion updatedAt lastIndexedAt } repository(owner: \"a\", name: \"b\") { indexedAt } }";
        app.write(&repository("a/b", 1), &lamps(5)).await;
        let before = app.text(stats).await;
        let outcome = app.write(&repository("a/b", 1), &lamps(5)).await;
        assert!(!outcome.changed());
        assert_eq!(app.text(stats).await, before);

        let mut writer = app.database.write().await.unwrap();
        assert!(!writer.remove(&"no/such".parse().unwrap()).await.unwrap());
        writer.commit().await.unwrap();
        assert_eq!(app.database.state().await.unwrap().data_version, 1);
    }

    async fn a_writer_that_is_dropped_changes_nothing(database: TestDatabase) {
        let app = TestApp::start(database).await;
        app.write(&repository("a/b", 1), &lamps(2)).await;
        {
            let mut writer = app.database.write().await.unwrap();
            writer.remove(&"a/b".parse().unwrap()).await.unwrap();
        }
        let outcome = app.write(&repository("a/b", 1), &lamps(2)).await;
        assert!(!outcome.changed(), "{outcome:?}");
        assert_eq!(app.database.state().await.unwrap().data_version, 1);
    }

    async fn requests_go_on_while_the_index_changes(database: TestDatabase) {
        let app = TestApp::start(database).await;
        app.write(&repository("a/b", 1), &lamps(40)).await;
        let other = Database::connect(app.database_url()).await.unwrap();
        let (done, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
        let client = async || {
            while !done.load(Ordering::Relaxed) {
                let query = "{ search(text: \"lamp\") { total results { id alias repository { name } } }
                    facets { total repositories { values { repository { stars } } } } stats { dataVersion } }";
                let answer = app.query(query).await;
                let (found, counted) = (&answer.data()["search"]["total"], &answer.data()["facets"]["total"]);
                assert_eq!(found, counted, "one request sees one state of the index");
                asked.fetch_add(1, Ordering::Relaxed);
            }
        };
        let writing = async {
            for round in 0..12 {
                sync(&other, &repository("a/b", 1), &lamps(40 - round)).await;
                sync(&other, &repository("c/d", 1), &lamps(round)).await;
                let so_far = asked.load(Ordering::Relaxed);
                app.until("more requests were answered", async || asked.load(Ordering::Relaxed) > so_far + 2).await;
            }
            done.store(true, Ordering::Relaxed);
        };
        tokio::join!(client(), client(), client(), writing);
        app.until_current().await;
        let answer = app.query("{ search { total } }").await;
        assert_eq!(answer.data()["search"]["total"], 29 + 11);
    }
}
