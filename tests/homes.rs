//! The sample homes, indexed as `autodex index --tree examples/homes` does, against `expected.jsonl`, which was written
//! by hand: nothing more, nothing less.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use autodex::db::Database;
use autodex::indexer::{self, Summary};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Fakes of credentials that stand in automations.
const MASKED: [&str; 5] = [
    "hunter2-not-real",
    "swordfish",
    "not-a-real-key-0000",
    "not-a-real-token-0000",
    "front-door-0000-not-a-real-id",
];
/// Stands in the `secrets.yaml` files only.
const CANARY: &str = "never-index-me-7f3a";

fn homes() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/homes")
}

/// The homes in a database of their own.
struct Indexed {
    export: String,
    warnings: Vec<String>,
    summary: Summary,
    _folder: TempDir,
}

async fn indexed() -> Indexed {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("homes.db").display());
    let database = Database::connect(&url).await.unwrap();
    database.migrate().await.unwrap();
    let mut warnings = Vec::new();
    let summary = indexer::run(&database, indexer::tree(&homes()).unwrap(), |report| {
        let done = report.result.as_ref().unwrap();
        warnings.extend(
            done.warnings
                .iter()
                .map(|warning| format!("{}/{warning}", report.name)),
        );
    })
    .await;
    let mut export = Vec::new();
    autodex::transfer::export(&database, &mut export).await.unwrap();
    Indexed {
        export: String::from_utf8(export).unwrap(),
        warnings,
        summary,
        _folder: folder,
    }
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// An export line in the words of `expected.jsonl`, and as one text, so that a difference is readable.
fn found(line: &Value) -> String {
    json!({
        "owner": line["repository"]["owner"],
        "repo": line["repository"]["name"],
        "path": line["sourceFilePath"],
        "start_line": line["startLine"],
        "end_line": line["endLine"],
        "alias": line["alias"],
        "trigger_types": line["triggerTypes"],
        "action_calls": line["actionCalls"],
        "blueprint": line["blueprintPath"],
    })
    .to_string()
}

fn expected() -> Vec<String> {
    let text = std::fs::read_to_string(homes().join("expected.jsonl")).unwrap();
    let without_reach = |mut line: Value| {
        line.as_object_mut().unwrap().remove("reach");
        line.to_string()
    };
    lines(&text).into_iter().map(without_reach).collect()
}

#[tokio::test]
async fn every_automation_is_found_and_nothing_else() {
    let indexed = indexed().await;
    let found: Vec<String> = lines(&indexed.export).iter().map(found).collect();
    let (all_found, all_expected): (BTreeSet<&String>, Vec<String>) = (found.iter().collect(), expected());
    let all_expected: BTreeSet<&String> = all_expected.iter().collect();
    let missing: Vec<_> = all_expected.difference(&all_found).collect();
    let surplus: Vec<_> = all_found.difference(&all_expected).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "missing: {missing:#?}\nsurplus: {surplus:#?}"
    );
    assert_eq!(found.len(), 75, "none of them twice");
    assert_eq!((indexed.summary.repositories, indexed.summary.failed), (8, 0));
}

#[tokio::test]
async fn what_is_broken_is_told_once_and_what_is_odd_is_read() {
    let warnings = indexed().await.warnings;
    let about = |file: &str| warnings.iter().filter(|warning| warning.contains(file)).count();
    assert_eq!(about("moving-boxes/lists/hallway.yaml"), 1, "{warnings:#?}");
    assert_eq!(about("lists/old_laptop.yaml"), 1, "{warnings:#?}");
    assert_eq!(about("secrets"), 1, "{warnings:#?}");
    for silent in [
        "packages/water.yaml",
        "volets.yaml",
        "granny-annexe",
        "boathouse",
        "dome-house",
        "emoji-flat",
    ] {
        assert_eq!(about(silent), 0, "{silent} is fine: {warnings:#?}");
    }
    let welcome = ["boxes/kitchen.yaml", "haus/kachelofen.yaml"];
    let explained = ["hallway.yaml", "old_laptop.yaml", "secrets"];
    for warning in &warnings {
        assert!(
            welcome
                .iter()
                .chain(&explained)
                .any(|file| warning.contains(file)),
            "nothing is wrong there: {warning}"
        );
    }
}

#[tokio::test]
async fn no_secret_is_stored_and_its_place_is_marked() {
    let indexed = indexed().await;
    for secret in MASKED {
        assert!(!indexed.export.contains(secret), "{secret} is in the index");
        assert!(
            stands_in_a_file(secret),
            "{secret} is in no home: this test would prove nothing"
        );
    }
    assert!(indexed.export.contains("***"));
    assert!(!indexed.export.contains(CANARY), "a file of secrets was opened");
    assert!(!indexed.warnings.join("\n").contains(CANARY));
    assert!(stands_in_a_file(CANARY));
}

#[tokio::test]
async fn the_text_of_an_automation_is_the_lines_it_stands_on() {
    let indexed = indexed().await;
    for line in lines(&indexed.export) {
        let path = |part: &Value| part.as_str().unwrap().to_owned();
        let repository = &line["repository"];
        let file = homes()
            .join(path(&repository["owner"]))
            .join(path(&repository["name"]))
            .join(path(&line["sourceFilePath"]));
        let bytes = std::fs::read(&file).unwrap();
        let count = String::from_utf8_lossy(&bytes).lines().count() as u64;
        let (start, end) = (
            line["startLine"].as_u64().unwrap(),
            line["endLine"].as_u64().unwrap(),
        );
        assert!(
            1 <= start && start <= end && end <= count,
            "{start}-{end} of {count} in {}",
            file.display()
        );
        let source = line["source"].as_str().unwrap();
        assert_eq!(
            source.lines().count() as u64,
            end - start + 1,
            "{} at {start}",
            file.display()
        );
        assert!(!source.contains('\r'), "{}", file.display());
    }
}

/// Whether a text stands in any file of the homes but the README.
fn stands_in_a_file(text: &str) -> bool {
    let mut folders = vec![homes()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "yaml" || it == "yml") {
                let bytes = std::fs::read(path).unwrap();
                if String::from_utf8_lossy(&bytes).contains(text) {
                    return true;
                }
            }
        }
    }
    false
}
