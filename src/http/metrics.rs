//! `/metrics`: figures for Prometheus, in its text format 0.0.4. The names follow its conventions (base units, `_total` on
//! counters), and every label has a fixed, small set of values.

use std::fmt::{Display, Write};

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use super::state::{Services, Shared};
use crate::cache::{CacheEvent, Kind, Traffic};
use crate::rate_limit::RateLimitStatistics;

/// `GET /metrics`
pub(super) async fn metrics(State(services): State<Shared>) -> impl IntoResponse {
    let mut page = Page::default();
    page.one(
        "autodex_build_info",
        "gauge",
        "Which release this is.",
        &[("version", env!("CARGO_PKG_VERSION"))],
        1,
    );
    index(&mut page, &services);
    cache(&mut page, &services);
    redis(&mut page, &services);
    limits(&mut page, &services);
    work(&mut page, &services);
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        page.text,
    )
}

fn index(page: &mut Page, services: &Services) {
    let statements = services.database.statements();
    page.one(
        "autodex_database_statements_total",
        "counter",
        "SQL statements run.",
        &[],
        statements,
    );
    let Some(snapshot) = services.live.current() else {
        return;
    };
    let (totals, memory) = (snapshot.catalog.totals(), snapshot.catalog.memory());
    page.one(
        "autodex_data_version",
        "gauge",
        "Changes of the index so far.",
        &[],
        snapshot.state.data_version,
    );
    page.one(
        "autodex_catalog_repositories",
        "gauge",
        "Repositories in the catalog.",
        &[],
        totals.repositories,
    );
    page.one(
        "autodex_catalog_automations",
        "gauge",
        "Automations in the catalog.",
        &[],
        totals.automations,
    );
    page.one(
        "autodex_catalog_patched_automations",
        "gauge",
        "Automations that changed since the catalog was last built as a whole: those replaced and those that came.",
        &[],
        snapshot.catalog.patched(),
    );
    page.family("autodex_catalog_bytes", "gauge", "Memory the catalog takes.");
    page.sample("autodex_catalog_bytes", &[("part", "strings")], memory.strings);
    page.sample(
        "autodex_catalog_bytes",
        &[("part", "structure")],
        memory.structure,
    );
}

fn cache(page: &mut Page, services: &Services) {
    let cache = services.engine.caching().cache();
    let (counts, used) = (cache.counts(), cache.in_use());
    let name = "autodex_cache_events_total";
    page.family(
        name,
        "counter",
        "What the cache did, by kind of entry, on whose behalf, and event.",
    );
    for kind in Kind::ALL {
        for traffic in Traffic::ALL {
            for event in CacheEvent::ALL {
                let labels = [
                    ("kind", kind.as_str()),
                    ("traffic", traffic.as_str()),
                    ("event", event.as_str()),
                ];
                page.sample(name, &labels, counts.of(kind, traffic, *event));
            }
        }
    }
    page.one(
        "autodex_cache_memory_entries",
        "gauge",
        "Entries held by this process.",
        &[],
        used.memory.entries,
    );
    page.one(
        "autodex_cache_memory_bytes",
        "gauge",
        "Bytes they take.",
        &[],
        used.memory.bytes,
    );
    page.one(
        "autodex_cache_memory_max_bytes",
        "gauge",
        "Bytes they may take.",
        &[],
        used.memory.max_bytes,
    );
    page.one(
        "autodex_cache_flights",
        "gauge",
        "Computations that others may join.",
        &[],
        used.flights,
    );
    page.one(
        "autodex_cache_queued_writes",
        "gauge",
        "Writes to Redis that wait.",
        &[],
        used.queue.waiting,
    );
}

fn redis(page: &mut Page, services: &Services) {
    let health = services.control.redis_health();
    let name = "autodex_redis_state";
    page.family(name, "gauge", "1 for the state Redis is in.");
    for state in ["disabled", "up", "down"] {
        page.sample(
            name,
            &[("state", state)],
            u8::from(health.state.as_str() == state),
        );
    }
    let name = "autodex_redis_breaker_state";
    page.family(
        name,
        "gauge",
        "1 for the state a breaker is in, of all commands and of writes.",
    );
    for (breaker, current) in [("all", health.breaker), ("writes", health.writes)] {
        for state in ["closed", "half_open", "open"] {
            let value = u8::from(current.as_str() == state);
            page.sample(name, &[("breaker", breaker), ("state", state)], value);
        }
    }
    if let Some(latency) = health.latency {
        let seconds = latency.as_secs_f64();
        page.one(
            "autodex_redis_latency_seconds",
            "gauge",
            "How long its last answer took.",
            &[],
            seconds,
        );
    }
}

fn limits(page: &mut Page, services: &Services) {
    let RateLimitStatistics {
        active,
        transitions,
        clients,
        figures,
    } = services.limiter.statistics();
    let name = "autodex_ratelimit_active";
    page.family(name, "gauge", "1 for the limiter in use.");
    for limiter in ["off", "redis", "local"] {
        page.sample(
            name,
            &[("limiter", limiter)],
            u8::from(active.as_str() == limiter),
        );
    }
    page.one(
        "autodex_ratelimit_transitions_total",
        "counter",
        "Changes between limiters.",
        &[],
        transitions,
    );
    page.one(
        "autodex_ratelimit_clients",
        "gauge",
        "Clients kept in memory.",
        &[],
        clients,
    );
    let name = "autodex_ratelimit_requests_total";
    page.family(name, "counter", "Requests by what became of them.");
    for (decision, count) in [
        ("allowed", figures.allowed),
        ("limited", figures.limited),
        ("blocked", figures.blocked),
    ] {
        page.sample(name, &[("decision", decision)], count);
    }
    let name = "autodex_ratelimit_leases_total";
    page.one(
        name,
        "counter",
        "Shares of a quota taken from Redis.",
        &[],
        figures.leases,
    );
    let name = "autodex_ratelimit_leased_requests_total";
    page.one(name, "counter", "Requests in those shares.", &[], figures.leased);
    let name = "autodex_ratelimit_strikes_total";
    page.one(
        name,
        "counter",
        "Times a client went over the limit again.",
        &[],
        figures.strikes,
    );
}

fn work(page: &mut Page, services: &Services) {
    let documents = services.engine.documents();
    let gauges = [
        (
            "autodex_operations_in_flight",
            "Operations that are worked at.",
            services.gate.in_flight(),
        ),
        ("autodex_documents", "Documents kept parsed.", documents.entries),
    ];
    for (name, help, value) in gauges {
        page.one(name, "gauge", help, &[], value);
    }
    page.one(
        "autodex_documents_bytes",
        "gauge",
        "About the bytes they take.",
        &[],
        documents.bytes,
    );
    let counters = [
        (
            "autodex_documents_parsed_total",
            "Documents parsed.",
            documents.parsed,
        ),
        (
            "autodex_requests_shed_total",
            "Requests refused for too many operations at once.",
            services.gate.shed(),
        ),
    ];
    for (name, help, value) in counters {
        page.one(name, "counter", help, &[], value);
    }
}

/// A page of the text format.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    /// Begins a family of samples.
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    /// Adds a sample to the family begun last. Names and values of labels are our own words.
    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        if labels.is_empty() {
            return self.line(format_args!("{name} {value}"));
        }
        let labels: Vec<String> = labels
            .iter()
            .map(|(label, value)| format!("{label}=\"{value}\""))
            .collect();
        self.line(format_args!("{name}{{{}}} {value}", labels.join(",")));
    }

    /// A family of one sample.
    fn one(&mut self, name: &str, kind: &str, help: &str, labels: &[(&str, &str)], value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, labels, value);
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.text, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_introduced_and_its_samples_follow() {
        let mut page = Page::default();
        page.one("a_total", "counter", "How many.", &[], 3);
        page.family("b", "gauge", "Which.");
        page.sample("b", &[("x", "1"), ("y", "2")], 0.5);
        let expected = "# HELP a_total How many.\n# TYPE a_total counter\na_total 3\n\
                        # HELP b Which.\n# TYPE b gauge\nb{x=\"1\",y=\"2\"} 0.5\n";
        assert_eq!(page.text, expected);
    }
}
