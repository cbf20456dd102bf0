//! Credentials committed by accident: none is in anything the reader hands on. Every one here is made up.

use super::{read, read_one};

/// An automation whose action has these lines as its data.
fn source_of(data: &str) -> String {
    let data = data.replace('\n', "\n        ");
    let text = format!(
        "- alias: A\n  trigger: []\n  action:\n    - service: a.b\n      data:\n        {data}\n        after: kept\n"
    );
    let source = read_one(&text).source.unwrap_or_default();
    assert_eq!(
        source.split('\n').count(),
        text.trim_end().split('\n').count(),
        "{source}"
    );
    source
}

/// Parts of a token are joined here, so that no scanner takes this file for a leak.
fn tokens() -> Vec<String> {
    let filler = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8";
    let join = |parts: &[&str]| parts.concat();
    vec![
        join(&["ghp", "_", filler]),
        join(&["github", "_pat_", filler]),
        join(&["AK", "IA", "IOSFODNN7EXAMPLE"]),
        join(&["xo", "xb-", "1234567890-", filler]),
        join(&["AI", "za", filler]),
        join(&[
            "ey",
            "JhbGciOiJIUzI1NiJ9",
            ".ey",
            "JpYXQiOjE1MTYyMzkwMjJ9",
            ".",
            filler,
        ]),
        join(&["123456789", ":AA", filler]),
        join(&["sk", "_live_", filler]),
        join(&["sk", "-proj-", filler]),
        join(&["gl", "pat-", "A1b2C3d4E5f6G7h8I9j0"]),
        join(&["hf", "_", filler]),
        join(&["gAAAA", "A", filler, filler]),
        join(&["S", "G.", filler, ".", filler]),
    ]
}

#[test]
fn tokens_of_a_known_look_are_masked_wherever_they_stand() {
    for token in tokens() {
        let places = [
            format!("x: {token}"),
            format!("x: '{token}'"),
            format!("x: [a, {token}]"),
            format!("x: |\n  one\n  two {token}"),
            format!("y: 1 # {token}"),
            format!("# {token}"),
            format!("x: https://h/bot/{token}/send"),
            format!("x: \"{{{{ '{token}' }}}}\""),
            format!("{token}: x"),
            format!("x: >-\n  a\n  {token}\n\n  b"),
        ];
        for place in places {
            let source = source_of(&place);
            assert!(
                !source.contains(&token) && source.contains("***") && source.contains("after: kept"),
                "{source}"
            );
        }
    }
}

#[test]
fn values_of_keys_that_name_a_secret_are_masked_however_they_are_written() {
    for key in [
        "password",
        "Password",
        "mqtt_password",
        "token",
        "access_token",
        "api_key",
        "apiKey",
        "X-Api-Key",
        "client_secret",
        "webhook_id",
        "authorization",
        "bot_token",
        "passphrase",
        "secret",
        "private_key",
        "psk",
    ] {
        let table = [
            format!("{key}: hunter"),
            format!("{key}: 'hunter'"),
            format!("{key}: \"hunter\""),
            format!("\"{key}\": hunter"),
            format!("x: {{{key}: hunter, y: 1}}"),
            format!("x: {{\"{key}\": \"hunter\"}}"),
            format!("x: [{{{key}: hunter}}]"),
            format!("{key}: |\n  one hunter\n  two hunter"),
            format!("{key}: >-\n  hunter\n\n  hunter"),
            format!("{key}: \"a\n  hunter\n  b\""),
            format!("{key}: hunter\n  hunter"),
            format!("{key}:\n  hunter"),
            format!("{key}: [hunter, 'hunter']"),
            format!("{key}:\n  - hunter\n  - hunter"),
            format!("{key}: &a hunter\ny: *a"),
            format!("? {key}\n: hunter"),
            format!("{key}: hunter{{{{ x }}}}"),
            format!("{key}: \"{{{{ 'hunter' }}}}\""),
            format!("{key}: \"{{{{ x if y else 'hunter' }}}}\""),
            format!("# {key}: hunter"),
            format!("{key}: hunter # was: hunter"),
        ];
        for data in table {
            let source = source_of(&data);
            let live = source.replace("# was: hunter", "");
            assert!(
                !live.contains("hunter") && live.contains("***") && live.contains("after: kept"),
                "{source}"
            );
        }
    }
}

#[test]
fn a_token_after_letters_is_masked() {
    let token = ["123456789", ":AA", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p"].concat();
    assert!(!source_of(&format!("url: https://api.telegram.org/bot{token}/sendMessage")).contains(&token));
}

#[test]
fn secrets_in_running_text_are_masked() {
    let table = [
        "url: https://user:hunter@host/x",
        "url: rtsp://admin:hunter@10.0.0.2:554/s",
        "x: \"mqtt://u:hunter@h\"",
        "url: https://h/x?token=hunter&y=1",
        "url: https://h/x?y=1&api_key=hunter",
        "url: 'http://h/?key=hunter'",
        "url: http://h/?password=hunter#x",
        "x: 'Authorization: Bearer hunter1hunter'",
        "Authorization: Bearer hunter",
        "x: |\n  curl -H 'Authorization: Basic aHVudGVyhunter2=='",
        "x: curl -u admin:hunter http://h",
        "x: login --password hunter",
        "x: login --api-token=hunter",
        "x: sshpass -p hunter ssh h",
        "payload: '{\"password\":\"hunter\",\"x\":1}'",
        "payload: \"{\\\"token\\\": \\\"hunter\\\"}\"",
        "x: |\n  {\n    \"api_key\": \"hunter\"\n  }",
        "# password = hunter",
        "# {token: hunter}",
        "x: <password>hunter</password>",
        "x: \"{% set token = 'hunter' %}\"",
        "url: https://discord.com/api/webhooks/123456/hunter-Xy",
        "url: https://hooks.slack.com/services/T000/B000/hunter",
        "url: https://h/api/webhook/hunter",
        "url: https://maker.ifttt.com/trigger/ev/with/key/hunter",
        "x: https://hooks.nabu.casa/hunter",
    ];
    for data in table {
        let source = source_of(data);
        assert!(
            !source.contains("hunter") && source.contains("***") && source.contains("after: kept"),
            "{source}"
        );
    }
}

#[test]
fn numbers_of_locks_and_random_keys_are_masked() {
    for data in [
        "code: 4321",
        "code: '4321'",
        "pin: 04321",
        "# pin: 4321",
        "alarm_code: 4321",
        "x: 'alarm code: 4321'",
        "code: \"4321\" # x",
    ] {
        assert!(!source_of(data).contains("4321"), "{data}");
    }
    for data in [
        "key: 8f14e45fceea167a5a36dedd4bea2543",
        "hash: 'dGhpcyBpcyBh1IHRlc3Q2Zm9y'",
        "# key: 8f14e45fceea167a5a36dedd4bea2543",
    ] {
        assert!(source_of(data).contains("***"), "{data}");
    }
}

#[test]
fn private_keys_are_masked_line_by_line() {
    let (begin, end) = (
        ["-----BEGIN RSA PRIV", "ATE KEY-----"].concat(),
        ["-----END RSA PRIV", "ATE KEY-----"].concat(),
    );
    let source = source_of(&format!(
        "x: |\n  {begin}\n  MIIEpAIBAAKCAQEA\n  7bq2a8Zk\n  {end}\n  kept: 1"
    ));
    assert!(
        !source.contains("MII") && !source.contains("7bq2") && source.contains("kept: 1"),
        "{source}"
    );
    let open = source_of(&format!("x: |\n  {begin}\n  MIIEpAIBAAKCAQEA"));
    assert!(!open.contains("MII"), "{open}");
}

#[test]
fn what_only_names_a_secret_stays() {
    let table = [
        "password: !secret mqtt_password",
        "token: \"{{ states('input_text.token') }}\"",
        "Authorization: \"Bearer {{ token }}\"",
        "token: !input token",
        "password:",
        "password: true",
        "url: https://h/x?token={{ token }}",
        "# see !secret password",
        "token: ''",
        "x: 'Code 404: error_code: 404'",
        "status_code: 200",
        "code: KEY_PLAY",
        "key: volume_up",
        "x: login --password $PASSWORD",
        "url: https://example.com/a:b@c",
        "time: '12:30:00'",
        "entity_id: sensor.token_price",
        "x: \"{{ token == 'idle' }}\"",
        "x: \"{{ x.token }}\"",
        "x: 0x00158d0001a2b3c4",
        "id: 8f14e45fceea167a5a36dedd4bea2543",
        "email: a@b.c",
        "x: Bearer tokens are long",
    ];
    for data in table {
        let source = source_of(data);
        let expected: Vec<&str> = data.split('\n').collect();
        assert!(
            expected.iter().all(|line| source.contains(line)) && !source.contains("***"),
            "{source}"
        );
    }
}

#[test]
fn every_other_text_is_masked_too() {
    let token = &tokens()[0];
    let text = format!(
        "- id: {token}\n  alias: 'A {token}'\n  description: 'password: hunter2'\n  trigger:\n    platform: {token}\n  action: []\n  use_blueprint: {{path: 'https://u:hunter2@h/x.yaml'}}\n"
    );
    let shown = format!("{:?}", read_one(&text));
    assert!(!shown.contains(token) && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn names_and_ids_that_are_no_secrets_stay() {
    let automation = read_one(
        "- id: '1587654321000'\n  alias: 'Code lock: pin pad (kitchen)'\n  trigger: []\n  action: []\n",
    );
    assert_eq!(automation.alias.as_deref(), Some("Code lock: pin pad (kitchen)"));
    assert_eq!(automation.automation_id.as_deref(), Some("1587654321000"));
}

#[test]
fn windows_line_ends_hide_nothing() {
    let text = "- alias: A\r\n  password: |\r\n    hunter\r\n    hunter\r\n  token: 'hunter'\r\n  trigger: []\r\n  action: []\r\n";
    let source = read_one(text).source.unwrap();
    assert!(
        !source.contains("hunter") && source.split('\n').count() == 7,
        "{source}"
    );
}

#[test]
fn no_secret_of_a_shared_line_is_shown() {
    let reading = read(&[(
        "automations.yaml",
        "[{alias: A, trigger: [], action: [], token: hunter}, {alias: B, trigger: [], action: [], x: {password: hunter}}]",
    )]);
    assert_eq!(reading.automations.len(), 2);
    assert!(!format!("{reading:?}").contains("hunter"));
}
