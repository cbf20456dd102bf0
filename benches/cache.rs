//! What the cache costs: a hit in memory, a key, a flight, a hit in Redis.
//!
//! The groups `redis` need a `redis-server` in the path and are left out where there is none.

#[path = "../tests/support/mod.rs"]
#[allow(dead_code, reason = "shared with the tests, which use all of it")]
mod support;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use autodex::cache::popular::Popular;
use autodex::cache::{Cache, Generation, Key, KeySpace, Kind, Scope, ScopeSet, Traffic};
use autodex::config::{CacheConfig, RedisConfig};
use autodex::redis_conn::{Access, Patience, RedisConn};
use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use deadpool_redis::redis;
use support::redis::RedisServer;
use tokio::runtime::Runtime;

/// Bytes of a typical finished response.
const RESPONSE: usize = 12_000;

const FACETS: Kind = Kind::Value(Scope::Facets);

fn key(space: &KeySpace, text: &str) -> Key {
    let stamp = Generation::default().stamp(ScopeSet::one(Scope::Facets));
    let repositories = ["frenck/home-assistant-config", "CCOSTAN/Home-AssistantConfig"];
    let triggers = ["state", "time_pattern"];
    space
        .key(FACETS, stamp)
        .optional(Some(text))
        .list(repositories)
        .list([])
        .list(triggers)
        .list([])
        .number(20)
        .finish()
}

fn response() -> Arc<Bytes> {
    Arc::new(Bytes::from(vec![b'x'; RESPONSE]))
}

fn memory_hit(criterion: &mut Criterion) {
    let cache = Cache::new(&CacheConfig::default(), None);
    let key = key(&KeySpace::new(b"schema", 1), "lamp");
    cache.keep(&key, Traffic::User, &response(), None);
    criterion.bench_function("memory hit", |bencher| {
        bencher.iter(|| cache.kept_in_memory::<Bytes>(black_box(&key), Traffic::User));
    });
}

fn key_build(criterion: &mut Criterion) {
    let space = KeySpace::new(b"schema", 1);
    criterion.bench_function("key of normalised arguments", |bencher| {
        bencher.iter(|| key(&space, black_box("lamp")));
    });
    let body = vec![b'q'; 1_200];
    criterion.bench_function("digest of a request of 1,200 bytes", |bencher| {
        bencher.iter(|| {
            space
                .digest()
                .bytes(black_box(&body))
                .text("application/json")
                .finish()
        });
    });
}

fn popular_note(criterion: &mut Criterion) {
    let popular = Popular::new(256);
    let space = KeySpace::new(b"schema", 1);
    let operation = Bytes::from(vec![b'q'; 1_200]);
    let digests: Vec<_> = (0..1_000)
        .map(|number| space.digest().number(number).finish())
        .collect();
    let mut asked = digests.iter().cycle();
    criterion.bench_function("note of an operation, a quarter of them kept", |bencher| {
        bencher.iter(|| popular.note(*asked.next().expect("it never ends"), &operation, 1));
    });
}

/// A miss with nothing to compute: looking, flying, keeping.
fn single_flight(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let cache = Cache::new(&CacheConfig::default(), None);
    let space = KeySpace::new(b"schema", 1);
    let value = Bytes::from_static(b"value");
    let mut number = 0;
    criterion.bench_function("miss, flight and store", |bencher| {
        bencher.to_async(&runtime).iter(|| {
            number += 1;
            let stamp = Generation::default().stamp(ScopeSet::one(Scope::Facets));
            let key = space.key(FACETS, stamp).number(number).finish();
            let (cache, value) = (&cache, value.clone());
            async move {
                let compute = || async { Ok::<_, ()>(value) };
                cache.get_or_compute(&key, Traffic::User, compute).await
            }
        });
    });
}

async fn get(connection: &mut impl redis::aio::ConnectionLike) -> usize {
    let mut get = redis::cmd("GET");
    get.arg("k");
    let value: redis::Value = get.query_async(connection).await.expect("redis answers");
    match value {
        redis::Value::BulkString(bytes) => bytes.len(),
        _ => 0,
    }
}

/// The ways to one server that holds one response.
struct Ways {
    _server: RedisServer,
    pool: deadpool_redis::Pool,
    one: redis::aio::MultiplexedConnection,
    conn: RedisConn,
    cache: Arc<Cache>,
    key: Key,
}

impl Ways {
    async fn new() -> Self {
        let server = RedisServer::start().await;
        let pool = deadpool_redis::Config::from_url(server.url())
            .create_pool(Some(deadpool_redis::Runtime::Tokio1))
            .expect("a pool");
        let client = redis::Client::open(server.url()).expect("a URL");
        let mut one = client
            .get_multiplexed_async_connection()
            .await
            .expect("a connection");
        let mut set = redis::cmd("SET");
        set.arg("k").arg(vec![b'x'; RESPONSE]);
        set.query_async::<()>(&mut one).await.expect("it is set");
        let conn = connect(server.url()).await;
        let cache = Arc::new(Cache::new(&no_memory(), Some(conn.clone())));
        let key = key(&KeySpace::new(b"schema", 1), "lamp");
        cache.keep(&key, Traffic::User, &response(), None);
        cache.flush_writes().await;
        Self {
            _server: server,
            pool,
            one,
            conn,
            cache,
            key,
        }
    }

    async fn by_pool(&self, tasks: usize) {
        let work = |pool: deadpool_redis::Pool| async move {
            let mut connection = pool.get().await.expect("a connection");
            get(&mut connection).await
        };
        crowd(tasks, || work(self.pool.clone())).await;
    }

    async fn by_one(&self, tasks: usize) {
        let work = |mut one: redis::aio::MultiplexedConnection| async move { get(&mut one).await };
        crowd(tasks, || work(self.one.clone())).await;
    }

    async fn by_conn(&self, tasks: usize) {
        let work = |conn: RedisConn| async move {
            let mut get = redis::cmd("GET");
            get.arg("k");
            let value = conn.query::<redis::Value>(&get, Access::Read, Patience::Request);
            usize::from(value.await.is_ok())
        };
        crowd(tasks, || work(self.conn.clone())).await;
    }

    async fn by_cache(&self, tasks: usize) {
        let key = self.key;
        let work = |cache: Arc<Cache>| async move {
            let found = cache.kept_in_redis::<Bytes>(&key, Traffic::User).await;
            usize::from(found.is_some())
        };
        crowd(tasks, || work(self.cache.clone())).await;
    }
}

/// One GET of a response by so many tasks at once.
fn redis_hit(criterion: &mut Criterion) {
    let installed = std::process::Command::new("redis-server")
        .arg("--version")
        .output();
    if installed.is_err() {
        return;
    }
    let runtime = Runtime::new().expect("a runtime");
    let ways = runtime.block_on(Ways::new());
    for tasks in [1_usize, 64] {
        let mut group = criterion.benchmark_group(format!("redis hit, {tasks} at once"));
        group.throughput(Throughput::Elements(tasks as u64));
        group.bench_function("a pooled connection each", |bencher| {
            bencher.to_async(&runtime).iter(|| ways.by_pool(tasks));
        });
        group.bench_function("one shared connection", |bencher| {
            bencher.to_async(&runtime).iter(|| ways.by_one(tasks));
        });
        group.bench_function("RedisConn", |bencher| {
            bencher.to_async(&runtime).iter(|| ways.by_conn(tasks));
        });
        group.bench_function("Cache", |bencher| {
            bencher.to_async(&runtime).iter(|| ways.by_cache(tasks));
        });
        group.finish();
    }
}

async fn connect(url: String) -> RedisConn {
    let config = RedisConfig {
        enabled: true,
        url: url.into(),
        deadline: Duration::from_secs(1),
        ..RedisConfig::default()
    };
    let started = RedisConn::start(&config).await;
    started.expect("a URL").expect("it is enabled")
}

fn no_memory() -> CacheConfig {
    CacheConfig {
        memory_max_bytes: 0,
        ..CacheConfig::default()
    }
}

async fn crowd<F: Future<Output = usize> + Send + 'static>(tasks: usize, mut work: impl FnMut() -> F) {
    let handles: Vec<_> = (0..tasks).map(|_| tokio::spawn(work())).collect();
    for handle in handles {
        assert!(handle.await.expect("no panic") > 0);
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3));
    targets = memory_hit, key_build, popular_note, single_flight, redis_hit
}
criterion_main!(benches);
