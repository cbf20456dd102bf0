//! The unit for systemd.

use std::process::Command;

use crate::repository::text;
use crate::tools::approved;

/// What a unit for an instance sets a key to, its last word.
fn set_to(key: &str, instance: &str) -> String {
    let unit = text("deploy/systemd/autodex@.service").replace("%i", instance);
    let mut lines = unit
        .lines()
        .rev()
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    lines.next().unwrap().to_owned()
}

#[test]
fn the_instance_is_the_port_whatever_the_file_of_settings_says() {
    let start = set_to("ExecStart", "8002");
    let (run, program) = start.split_once(" /usr/local/bin/").unwrap();
    assert_eq!(program, "autodex serve");
    // The file's variables are the environment in which the command is started.
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", &format!("exec {run} /bin/sh -c 'echo $PORT'")])
        .env("PORT", "8000");
    assert_eq!(approved(&mut command), "8002\n");
}

#[test]
fn it_is_given_longer_to_stop_than_it_takes() {
    let sample = text(".env.sample");
    let timeout = sample
        .lines()
        .find_map(|line| line.strip_prefix("SHUTDOWN_TIMEOUT="));
    assert!(set_to("TimeoutStopSec", "8002").parse::<u32>().unwrap() > timeout.unwrap().parse().unwrap());
}
