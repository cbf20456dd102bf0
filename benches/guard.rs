//! What it costs to refuse a document that is too much, and what a known document spares.

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

use async_graphql::Variables;
use autodex::cache::{Cache, Traffic};
use autodex::catalog::{Live, Snapshot};
use autodex::config::{CacheConfig, Config, Environment, GraphqlLimits};
use autodex::db::Database;
use autodex::graphql::{
    Access, CacheControl, Caching, Circumstances, Engine, IndexControl, Operation, measure,
};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;

/// What the site asks when it opens, with everything of it.
const HOME: &str = "query Home($text: String, $filter: AutomationFilter, $page: Int! = 1, $top: Int! = 10) {
  search(text: $text, filter: $filter, page: $page) { total page perPage pageCount results { ...Card } }
  facets(text: $text, filter: $filter, top: $top) { total repositories { ...Values } blueprints { ...Values }
    triggers { ...Values } actionDomains { ...Values } actions { ...Values } }
  stats { totalRepositories totalAutomations totalBlueprints totalTriggers totalActions lastIndexedAt updatedAt dataVersion }
}
fragment Card on Automation { id alias description triggerTypes actionCalls actionDomains blueprintPath sourceFilePath
  startLine endLine githubUrl repository { fullName description url stars } }
fragment Values on Facet { totalValues values { value count selected } }";

fn chained(links: usize) -> String {
    let mut text = "{ ...f0 }".to_owned();
    for link in 0..links {
        // Writing to a string does not fail.
        let _ = write!(text, "fragment f{link} on Query{{...f{0} ...f{0}}}", link + 1);
    }
    text + &format!("fragment f{links} on Query{{stats{{dataVersion}}}}")
}

fn wide(spreads: usize) -> String {
    format!(
        "{{ stats {{ {} }} }} fragment f on Stats {{ a: dataVersion b: dataVersion }}",
        "...f ".repeat(spreads)
    )
}

/// Bombs, from the smallest to the largest that a body may hold, and the most costly that reach each step of the guard.
fn bombs(criterion: &mut Criterion) {
    let limits = GraphqlLimits::default();
    let mut group = criterion.benchmark_group("refuse");
    let bombs = [
        ("chained, 20 links", chained(20)),
        ("chained, 98 links, at the bound of fragments", chained(98)),
        ("chained, 600 links, within the bound of bytes", chained(600)),
        ("chained, 5,000 links, 250 kB", chained(5_000)),
        ("wide, 400 spreads", wide(400)),
        ("wide, 900 spreads, at the bound of tokens", wide(900)),
        ("wide, 50,000 spreads, 250 kB", wide(50_000)),
        ("nested, 10,000 levels", "{a".repeat(10_000)),
        ("a comment of 32 kB", format!("#{}\n{{", "x".repeat(32_700))),
    ];
    for (name, text) in bombs {
        assert!(!matches!(measure(&text, &limits), Ok(Ok(_))), "{name} passes");
        group.bench_function(name, |bencher| {
            bencher.iter(|| measure(black_box(&text), &limits));
        });
    }
    group.finish();
}

struct World {
    engine: Engine,
    snapshot: Arc<Snapshot>,
    _folder: tempfile::TempDir,
}

/// An engine over an empty index that caches no answers, so that each operation runs.
async fn world(document_cache_bytes: u64) -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("bench.db").display());
    let database = Database::connect(&url).await.expect("a database");
    database.migrate().await.expect("a schema");
    let live = Arc::<Live>::default();
    live.refresh(&database).await.expect("a catalog");
    let off = CacheConfig {
        search_enabled: false,
        facets_enabled: false,
        stats_enabled: false,
        ..CacheConfig::default()
    };
    let caching = Arc::new(Caching::new(
        Arc::new(Cache::new(&off, None)),
        Caching::space_of(7),
    ));
    let control = CacheControl::new(database.clone(), live.clone(), caching.clone(), None);
    let mut config = Config::read(&Environment::of([])).expect("defaults");
    config.graphql.limits.document_cache_bytes = document_cache_bytes;
    let index = IndexControl::new(database.clone(), config.index.clone(), control.clone());
    World {
        engine: Engine::new(&config.graphql, database, caching, control, index),
        snapshot: live.current().expect("a snapshot"),
        _folder: folder,
    }
}

async fn run(world: &World) -> usize {
    let operation = Operation {
        query: HOME.to_owned(),
        operation_name: None,
        variables: Variables::from_json(serde_json::json!({"text": "lamp"})),
    };
    let at = Circumstances {
        snapshot: Arc::clone(&world.snapshot),
        access: Access::Denied,
        traffic: Traffic::User,
        request_id: "bench".to_owned(),
        check: None,
        request: None,
        meter: None,
    };
    let answer = world.engine.run(operation, at).await;
    assert!(answer.body.starts_with(b"{\"data\":{"), "{:?}", answer.body);
    answer.body.len()
}

/// A whole operation over an empty index, its document known or not.
fn documents(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let mut group = criterion.benchmark_group("operation");
    for (name, bytes) in [("known document", 8 << 20), ("new document", 0)] {
        let world = runtime.block_on(world(bytes));
        group.bench_function(name, |bencher| bencher.to_async(&runtime).iter(|| run(&world)));
    }
    group.finish();
    criterion.bench_function("parse and guard", |bencher| {
        let limits = GraphqlLimits::default();
        bencher.iter(|| measure(black_box(HOME), &limits));
    });
}

criterion_group!(benches, bombs, documents);
criterion_main!(benches);
