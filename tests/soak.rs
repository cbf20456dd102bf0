//! The soak in its short form: half a minute of good, bad and hostile requests while Redis fails. `scripts/soak` is the
//! long one, which watches the memory too.

use std::process::Command;

#[test]
#[ignore = "needs redis-server: run ./scripts/test"]
fn half_a_minute_of_everything_at_once_breaks_no_promise() {
    let this = std::env::current_exe().unwrap();
    let built = this.parent().and_then(|folder| folder.parent()).unwrap();
    let soak = built.join("examples").join("soak");
    assert!(
        soak.exists(),
        "{} is not built: cargo build --example soak",
        soak.display()
    );
    let output = Command::new(soak)
        .args([
            "--seconds",
            "30",
            "--level",
            "1",
            "--connections",
            "16",
            "--in-flight",
            "8",
        ])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}
