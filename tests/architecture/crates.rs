//! Where each outside crate may be used: one module knows it, the others know that module.

use crate::source::program_files;

/// A crate and the beginnings of the paths that may name it.
const HOMES: [(&str, &[&str]); 20] = [
    ("axum", &["src/http/"]),
    ("tower_http", &["src/http/"]),
    ("async_graphql", &["src/graphql/", "src/http/asked.rs"]),
    ("sea_orm", &["src/db/"]),
    (
        "deadpool_redis",
        &[
            "src/redis_conn/",
            "src/cache/redis_tier.rs",
            "src/cache/write_queue.rs",
            "src/cache/popular/store.rs",
            "src/persisted/redis_tier.rs",
            "src/rate_limit/counters.rs",
        ],
    ),
    ("governor", &["src/rate_limit/local.rs"]),
    ("sea_orm_migration", &["src/db/"]),
    ("clap", &["src/cli/"]),
    ("anyhow", &["src/cli/"]),
    ("indicatif", &["src/cli/"]),
    ("reqwest", &["src/indexer/github/"]),
    (
        "flate2",
        &[
            "src/graphql/caching/compressed.rs",
            "src/indexer/github/archive.rs",
        ],
    ),
    ("tar", &["src/indexer/github/"]),
    ("rustix", &["src/indexer/aside.rs"]),
    ("tracing_subscriber", &["src/telemetry/"]),
    ("tracing_opentelemetry", &["src/telemetry/"]),
    ("opentelemetry", &["src/telemetry/"]),
    ("opentelemetry_sdk", &["src/telemetry/"]),
    ("opentelemetry_otlp", &["src/telemetry/"]),
    ("procfs", &["src/http/metrics/"]),
];

/// Whether a line names a crate: `name::` that is not the end of another name.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(&format!("{name}::"))
        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
}

#[test]
fn a_crate_is_named_only_where_it_belongs() {
    let mut wrong = Vec::new();
    for file in program_files() {
        for (name, homes) in HOMES {
            if homes.iter().any(|home| file.path.starts_with(home)) {
                continue;
            }
            let lines = file.program().filter(|(_, line)| names(line, name));
            wrong.extend(lines.map(|(line, _)| format!("{}: {name}", file.at(line))));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_home_is_lived_in() {
    let files = program_files();
    for (name, homes) in HOMES {
        for home in homes {
            let mut inside = files.iter().filter(|file| file.path.starts_with(home));
            assert!(
                inside.any(|file| file.program().any(|(_, line)| names(line, name))),
                "nothing in {home} names {name}: take it out of the table"
            );
        }
    }
}

#[test]
fn the_environment_is_read_in_one_file() {
    let mut wrong = Vec::new();
    for file in program_files() {
        if file.path == "src/config/environment.rs" {
            continue;
        }
        let lines = file.program().filter(|(_, line)| line.contains("env::var"));
        wrong.extend(lines.map(|(line, _)| file.at(line)));
    }
    assert_eq!(wrong, Vec::<String>::new());
}
