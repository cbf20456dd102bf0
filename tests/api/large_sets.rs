//! A synthetic data set, imported and counted; and writing while another process reads.

use std::fmt::Write;

use autodex::db::Database;
use autodex::synth::{Level, Synth};
use autodex::transfer::Line;
use serde_json::Value;

use crate::support::{
    TestApp, TestDatabase, export, import, lamps, on_both_databases, repository, sync, two_homes,
};

/// Level 1, as lines.
fn level_one() -> String {
    let mut lines = String::new();
    for (repository, automations) in Synth::new(Level::try_from(1).unwrap(), 42) {
        for automation in automations {
            let line = serde_json::to_string(&Line::new(automation, &repository)).unwrap();
            writeln!(lines, "{line}").unwrap();
        }
    }
    lines
}

on_both_databases! {
    async fn a_synthetic_level_is_imported_and_its_counts_are_right(database: TestDatabase) {
        let lines = level_one();
        let opened = database.open().await;
        let summary = import(&opened, &lines).await.unwrap();
        assert_eq!((summary.repositories, summary.automations, summary.added), (50, 500, 500));
        let again = import(&opened, &lines).await.unwrap();
        assert_eq!((again.added, again.updated, again.removed), (0, 0, 0));
        opened.close().await.unwrap();

        let app = TestApp::start(database).await;
        let query = "{ stats { totalRepositories totalAutomations }
            facets(top: 100) { total repositories { totalValues values { count } } triggers { values { value count } } } }";
        let answer = app.query(query).await.data().clone();
        assert_eq!(answer["stats"]["totalRepositories"], 50);
        assert_eq!(answer["stats"]["totalAutomations"], 500);
        assert_eq!(answer["facets"]["total"], 500);
        let repositories = answer["facets"]["repositories"]["values"].as_array().unwrap();
        let sum: u64 = repositories.iter().filter_map(|value| value["count"].as_u64()).sum();
        assert_eq!((repositories.len(), sum), (50, 500));

        for value in answer["facets"]["triggers"]["values"].as_array().unwrap() {
            let trigger = value["value"].to_string();
            let has_it = |line: &&str| {
                let line: Value = serde_json::from_str(line).unwrap();
                line["triggerTypes"].as_array().unwrap().contains(&value["value"])
            };
            let expected = lines.lines().filter(has_it).count();
            assert_eq!(value["count"], expected, "automations with {trigger}");
            let query = format!("{{ search(filter: {{triggers: [{trigger}]}}) {{ total }} }}");
            assert_eq!(app.query(&query).await.data()["search"]["total"], expected, "a search for {trigger}");
        }
    }

    async fn an_export_is_of_one_moment_whatever_is_written_meanwhile(database: TestDatabase) {
        let reader = database.filled(&two_homes()).await;
        let (reading, writing) = (reader.open().await, Database::connect(&reader.url).await.unwrap());
        let before = export(&reading).await;
        let scan = reading.scan().await.unwrap();
        let seen = scan.repositories().await.unwrap();
        let (casa, _) = two_homes().remove(0);
        sync(&writing, &casa, &lamps(9)).await;
        let rows = scan.automations_of(seen[0].id).await.unwrap();
        assert_eq!(rows.len(), 2, "the writer's lamps are of a later moment");
        assert_eq!(scan.state.data_version, 2);
        drop(scan);
        assert_ne!(export(&reading).await, before);
    }

    async fn two_processes_may_write_at_once(database: TestDatabase) {
        let (one, two) = (database.open().await, Database::connect(&database.url).await.unwrap());
        let fill = async |database: &Database, owner: &str| {
            for number in 0..10 {
                sync(database, &repository(&format!("{owner}/home-{number}"), 1), &lamps(3)).await;
            }
        };
        tokio::join!(fill(&one, "one"), fill(&two, "two"));
        assert_eq!(export(&one).await.lines().count(), 60);
        assert_eq!(one.state().await.unwrap().data_version, 20);
    }

    async fn two_processes_may_write_the_same_repository_at_once(database: TestDatabase) {
        let (one, two) = (database.open().await, Database::connect(&database.url).await.unwrap());
        let write = async |database: &Database| {
            for count in 1..=8 {
                sync(database, &repository("the/same", 1), &lamps(count)).await;
            }
            sync(database, &repository("the/same", 1), &lamps(8)).await;
        };
        tokio::join!(write(&one), write(&two));
        assert_eq!(export(&one).await.lines().count(), 8);
    }
}
