//! What an import makes of files that are not quite an export, and of databases that are not empty.

use serde_json::{Value, json};

use crate::support::{
    TestApp, TestDatabase, export, import, lamps, on_both_databases, repository, sync, texts,
};

/// A line as one writes it by hand: no id, no time.
fn line(repository: &str, alias: &str) -> Value {
    let (owner, name) = repository.split_once('/').unwrap();
    json!({
        "alias": alias,
        "triggerTypes": ["state"],
        "actionCalls": ["light.turn_on"],
        "sourceFilePath": "automations.yaml",
        "repository": {"owner": owner, "name": name, "url": "", "defaultBranch": "main"},
    })
}

fn file(lines: &[Value]) -> String {
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    lines.join("\n")
}

/// The names in an export, in its order.
fn names(lines: &str) -> Vec<String> {
    let rows: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    texts(&Value::Array(rows), "alias")
}

on_both_databases! {
    async fn into_what_is_not_empty_new_ids_are_given_and_others_stay(database: TestDatabase) {
        let source = TestDatabase::sqlite().filled(&[(repository("new/home", 1), lamps(2))]).await;
        let lines = export(&source.open().await).await;
        let database = database.filled(&[(repository("old/home", 1), lamps(2))]).await;
        let target = database.open().await;
        let before = export(&target).await;
        let summary = import(&target, &lines).await.unwrap();
        assert_eq!((summary.added, summary.removed), (2, 0));
        let after = export(&target).await;
        assert!(after.starts_with(&before), "what was there stays as it was");
        let ids: std::collections::BTreeSet<String> = after
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].to_string())
            .collect();
        assert_eq!(ids.len(), 4);
    }

    async fn after_an_import_with_ids_new_automations_get_free_ones(database: TestDatabase) {
        let mut first = line("a/b", "First");
        first["id"] = json!("41");
        let opened = database.open().await;
        import(&opened, &file(&[first])).await.unwrap();
        sync(&opened, &repository("c/d", 1), &lamps(50)).await;
        assert_eq!(export(&opened).await.lines().count(), 51);
    }

    async fn what_the_file_no_longer_says_of_a_repository_is_removed(database: TestDatabase) {
        let content = [(repository("a/b", 1), lamps(3)), (repository("c/d", 1), lamps(1))];
        let database = database.filled(&content).await;
        let opened = database.open().await;
        let lines = export(&opened).await;
        let first = lines.lines().next().unwrap();
        let summary = import(&opened, first).await.unwrap();
        assert_eq!((summary.added, summary.updated, summary.removed), (0, 0, 2));
        assert_eq!(names(&export(&opened).await), ["Lamp 1", "Lamp 1"]);
    }

    async fn lines_of_a_repository_may_lie_apart(database: TestDatabase) {
        let mixed = file(&[line("a/b", "One"), line("c/d", "Two"), line("a/b", "Three"), line("c/d", "Four")]);
        let opened = database.open().await;
        let summary = import(&opened, &mixed).await.unwrap();
        assert_eq!((summary.repositories, summary.automations, summary.added), (2, 4, 4));
        assert_eq!(names(&export(&opened).await), ["One", "Three", "Two", "Four"]);
    }

    async fn namesakes_of_a_repository_that_lie_apart_are_all_kept(database: TestDatabase) {
        let mixed = file(&[line("a/b", "Twin"), line("c/d", "Two"), line("a/b", "Twin")]);
        let opened = database.open().await;
        let summary = import(&opened, &mixed).await.unwrap();
        assert_eq!(summary.added, 3, "{summary:?}");
        assert_eq!(names(&export(&opened).await), ["Twin", "Twin", "Two"]);
    }

    async fn importing_a_mixed_file_again_changes_nothing(database: TestDatabase) {
        let mixed = file(&[line("a/b", "One"), line("c/d", "Two"), line("a/b", "Three")]);
        let opened = database.open().await;
        import(&opened, &mixed).await.unwrap();
        let (lines, state) = (export(&opened).await, opened.state().await.unwrap());
        let again = import(&opened, &mixed).await.unwrap();
        assert_eq!((again.added, again.updated, again.removed), (0, 0, 0));
        assert_eq!(opened.state().await.unwrap(), state);
        assert_eq!(export(&opened).await, lines);
    }

    async fn lines_with_and_without_ids_may_be_mixed(database: TestDatabase) {
        let opened = database.open().await;
        let mut named = line("a/b", "Named");
        named["id"] = json!("1000");
        named["indexedAt"] = json!("2024-02-29T12:00:00.123456Z");
        import(&opened, &file(&[line("a/b", "New"), named, line("a/b", "Newer")])).await.unwrap();
        assert_eq!(export(&opened).await.lines().count(), 3);
        let kept = opened.automations(&[1000]).await.unwrap();
        assert_eq!(kept[0].automation.alias.as_deref(), Some("Named"));
        assert_eq!(kept[0].indexed_at.to_rfc3339(), "2024-02-29T12:00:00.123456+00:00");
    }

    async fn an_id_of_the_file_is_not_given_to_a_line_without_one(database: TestDatabase) {
        let opened = database.open().await;
        let mut named = line("a/b", "Named");
        named["id"] = json!("1");
        import(&opened, &file(&[line("a/b", "New"), named])).await.unwrap();
        let kept = opened.automations(&[1]).await.unwrap();
        assert_eq!(kept[0].automation.alias.as_deref(), Some("Named"));
    }
}

#[tokio::test]
async fn a_bad_line_is_named_by_its_number() {
    let database = TestDatabase::sqlite();
    let opened = database.open().await;
    let good = line("a/b", "One").to_string();
    for (bad, why) in [
        ("{", "EOF"),
        ("nonsense", "expected"),
        ("{}", "missing field"),
        (r#"{"sourceFilePath": "x"}"#, "repository"),
    ] {
        let lines = format!("{good}\n\n{bad}\n{good}\n");
        let error = import(&opened, &lines).await.unwrap_err().to_string();
        assert!(error.starts_with("line 3:"), "{error}");
        assert!(error.contains(why), "{error}");
    }
    assert!(
        opened.is_empty().await.unwrap(),
        "nothing of a file that stops at once"
    );
}

#[tokio::test]
async fn an_id_that_comes_twice_stops_the_import_and_names_the_line() {
    let database = TestDatabase::sqlite();
    let opened = database.open().await;
    let with_id = |repository: &str, alias: &str| {
        let mut line = line(repository, alias);
        line["id"] = json!("7");
        line
    };
    let lines = file(&[with_id("a/b", "One"), with_id("c/d", "Two")]);
    let error = import(&opened, &lines).await.unwrap_err().to_string();
    assert!(error.contains("line 2") && error.contains('7'), "{error}");
}

#[tokio::test]
async fn no_newline_at_the_end_blank_lines_and_windows_line_ends_are_fine() {
    let database = TestDatabase::sqlite();
    let opened = database.open().await;
    let lines = format!("{}\r\n\r\n{}", line("a/b", "One"), line("a/b", "Two"));
    assert_eq!(import(&opened, &lines).await.unwrap().added, 2);
    assert_eq!(import(&opened, "").await.unwrap().automations, 0);
}

#[tokio::test]
async fn a_server_answers_from_what_was_imported() {
    let app = TestApp::with(&[]).await;
    import(&app.database, &file(&[line("a/b", "One")])).await.unwrap();
    app.until_current().await;
    let answer = app.query("{ search(text: \"one\") { total } }").await;
    assert_eq!(answer.data()["search"]["total"], 1);
}
