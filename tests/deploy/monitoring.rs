//! Alert rules and dashboard. That the metrics they name are exposed is tested against a running server in `tests/cli/metrics.rs`.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use crate::repository::{path, text, yaml};
use crate::tools::approved;

fn promtool(arguments: &[&str]) -> String {
    let mut command = Command::new("promtool");
    approved(command.args(arguments).current_dir(path("deploy/prometheus")))
}

#[test]
#[ignore = "needs promtool: run ./scripts/test"]
fn prometheus_takes_its_configuration_and_the_rules() {
    promtool(&["check", "config", "prometheus.yml"]);
    promtool(&["check", "rules", "alerts.yml"]);
}

#[test]
#[ignore = "needs promtool: run ./scripts/test"]
fn alerts_are_raised_when_they_should_be_and_not_before() {
    promtool(&["test", "rules", "alerts_test.yml"]);
}

/// The alerts, with their annotations.
fn alerts() -> Vec<(String, Value)> {
    let rules = yaml(&text("deploy/prometheus/alerts.yml"));
    let groups = rules["groups"].as_array().unwrap().clone();
    let rules = groups
        .into_iter()
        .flat_map(|group| group["rules"].as_array().unwrap().clone());
    rules
        .map(|rule| {
            (
                rule["alert"].as_str().unwrap().to_owned(),
                rule["annotations"].clone(),
            )
        })
        .collect()
}

#[test]
fn each_alert_has_its_paragraph_in_the_runbook_and_no_other_has() {
    let runbook = text("docs/monitoring.md");
    let (_, runbook) = runbook.split_once("\n## Runbook\n").expect("a runbook");
    let told: BTreeSet<&str> = runbook
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .collect();
    let alerts = alerts();
    let raised: BTreeSet<&str> = alerts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(told, raised);
    for (name, annotations) in &alerts {
        let link = format!("docs/monitoring.md#{}", name.to_lowercase());
        assert_eq!(annotations["runbook"], link, "{name}");
        assert!(annotations["summary"].is_string(), "{name}");
    }
}

#[test]
fn every_panel_of_the_dashboard_asks_something_and_lies_beside_the_others() {
    let dashboard: Value = serde_json::from_str(&text("deploy/grafana/autodex.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let mut places = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for panel in panels {
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{}", panel["title"]);
        let at = &panel["gridPos"];
        let (x, y, w) = (
            at["x"].as_u64().unwrap(),
            at["y"].as_u64().unwrap(),
            at["w"].as_u64().unwrap(),
        );
        assert!(x + w <= 24 && places.insert((y, x)), "{}", panel["title"]);
        if panel["type"] != "row" {
            let targets = panel["targets"].as_array().unwrap();
            assert!(
                targets
                    .iter()
                    .all(|it| it["expr"].as_str().is_some_and(|expr| expr.contains("$instance")))
            );
        }
    }
    assert!(panels.len() > 20);
}
