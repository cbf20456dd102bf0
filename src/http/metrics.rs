//! `/metrics`: figures for Prometheus, in its text format 0.0.4. The names follow its conventions (base units, `_total` on
//! counters), and every label has a fixed, small set of values.

mod cache;
mod database;
mod index_runs;
mod page;
mod process;
mod requests;
mod work;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use super::state::{Services, Shared};
use crate::rate_limit::RateLimitStatistics;
use page::Page;

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
    requests::write(&mut page, &services.figures);
    cache::write(&mut page, services.engine.caching().cache());
    let asked = index_runs::ask(&services.database).await;
    database::write(&mut page, &services.database, asked.is_some());
    index_runs::write(&mut page, asked);
    redis(&mut page, &services);
    limits(&mut page, &services);
    work::write(&mut page, &services);
    process::write(&mut page);
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        page.into_text(),
    )
}

fn index(page: &mut Page, services: &Services) {
    let name = "autodex_catalog_build_duration_seconds";
    page.family(
        name,
        "histogram",
        "How long catalogs took to make: from all rows, or from what changed.",
    );
    page.durations(name, &[("from", "all")], &services.live.times().built());
    page.durations(name, &[("from", "changes")], &services.live.times().advanced());
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
    if let Some(durations) = services.control.redis_durations() {
        let name = "autodex_redis_command_duration_seconds";
        page.family(name, "histogram", "How long Redis took to answer.");
        page.durations(name, &[], &durations);
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
