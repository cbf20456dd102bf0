//! The compose files: right by the Compose specification, and holding what they promise.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::repository::{path, text, variables, yaml};
use crate::tools::{approved, compose};

const DEVELOPMENT: &str = "docker-compose.yml";
const PRODUCTION: &str = "docker-compose.prod.yml";
/// Goes beside the one for production.
const GITHUB: &str = "docker-compose.github.yml";

/// A compose file as the tool understands it: checked, put together, its variables filled in from nothing.
#[track_caller]
fn understood(file: &str) -> Value {
    understood_with(&[file], &[])
}

/// Files together, with these variables set, and the service for one-off commands in sight.
#[track_caller]
fn understood_with(files: &[&str], variables: &[(&str, &str)]) -> Value {
    let mut command = compose();
    command
        .args(files.iter().flat_map(|file| ["--file", file]))
        .args(["--profile", "tools", "config"])
        .current_dir(path(""))
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(variables.iter().copied());
    yaml(&approved(&mut command))
}

/// The services that run Autodex.
const SERVERS: [&str; 2] = ["autodex-1", "autodex-2"];
const TOOLS: &str = "tools";

fn services(of: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let services = of["services"].as_object().unwrap();
    services.iter().map(|(name, service)| (name.as_str(), service))
}

/// The services that say something of this.
fn with<'a>(of: &'a Value, key: &str) -> Vec<&'a str> {
    let saying = services(of).filter(|(_, service)| !service[key].is_null());
    saying.map(|(name, _)| name).collect()
}

/// The variables of a service that runs Autodex.
fn environment(service: &Value) -> BTreeSet<String> {
    service["environment"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

/// `NAME` of each `${NAME}` and `${NAME:-default}`.
fn interpolated(text: &str) -> BTreeSet<String> {
    let names = text.split("${").skip(1);
    names
        .map(|rest| rest.split([':', '}']).next().unwrap().to_owned())
        .collect()
}

#[test]
#[ignore = "needs docker compose: run ./scripts/test"]
fn each_server_takes_every_variable_of_the_sample_and_no_other() {
    for (file, count) in [(DEVELOPMENT, 1), (PRODUCTION, 3)] {
        let understood = understood(file);
        let servers: Vec<&Value> = services(&understood)
            .filter_map(|(_, service)| (service["image"] == "autodex").then_some(service))
            .collect();
        assert_eq!(servers.len(), count, "{file}");
        for server in servers {
            let taken = environment(server);
            assert_eq!(
                taken,
                variables(),
                "{file}: deploy/settings.yml lists all of .env.sample"
            );
        }
    }
}

#[test]
fn what_is_filled_into_the_files_is_a_variable_of_the_sample() {
    for file in [DEVELOPMENT, PRODUCTION, GITHUB, "deploy/settings.yml"] {
        let unknown: Vec<String> = interpolated(&text(file))
            .difference(&variables())
            .cloned()
            .collect();
        assert_eq!(unknown, Vec::<String>::new(), "{file}");
    }
}

#[test]
#[ignore = "needs docker compose: run ./scripts/test"]
fn development_has_a_lasting_redis_and_asks_after_its_services() {
    let file = understood(DEVELOPMENT);
    let redis = &file["services"]["redis"];
    assert_eq!(redis["image"], "redis:7-alpine");
    assert_eq!(redis["command"], json!(["redis-server", "--appendonly", "yes"]));
    for name in ["redis", "postgres"] {
        let service = &file["services"][name];
        assert!(service["healthcheck"]["test"].is_array(), "{name}");
        assert_eq!(service["volumes"].as_array().map(Vec::len), Some(1), "{name}");
    }
    let server = &file["services"]["autodex"];
    assert_eq!(server["depends_on"]["postgres"]["condition"], "service_healthy");
}

#[test]
#[ignore = "needs docker compose: run ./scripts/test"]
fn in_production_everything_comes_back_and_is_bounded() {
    let file = understood(PRODUCTION);
    for (name, service) in services(&file) {
        assert!(!service["mem_limit"].is_null(), "{name}");
        if name == TOOLS {
            assert_eq!(service["restart"], "no", "what runs once ends");
            continue;
        }
        assert_eq!(service["restart"], "unless-stopped", "{name}");
        assert!(service["healthcheck"]["test"].is_array(), "{name}");
        assert_eq!(service["logging"]["options"]["max-size"], "20m", "{name}");
    }
    let redis = file["services"]["redis"]["command"].as_array().unwrap();
    for (option, value) in [("--maxmemory", "256mb"), ("--maxmemory-policy", "allkeys-lru")] {
        assert!(
            redis.windows(2).any(|pair| pair == [json!(option), json!(value)]),
            "{option}"
        );
    }
}

#[test]
#[ignore = "needs docker compose: run ./scripts/test"]
fn in_production_only_the_proxy_can_be_reached() {
    let file = understood(PRODUCTION);
    assert_eq!(with(&file, "ports"), ["proxy"]);
    // By IPv6 all visitors would have one address.
    let port = file["services"]["proxy"]["ports"][0].to_string();
    assert!(port.contains("0.0.0.0"), "{port}");
    assert_eq!(file["networks"]["data"]["internal"], true);
    for name in ["postgres", "redis"] {
        let networks = file["services"][name]["networks"].as_object().unwrap();
        assert_eq!(networks.keys().collect::<Vec<_>>(), ["data"], "{name}");
    }
}

#[test]
#[ignore = "needs docker compose: run ./scripts/test"]
fn in_production_secrets_come_from_files_and_nowhere_else() {
    let set = ["DATABASE_URL", "ADMIN_TOKEN", "GITHUB_TOKEN"].map(|name| (name, "from-the-environment"));
    for files in [&[PRODUCTION][..], &[PRODUCTION, GITHUB]] {
        let file = understood_with(files, &set);
        for (name, secret) in file["secrets"].as_object().unwrap() {
            let from = secret["file"].as_str().unwrap();
            assert!(from.ends_with(&format!("/secrets/{name}")), "{from}");
        }
        for (name, service) in services(&file) {
            for (variable, value) in service["environment"].as_object().into_iter().flatten() {
                let secret = ["PASSWORD", "TOKEN", "DATABASE_URL"]
                    .iter()
                    .any(|word| variable.ends_with(word));
                let is_empty = value.is_null() || *value == json!("");
                assert!(!secret || is_empty, "{name}: {variable} is {value}");
            }
        }
    }
}

#[test]
#[ignore = "needs docker compose: run ./scripts/test"]
fn each_secret_that_a_service_reads_from_a_file_is_handed_to_it() {
    let file = understood_with(&[PRODUCTION, GITHUB], &[]);
    for name in [&SERVERS[..], &[TOOLS]].concat() {
        let service = &file["services"][name];
        let handed: BTreeSet<&str> = service["secrets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|secret| secret["source"].as_str().unwrap())
            .collect();
        let read: BTreeSet<&str> = service["environment"]
            .as_object()
            .unwrap()
            .values()
            .filter_map(|value| value.as_str()?.strip_prefix("/run/secrets/"))
            .collect();
        assert_eq!(
            handed,
            BTreeSet::from(["admin_token", "database_url", "github_token"]),
            "{name}"
        );
        assert_eq!(read, handed, "{name}");
    }
}

#[test]
#[ignore = "needs docker compose: run ./scripts/test"]
fn what_the_files_choose_can_be_chosen_otherwise() {
    for (files, log) in [(&[DEVELOPMENT][..], "pretty"), (&[PRODUCTION], "json")] {
        for (set, redis, format) in [
            (&[][..], "true", log),
            (
                &[("REDIS_ENABLED", "false"), ("LOG_FORMAT", "other")],
                "false",
                "other",
            ),
        ] {
            let file = understood_with(files, set);
            let servers = services(&file).filter(|(_, service)| service["image"] == "autodex");
            for (name, server) in servers {
                let environment = &server["environment"];
                assert_eq!(environment["REDIS_ENABLED"], redis, "{name}");
                assert_eq!(environment["LOG_FORMAT"], format, "{name}");
            }
        }
    }
}

#[test]
#[ignore = "needs docker compose: run ./scripts/test"]
fn one_service_builds_the_image_and_a_command_beside_the_servers_takes_none_of_their_addresses() {
    let file = understood(PRODUCTION);
    assert_eq!(with(&file, "build"), ["autodex-1"]);
    let tools = &file["services"][TOOLS];
    let networks = tools["networks"].as_object().unwrap();
    assert_eq!(networks.keys().collect::<Vec<_>>(), ["data", "edge"]);
    assert!(networks["edge"]["ipv4_address"].is_null());
    assert_eq!(
        tools["profiles"],
        json!([TOOLS]),
        "it does not start with the others"
    );
    // Addresses that are given out are in the upper half, the fixed ones below.
    let range = &file["networks"]["edge"]["ipam"]["config"][0]["ip_range"];
    assert_eq!(*range, "10.77.0.128/25");
    for (name, service) in services(&file) {
        if let Some(fixed) = service["networks"]["edge"]["ipv4_address"].as_str() {
            let last: u8 = fixed.strip_prefix("10.77.0.").unwrap().parse().unwrap();
            assert!(last < 128, "{name}: {fixed}");
        }
    }
}

#[test]
#[ignore = "needs docker compose: run ./scripts/test"]
fn the_two_servers_are_those_the_proxy_asks_and_they_believe_it() {
    let file = understood(PRODUCTION);
    let behind = understood_with(
        &[PRODUCTION],
        &[("TRUSTED_PROXIES", "173.245.48.0/20,103.21.244.0/22")],
    );
    let address = |name: &str| {
        let network = &file["services"][name]["networks"]["edge"];
        network["ipv4_address"].as_str().unwrap().to_owned()
    };
    let upstream = text("deploy/nginx/upstream.conf");
    for name in SERVERS {
        assert!(
            upstream.contains(&format!("server {}:8000 ", address(name))),
            "{name}"
        );
        let trusted = |file: &Value| {
            let list = file["services"][name]["environment"]["TRUSTED_PROXIES"].clone();
            // What is empty between commas is nothing.
            let list = list.as_str().unwrap().to_owned();
            list.split(',')
                .filter(|it| !it.is_empty())
                .map(String::from)
                .collect::<Vec<_>>()
        };
        assert_eq!(trusted(&file), [address("proxy")], "{name}");
        // Whoever stands before the proxy is believed beside it, not in its place.
        let both = [address("proxy").as_str(), "173.245.48.0/20", "103.21.244.0/22"].map(String::from);
        assert_eq!(trusted(&behind), both, "{name}");
    }
}

#[test]
#[ignore = "needs docker compose: run ./scripts/test"]
fn a_server_is_given_longer_to_stop_than_it_takes() {
    let sample = text(".env.sample");
    let timeout = sample
        .lines()
        .find_map(|line| line.strip_prefix("SHUTDOWN_TIMEOUT="));
    assert_eq!(timeout, Some("30"));
    for (file, name) in [(DEVELOPMENT, "autodex"), (PRODUCTION, "autodex-1")] {
        assert_eq!(understood(file)["services"][name]["stop_grace_period"], "40s");
    }
}

#[test]
#[ignore = "needs docker compose: run ./scripts/test"]
fn the_tool_refuses_what_the_specification_does_not_know() {
    // So that the tests above do not pass because the tool takes anything.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bad.yml");
    let bad = "services:\n  redis:\n    image: redis:7-alpine\n    restrat: always\n";
    std::fs::write(&file, bad).unwrap();
    let output = compose().arg("--file").arg(&file).arg("config").output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("restrat"));
}
