//! Ids are stable: an automation that is still there keeps its id; and `indexedAt` moves for what changed, nothing else.

use std::collections::BTreeMap;

use autodex::model::Automation;
use serde_json::json;

use crate::support::{TestApp, TestDatabase, automation, on_both_databases, repository};

/// Id and time of every automation, by its name.
async fn known(app: &TestApp) -> BTreeMap<String, (String, String)> {
    let answer = app
        .query("{ search(perPage: 100) { results { id alias indexedAt } } }")
        .await;
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    answer.data()["search"]["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (text(&row["alias"]), (text(&row["id"]), text(&row["indexedAt"]))))
        .collect()
}

fn three() -> [Automation; 3] {
    let at = |alias: &str, line: u32| Automation {
        source_file_path: "automations.yaml".into(),
        start_line: Some(line),
        end_line: Some(line + 4),
        ..automation(alias, "state", "light.turn_on")
    };
    [at("One", 1), at("Two", 6), at("Three", 11)]
}

async fn app(database: TestDatabase) -> TestApp {
    let app = TestApp::start(database).await;
    app.write(&repository("a/b", 1), &three()).await;
    app
}

on_both_databases! {
    async fn an_edit_keeps_the_id_and_moves_only_its_own_time(database: TestDatabase) {
        let app = app(database).await;
        let before = known(&app).await;
        let mut edited = three();
        edited[1].action_calls = vec!["lock.lock".into()];
        edited[1].source = Some("edited\n".into());
        let outcome = app.write(&repository("a/b", 1), &edited).await;
        assert_eq!((outcome.updated, outcome.unchanged), (1, 2));
        let after = known(&app).await;
        assert_eq!(after["Two"].0, before["Two"].0);
        assert!(after["Two"].1 > before["Two"].1);
        assert_eq!(after["One"], before["One"]);
        assert_eq!(after["Three"], before["Three"]);
    }

    async fn lines_added_above_move_the_place_and_nothing_else(database: TestDatabase) {
        let app = app(database).await;
        let before = known(&app).await;
        let moved = three().map(|it| Automation {
            start_line: it.start_line.map(|line| line + 7),
            end_line: it.end_line.map(|line| line + 7),
            ..it
        });
        app.write(&repository("a/b", 1), &moved).await;
        assert_eq!(known(&app).await, before);
        let id = &before["One"].0;
        let query = format!("{{ automation(id: \"{id}\") {{ startLine endLine githubUrl }} }}");
        assert_eq!(
            app.query(&query).await.data()["automation"],
            json!({
                "startLine": 8,
                "endLine": 12,
                "githubUrl": "https://github.com/a/b/blob/main/automations.yaml#L8-L12",
            })
        );
        assert_eq!(app.database.state().await.unwrap().data_version, 2, "the place is data");
    }

    async fn a_file_that_is_renamed_keeps_its_ids(database: TestDatabase) {
        let app = app(database).await;
        let before = known(&app).await;
        let renamed = three().map(|it| Automation {
            source_file_path: "packages/all.yaml".into(),
            ..it
        });
        app.write(&repository("a/b", 1), &renamed).await;
        assert_eq!(known(&app).await, before);
    }

    async fn what_is_removed_vanishes_and_its_id_is_not_given_again(database: TestDatabase) {
        let app = app(database).await;
        let before = known(&app).await;
        let outcome = app.write(&repository("a/b", 1), &three()[..2]).await;
        assert_eq!(outcome.removed, 1);
        let gone = &before["Three"].0;
        let query = format!("{{ automation(id: \"{gone}\") {{ alias }} search(text: \"three\") {{ total }} }}");
        assert_eq!(
            app.query(&query).await.data(),
            &json!({"automation": null, "search": {"total": 0}})
        );

        let new = automation("Four", "sun", "scene.turn_on");
        let [one, two, _] = three();
        app.write(&repository("a/b", 1), &[one, two, new]).await;
        let after = known(&app).await;
        assert_eq!(after["One"], before["One"]);
        assert_ne!(&after["Four"].0, gone, "a link to what is gone must not lead to something else");
    }

    async fn a_repository_keeps_its_automations_when_only_it_changes(database: TestDatabase) {
        let app = app(database).await;
        let before = known(&app).await;
        app.write(&repository("A/B", 99), &three()).await;
        assert_eq!(known(&app).await, before);
        let answer = app.query("{ repository(owner: \"a\", name: \"b\") { fullName stars } stats { totalRepositories } }").await;
        assert_eq!(
            answer.data(),
            &json!({"repository": {"fullName": "A/B", "stars": 99}, "stats": {"totalRepositories": 1}})
        );
    }
}
