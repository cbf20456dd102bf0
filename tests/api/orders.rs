//! The three orders, over the wire.

use autodex::model::Automation;

use crate::support::{TestApp, TestDatabase, automation, on_both_databases, repository, texts, two_homes};

/// The names of what a search finds, in its order.
async fn found(app: &TestApp, arguments: &str) -> Vec<String> {
    let query = format!("{{ search({arguments}) {{ results {{ alias }} }} }}");
    texts(&app.query(&query).await.data()["search"]["results"], "alias")
}

on_both_databases! {
    async fn recent_puts_the_last_changed_first_and_stars_the_best_liked(database: TestDatabase) {
        let app = TestApp::start(database.filled(&two_homes()).await).await;
        assert_eq!(found(&app, "orderBy: RECENT").await, ["Porch", "Wake", "Hall", "Door"]);
        assert_eq!(found(&app, "orderBy: STARS").await, ["Porch", "Wake", "Hall", "Door"]);

        // An edit makes an automation the newest; it changes no stars, and not the repository it is in.
        let edited = automation("Door", "sun", "lock.unlock");
        let (casa, mut automations) = two_homes().remove(0);
        automations[1] = edited;
        app.write(&casa, &automations).await;
        assert_eq!(found(&app, "orderBy: RECENT").await, ["Door", "Porch", "Wake", "Hall"]);
        assert_eq!(found(&app, "orderBy: STARS").await, ["Porch", "Wake", "Hall", "Door"]);
    }
}

#[tokio::test]
async fn without_text_relevance_is_recent() {
    let app = TestApp::with(&two_homes()).await;
    let recent = found(&app, "orderBy: RECENT").await;
    assert_eq!(found(&app, "orderBy: RELEVANCE").await, recent);
    assert_eq!(found(&app, "text: \"  \"").await, recent);
}

#[tokio::test]
async fn relevance_goes_by_field_then_by_kind_of_match_then_by_stars() {
    let described = Automation {
        description: Some("turns the lamp on".into()),
        ..automation("Described", "state", "light.turn_on")
    };
    let home = [
        described,
        automation("Keukenlamp", "state", "light.turn_on"),
        automation("Called", "state", "script.lamp"),
        automation("Lampshade", "state", "light.turn_on"),
        automation("Lamp here", "state", "light.turn_on"),
    ];
    let app = TestApp::with(&[
        (repository("a/home", 1), home.to_vec()),
        (
            repository("b/lamp", 100),
            vec![automation("Elsewhere", "state", "light.turn_on")],
        ),
        (
            repository("c/home", 5),
            vec![automation("Lamp there", "state", "light.turn_on")],
        ),
    ])
    .await;
    assert_eq!(
        found(&app, "text: \"lamp\"").await,
        [
            "Lamp there",
            "Lamp here",
            "Lampshade",
            "Keukenlamp",
            "Called",
            "Described",
            "Elsewhere"
        ]
    );
}
