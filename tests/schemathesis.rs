//! Schemathesis in its short form: it asks the real server whatever the schema allows, and every answer is held to the
//! specification. `scripts/schemathesis` is the long one.

use std::process::Command;

#[test]
#[ignore = "needs Python and PyPI: run ./scripts/test"]
fn whatever_the_schema_allows_is_answered_by_the_specification() {
    let output = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/schemathesis"))
        .arg("30")
        .env("AUTODEX", env!("CARGO_BIN_EXE_autodex"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}
