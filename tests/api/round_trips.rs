//! Export and import: what goes from one database to another arrives as it was.

use autodex::model::{Automation, Repository};
use serde_json::Value;

use crate::support::{TestDatabase, automation, export, import, on_both_databases, repository, sync};

/// Two repositories with all there is to lose: nulls, empty texts, other scripts, control characters, large numbers.
fn content() -> Vec<(Repository, Vec<Automation>)> {
    let described = Repository {
        description: Some("Ein Häuschen 🏠 \"mit\" \\ allem\n".into()),
        url: String::new(),
        default_branch: "feat/ü".into(),
        ..repository("Zoë-x/Huis.2", 4_000)
    };
    let full = Automation {
        automation_id: Some("1700000000001".into()),
        description: Some("tab\there, line\nthere, 日本語".into()),
        blueprint_path: Some("a/b.yaml".into()),
        start_line: Some(u32::try_from(i32::MAX).unwrap()),
        end_line: Some(u32::try_from(i32::MAX).unwrap()),
        ..automation("Éclair \u{1F4A1}", "state zone.entered", "light.turn_on notify.x")
    };
    let empty = Automation {
        source_file_path: "x.yaml".into(),
        ..Automation::default()
    };
    let blank = Automation {
        alias: Some(String::new()),
        description: Some(String::new()),
        source: Some(String::new()),
        ..empty.clone()
    };
    vec![
        (repository("zz/last", 0), vec![automation("Only", "", "")]),
        (described, vec![full, empty, blank]),
    ]
}

/// A database of the kind, with the content and a history: keys with gaps, times that differ.
async fn lived_in(database: TestDatabase) -> TestDatabase {
    let opened = database.open().await;
    let gone = repository("gone/gone", 1);
    sync(&opened, &gone, &[automation("Gone", "sun", "")]).await;
    for (repository, automations) in content() {
        sync(&opened, &repository, &automations[..1]).await;
    }
    for (repository, automations) in content() {
        sync(&opened, &repository, &automations).await;
    }
    let mut writer = opened.write().await.unwrap();
    writer.remove(&"gone/gone".parse().unwrap()).await.unwrap();
    writer.commit().await.unwrap();
    opened.close().await.unwrap();
    database
}

/// Moves everything from one database into another and says what both export.
async fn moved(from: TestDatabase, to: TestDatabase) -> (String, String) {
    let lived_in = lived_in(from).await;
    let (from, to) = (lived_in.open().await, to.open().await);
    let before = export(&from).await;
    assert_eq!(before.lines().count(), 4);
    let summary = import(&to, &before).await.unwrap();
    assert_eq!(
        (summary.repositories, summary.automations, summary.added),
        (2, 4, 4)
    );
    (before, export(&to).await)
}

/// The lines without the field that the next test looks at.
fn without_repository_times(lines: &str) -> Vec<Value> {
    lines
        .lines()
        .map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            line["repository"].as_object_mut().unwrap().remove("indexedAt");
            line
        })
        .collect()
}

on_both_databases! {
    async fn ids_times_and_all_the_rest_of_an_automation_arrive(database: TestDatabase) {
        let (before, after) = moved(TestDatabase::sqlite(), database).await;
        assert_eq!(without_repository_times(&after), without_repository_times(&before));
    }

    async fn an_export_of_an_import_is_the_same_file(database: TestDatabase) {
        let (before, after) = moved(TestDatabase::sqlite(), database).await;
        assert_eq!(after, before);
    }

    async fn importing_what_is_there_already_changes_nothing(database: TestDatabase) {
        let database = lived_in(database).await;
        let opened = database.open().await;
        let (lines, state) = (export(&opened).await, opened.state().await.unwrap());
        let summary = import(&opened, &lines).await.unwrap();
        assert_eq!((summary.added, summary.updated, summary.removed), (0, 0, 0));
        assert_eq!(opened.state().await.unwrap(), state);
        assert_eq!(export(&opened).await, lines);
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_goes_back_from_postgres_to_sqlite_is_the_same_file() {
    let (before, after) = moved(TestDatabase::postgres().await, TestDatabase::sqlite()).await;
    assert_eq!(
        without_repository_times(&after),
        without_repository_times(&before)
    );
    assert_eq!(after, before);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn both_databases_export_one_order_whatever_the_collation() {
    let paths = [
        "b.yaml", "B.yaml", "a_b.yaml", "a.yaml", "a/b.yaml", "Ä.yaml", "z.yaml",
    ];
    let automations: Vec<Automation> = paths
        .into_iter()
        .map(|path| Automation {
            source_file_path: path.into(),
            ..automation(path, "state", "")
        })
        .collect();
    let content = [(repository("a/b", 1), automations)];
    let filled = TestDatabase::sqlite().filled(&content).await;
    let english = TestDatabase::postgres_in_english().await;
    let (sqlite, postgres) = (filled.open().await, english.open().await);
    let lines = export(&sqlite).await;
    import(&postgres, &lines).await.unwrap();
    assert_eq!(
        without_repository_times(&export(&postgres).await),
        without_repository_times(&lines)
    );
}
