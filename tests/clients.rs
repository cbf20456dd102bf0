//! Real clients from npm and a real browser against the real server: the tests in `tests/clients/`, run by node.

use std::path::Path;
use std::process::Command;

#[test]
#[ignore = "needs node, npm and chromium: run ./scripts/test"]
fn real_clients_and_a_real_browser_work_against_the_server() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    let mut tests: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".test.mjs"))
        .collect();
    tests.sort();
    assert!(tests.len() >= 7, "{tests:?}");
    let status = Command::new("node")
        .args(["--test", "--test-reporter=spec"])
        .args(&tests)
        .env("AUTODEX", env!("CARGO_BIN_EXE_autodex"))
        .current_dir(&folder)
        .status()
        .expect("node can be run");
    assert!(status.success(), "node's tests failed: see above");
}
