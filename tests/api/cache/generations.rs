//! When the data moves: what changed is fresh at once, what did not stays cached.

use super::{PLAIN, asked, furnished, start, two_homes};
use crate::support::{TestApp, TestDatabase, automation, on_both_databases, repository, sync};

on_both_databases! {
    async fn an_update_is_seen_and_what_it_cannot_have_changed_stays_cached(database: TestDatabase) {
        let app = TestApp::start_with(furnished(database).await, &PLAIN).await;
        let scoped = [
            "{ repository(owner: \"ann\", name: \"home\") { automationCount automations { results { alias } } } }",
            "{ search(filter: {repositories: [\"Ann/Home\"]}) { total results { alias } } }",
        ];
        let whole = ["{ search { total } }", "{ facets { total } }", "{ stats { totalAutomations } }"];
        for query in scoped.iter().chain(&whole) {
            asked(&app, query).await;
            assert_eq!(asked(&app, query).await, "HIT");
        }

        let changed = [automation("Keukenlamp uit", "state", "light.turn_off")];
        sync(&app.database, &repository("jan/huis", 7), &changed).await;
        app.until_current().await;
        for query in scoped {
            assert_eq!(asked(&app, query).await, "HIT", "{query}");
        }
        for query in whole {
            assert_eq!(asked(&app, query).await, "MISS", "{query}");
        }
        assert_eq!(app.query("{ search(text: \"uit\") { total } }").await.data()["search"]["total"], 1);

        let changed = [automation("Sleep in", "time", "media_player.play_media")];
        sync(&app.database, &repository("ann/home", 3), &changed).await;
        app.until_current().await;
        for query in scoped {
            // The value of a search has the version of the whole index in its key, and was cached by the query before.
            assert_ne!(asked(&app, query).await, "HIT", "{query}");
        }
    }

    async fn indexing_what_is_unchanged_keeps_everything_cached(database: TestDatabase) {
        let app = TestApp::start_with(furnished(database).await, &PLAIN).await;
        asked(&app, "{ search { total } }").await;
        for (repository, automations) in two_homes() {
            assert!(!sync(&app.database, &repository, &automations).await.changed());
        }
        app.until_current().await;
        assert_eq!(asked(&app, "{ search { total } }").await, "HIT");
    }
}

#[tokio::test]
async fn a_repository_that_comes_or_goes_forgets_all() {
    let app = start(&[]).await;
    let scoped = "{ repository(owner: \"ann\", name: \"home\") { automationCount } }";
    asked(&app, scoped).await;
    sync(&app.database, &repository("new/home", 0), &[]).await;
    app.until_current().await;
    assert_eq!(asked(&app, scoped).await, "MISS");
    assert_eq!(asked(&app, scoped).await, "HIT");

    let mut writer = app.database.write().await.unwrap();
    assert!(writer.remove(&"new/home".parse().unwrap()).await.unwrap());
    writer.commit().await.unwrap();
    app.until_current().await;
    assert_eq!(asked(&app, scoped).await, "MISS");
}
