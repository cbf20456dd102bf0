//! Searching, from outside: what `catalog`'s own tests prove of every answer is looked at here once over the wire.

use serde_json::json;

use crate::support::{TestApp, TestDatabase, automation, on_both_databases, repository, sync};

on_both_databases! {
    async fn a_search_answers_what_was_written(database: TestDatabase) {
        let app = TestApp::start(database).await;
        let automations = [
            automation("Keukenlamp aan", "state", "light.turn_on"),
            automation("Wake up", "time", "light.turn_on media_player.play_media"),
        ];
        sync(&app.database, &repository("jan/huis", 7), &automations).await;
        app.until_current().await;

        let query = "{ search(text: \"lamp\") { total page perPage pageCount results {
            alias triggerTypes actionCalls actionDomains githubUrl source startLine
            repository { fullName stars automationCount } } } }";
        let answer = app.query(query).await;
        assert_eq!(answer.data(), &json!({"search": {"total": 1, "page": 1, "perPage": 15, "pageCount": 1, "results": [{
            "alias": "Keukenlamp aan",
            "triggerTypes": ["state"],
            "actionCalls": ["light.turn_on"],
            "actionDomains": ["light"],
            "githubUrl": "https://github.com/jan/huis/blob/main/automations/keukenlamp_aan.yaml#L1-L8",
            "source": "alias: Keukenlamp aan\n",
            "startLine": 1,
            "repository": {"fullName": "jan/huis", "stars": 7, "automationCount": 2},
        }]}}));
    }
}
