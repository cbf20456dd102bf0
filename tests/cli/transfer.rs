//! `autodex export` and `autodex import`

use std::process::Stdio;

use crate::support::{Place, homes};

#[test]
fn a_file_goes_from_one_database_into_another() {
    let (from, to) = (Place::new(), Place::new());
    from.succeed(&["index", "--tree", &homes()]);
    let exported = from.succeed(&["export", "--output", "all.jsonl"]);
    assert!(
        exported.stderr.contains("exported 75 automations"),
        "{}",
        exported.stderr
    );
    let file = from.path("all.jsonl").display().to_string();
    let imported = to.succeed(&["import", &file]);
    let sums = "imported 75 automations of 8 repositories";
    assert!(imported.stderr.contains(sums), "{}", imported.stderr);
    assert!(
        imported.stderr.contains("75 added, 0 updated, 0 removed"),
        "{}",
        imported.stderr
    );
    let ids = |place: &Place| -> Vec<String> {
        place
            .exported()
            .iter()
            .map(|line| format!("{} {}", line["id"], line["indexedAt"]))
            .collect()
    };
    assert_eq!(ids(&to), ids(&from));
    let again = to.succeed(&["import", &file]);
    assert!(
        again.stderr.contains("0 added, 0 updated, 0 removed"),
        "{}",
        again.stderr
    );
}

#[test]
fn lines_may_come_from_standard_input() {
    let place = Place::new();
    place.succeed(&["synth", "--level", "1", "--output", "lines.jsonl"]);
    let mut command = place.command(&["import", "-"]);
    command.stdin(Stdio::from(
        std::fs::File::open(place.path("lines.jsonl")).unwrap(),
    ));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(place.exported().len(), 500);
}

#[test]
fn a_bad_line_fails_by_file_and_number() {
    let place = Place::new();
    place.succeed(&["synth", "--level", "1", "--output", "lines.jsonl"]);
    let lines = std::fs::read_to_string(place.path("lines.jsonl")).unwrap();
    let broken: Vec<&str> = lines.lines().take(4).chain(["{broken"]).collect();
    place.write("lines.jsonl", &broken.join("\n"));
    let ended = place.run(&["import", "lines.jsonl"]);
    assert_eq!(ended.code, Some(1));
    for part in ["lines.jsonl", "line 5"] {
        assert!(ended.stderr.contains(part), "{part:?} is not in {}", ended.stderr);
    }
}

#[test]
fn files_that_cannot_be_opened_fail_by_name() {
    let place = Place::new();
    let missing = place.run(&["import", "missing.jsonl"]);
    assert_eq!(missing.code, Some(1));
    assert!(missing.stderr.contains("missing.jsonl"), "{}", missing.stderr);
    let unwritable = place.run(&["export", "--output", "no/such/folder.jsonl"]);
    assert_eq!(unwritable.code, Some(1));
    assert!(
        unwritable.stderr.contains("no/such/folder.jsonl"),
        "{}",
        unwritable.stderr
    );
}
