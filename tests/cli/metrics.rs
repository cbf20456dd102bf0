//! `/metrics`, from a real process: right by Prometheus' own tool, bounded, and all that alerts and dashboard name.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Place, Running, ask, ask_at, until_ready};

/// A server that has Redis switched on, so that all families are there; that none answers makes no difference to them.
fn served(place: &Place) -> (Running, String) {
    let mut command = place.command(&["serve"]);
    command
        .env("PORT", "0")
        .env("LOG_FORMAT", "json")
        .env("REDIS_ENABLED", "true")
        .env("REDIS_URL", "redis://127.0.0.1:1")
        .env("CACHE_WARM_OPERATIONS", "0");
    let running = Running::start(command);
    let log = running.stderr_until("\"listening\"");
    let line: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    let address = line["address"].as_str().unwrap().to_owned();
    until_ready(&address);
    (running, address)
}

/// The name of each sample and its labels, without the values.
fn series(page: &str) -> BTreeSet<String> {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.rsplit_once(' ').unwrap().0.to_owned())
        .collect()
}

fn value(page: &str, series: &str) -> Option<f64> {
    let found = page
        .lines()
        .find_map(|line| line.strip_prefix(&format!("{series} ")))?;
    Some(found.parse().unwrap())
}

#[test]
#[ignore = "needs promtool: run ./scripts/test"]
fn prometheus_own_tool_finds_nothing_to_say() {
    let place = Place::new();
    let (_running, address) = served(&place);
    for _ in 0..2 {
        ask(&address, "{ search { total } facets { total } }");
    }
    let page = ask_at(&address, "/metrics");
    let mut tool = Command::new("promtool");
    tool.args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = tool
        .spawn()
        .expect("promtool; ./scripts/test installs what tests need");
    child.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(
        output.status.success() && said.is_empty(),
        "{}",
        String::from_utf8_lossy(&said)
    );
}

/// The metrics of ours that a text names.
fn named(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words
        .filter(|word| word.starts_with("autodex_") || word.starts_with("process_"))
        .collect()
}

#[test]
fn every_metric_that_an_alert_or_the_dashboard_or_the_manual_names_is_exposed() {
    let place = Place::new();
    let (_running, address) = served(&place);
    ask(&address, "{ stats { dataVersion } }");
    let page = ask_at(&address, "/metrics");
    let exposed: BTreeSet<String> = series(&page)
        .iter()
        .map(|series| series.split('{').next().unwrap().to_owned())
        .collect();
    let families: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next())
        .collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in [
        "deploy/prometheus/alerts.yml",
        "deploy/grafana/autodex.json",
        "docs/monitoring.md",
    ] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        let unknown: Vec<&str> = named(&text)
            .into_iter()
            .filter(|name| !exposed.contains(*name) && !families.contains(name))
            .collect();
        assert_eq!(unknown, Vec::<&str>::new(), "{file}");
    }
    let manual = std::fs::read_to_string(root.join("docs/monitoring.md")).unwrap();
    let told = named(&manual);
    let untold: Vec<&&str> = families
        .iter()
        .filter(|family| !told.contains(**family))
        .collect();
    assert_eq!(
        untold,
        Vec::<&&str>::new(),
        "docs/monitoring.md tells of every metric"
    );
}

/// The values of a label of a metric.
fn values<'a>(page: &'a str, metric: &str, label: &str) -> BTreeSet<&'a str> {
    let begins = format!("{metric}{{");
    let samples = page.lines().filter_map(|line| line.strip_prefix(begins.as_str()));
    samples
        .map(|labels| {
            let (_, rest) = labels.split_once(&format!("{label}=\"")).unwrap();
            rest.split('"').next().unwrap()
        })
        .collect()
}

#[test]
fn the_manual_tells_of_every_word_that_requests_are_counted_under() {
    let place = Place::new();
    let (_running, address) = served(&place);
    let page = ask_at(&address, "/metrics");
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/monitoring.md");
    let manual = std::fs::read_to_string(manual).unwrap();
    for (metric, label) in [
        ("autodex_requests_total", "operation"),
        ("autodex_requests_total", "outcome"),
        ("autodex_request_duration_seconds_count", "cache"),
        ("autodex_ratelimit_requests_total", "decision"),
        ("autodex_index_last_run_repositories", "outcome"),
    ] {
        let family = metric.trim_end_matches("_count");
        let row = manual
            .lines()
            .find(|line| line.starts_with('|') && line.contains(&format!("`{family}`")))
            .unwrap();
        for word in values(&page, metric, label) {
            assert!(row.contains(&format!("`{word}`")), "{family}: {label} {word}");
        }
    }
}

#[test]
fn requests_are_counted_and_timed_by_what_they_are() {
    let place = Place::new();
    let (_running, address) = served(&place);
    for query in [
        "{ stats { dataVersion } }",
        "{ stats { dataVersion } }",
        "{ search(page: 0) { total } }",
        "{ nonsense",
    ] {
        ask(&address, query);
    }
    let page = ask_at(&address, "/metrics");
    for (series, expected) in [
        ("autodex_requests_total{operation=\"stats\",outcome=\"ok\"}", 2.0),
        (
            "autodex_requests_total{operation=\"search\",outcome=\"partial\"}",
            1.0,
        ),
        (
            "autodex_requests_total{operation=\"unread\",outcome=\"rejected\"}",
            1.0,
        ),
        (
            "autodex_request_duration_seconds_count{operation=\"stats\",cache=\"miss\"}",
            1.0,
        ),
        (
            "autodex_request_duration_seconds_count{operation=\"stats\",cache=\"hit_memory\"}",
            1.0,
        ),
        (
            "autodex_cache_answers_total{scope=\"response\",traffic=\"user\",outcome=\"hit_memory\"}",
            1.0,
        ),
        ("autodex_database_connections_max", 16.0),
        ("autodex_redis_state{state=\"down\"}", 1.0),
    ] {
        assert_eq!(value(&page, series), Some(expected), "{series} in\n{page}");
    }
    for series in [
        "process_resident_memory_bytes",
        "process_open_fds",
        "autodex_catalog_build_duration_seconds_sum{from=\"all\"}",
    ] {
        assert!(value(&page, series).is_some_and(|value| value > 0.0), "{series}");
    }
}

#[test]
fn whatever_clients_send_makes_no_new_series() {
    let place = Place::new();
    let (_running, address) = served(&place);
    let ask_all = |word: &str| {
        ask(
            &address,
            &format!("query {word} {{ search(text: \"{word}\") {{ total }} }}"),
        );
        ask(&address, &format!("{{ {word} }}"));
        ask_at(&address, &format!("/{word}"));
        ask_at(&address, &format!("/api/v1/admin/{word}"));
    };
    ask_all("first");
    let before = series(&ask_at(&address, "/metrics"));
    for i in 0..20 {
        ask_all(&format!("word{i}"));
    }
    assert_eq!(series(&ask_at(&address, "/metrics")), before);
}
