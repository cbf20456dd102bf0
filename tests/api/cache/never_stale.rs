//! Never stale: two instances on one database and one Redis, a writer, clears, slow fills and faults of Redis, step by step
//! at random. No answer is older than what its instance had acknowledged before the request came, in its rows as in its
//! counts; and when all is quiet, every cached answer equals that of a third instance which caches nothing.
//!
//! Each write of a repository gives it one automation more and renames all it has, so that every count only grows, and
//! tells how old an answer is.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use autodex::config::{Config, UnstampedKeys};
use autodex::db::Database;
use futures_util::FutureExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::{PLAIN, clear};
use crate::support::redis::RedisServer;
use crate::support::{TestApp, TestDatabase, automation, repository, sync};

/// Steps of one run.
const STEPS: u32 = 2_000;
/// Repositories that are written to and asked for.
const HOMES: u32 = 4;

/// What is true: how often each repository was written, at each version of the data.
#[derive(Default)]
struct Truth {
    counts: [u32; HOMES as usize],
    at_version: BTreeMap<i64, [u32; HOMES as usize]>,
}

impl Truth {
    /// How often each was written, which is how many automations it has, at this version of the data.
    fn at(&self, version: i64) -> [u32; HOMES as usize] {
        self.at_version
            .range(..=version)
            .next_back()
            .map(|(_, counts)| *counts)
            .unwrap_or_default()
    }
}

struct Run {
    apps: [TestApp; 2],
    /// An instance that caches nothing.
    uncached: TestApp,
    redis: RedisServer,
    chance: ChaCha8Rng,
    truth: Truth,
    frozen: bool,
    answers: u32,
}

fn home(number: u32) -> String {
    format!("owner/home{number}")
}

/// The queries that are asked, each of which shows how often repositories were written.
fn query(number: u32) -> Value {
    let home = number % HOMES;
    let query = match number / HOMES {
        0 => format!(
            "{{ repository(owner: \"owner\", name: \"home{home}\") {{ automations {{ total results {{ alias }} }} }} }}"
        ),
        1 => format!(
            "{{ search(filter: {{repositories: [\"owner/home{home}\"]}}) {{ total results {{ alias }} }} }}"
        ),
        2 => format!("{{ search(text: \"home{home}\") {{ total results {{ alias }} }} }}"),
        3 => "{ search { total results { alias } } facets { total } stats { totalAutomations } }".to_owned(),
        _ => "{ search(orderBy: STARS) { total results { alias } } }".to_owned(),
    };
    json!({"query": query})
}

/// How many automations an answer to this query must count at least.
fn least_count(number: u32, least: [u32; HOMES as usize]) -> u32 {
    if number / HOMES < 3 {
        least[(number % HOMES) as usize]
    } else {
        least.iter().sum()
    }
}

/// Results on a page.
const PAGE: u32 = 15;
/// How many different queries there are.
const QUERIES: u32 = 5 * HOMES;

impl Run {
    async fn begin(database: TestDatabase, seed: u64, unstamped: UnstampedKeys) -> Self {
        let redis = RedisServer::start().await;
        let url = redis.url();
        let variables = [&PLAIN[..], &[("REDIS_ENABLED", "true"), ("REDIS_URL", &url)]].concat();
        let slow = |config: &mut Config| {
            config.cache.faults.fill_delay = Duration::from_millis(30);
            config.cache.faults.unstamped = unstamped;
        };
        let (twin, third) = (database.twin(), database.twin());
        let apps = [
            TestApp::start_changed(database, &variables, slow).await,
            TestApp::start_changed(twin, &variables, slow).await,
        ];
        let off = [
            ("CACHE_SEARCH_ENABLED", "false"),
            ("CACHE_FACETS_ENABLED", "false"),
            ("CACHE_STATS_ENABLED", "false"),
        ];
        let uncached = TestApp::start_with(third, &[&PLAIN[..], &off].concat()).await;
        let chance = ChaCha8Rng::seed_from_u64(seed);
        let mut run = Self {
            apps,
            uncached,
            redis,
            chance,
            truth: Truth::default(),
            frozen: false,
            answers: 0,
        };
        for number in 0..HOMES {
            run.write(number).await;
        }
        run
    }

    fn below(&mut self, bound: u32) -> u32 {
        self.chance.next_u32() % bound
    }

    /// Writes a repository once more; its automations tell how often.
    async fn write(&mut self, number: u32) {
        let count = self.truth.counts[number as usize] + 1;
        let version = write(&self.apps[0].database, number, count).await;
        self.written(number, version);
    }

    fn written(&mut self, number: u32, version: i64) {
        self.truth.counts[number as usize] += 1;
        self.truth.at_version.insert(version, self.truth.counts);
    }

    async fn step(&mut self) {
        match self.below(100) {
            0..12 => {
                let number = self.below(HOMES);
                self.write(number).await;
            }
            12..14 => {
                let which = self.below(2) as usize;
                assert!(
                    clear(&self.apps[which], "")
                        .send()
                        .await
                        .unwrap()
                        .status()
                        .is_success()
                );
            }
            14 => self.trouble().await,
            _ => self.ask().await,
        }
    }

    async fn trouble(&mut self) {
        if self.frozen {
            self.redis.thaw();
            self.frozen = false;
            return;
        }
        match self.below(3) {
            0 => {
                self.redis.freeze();
                self.frozen = true;
            }
            1 => {
                self.redis.kill();
                self.redis.restart().await;
            }
            _ => drop(self.redis.command(&["FLUSHALL"]).await),
        }
    }

    /// Asks some queries at once, and holds every answer against what its instance had acknowledged.
    async fn ask(&mut self) {
        let many = 1 + self.below(4);
        let asked: Vec<(usize, u32)> = (0..many)
            .map(|_| (self.below(2) as usize, self.below(QUERIES)))
            .collect();
        let acknowledged = [
            acknowledged(&self.apps[0]).await,
            acknowledged(&self.apps[1]).await,
        ];
        // Now and then somebody writes meanwhile.
        let busy = (self.below(8) == 0).then(|| self.below(HOMES));
        let answers = asked
            .iter()
            .map(|(which, number)| self.apps[*which].send(query(*number)));
        let database = &self.apps[0].database;
        let writing = async {
            let number = busy?;
            let count = self.truth.counts[number as usize] + 1;
            Some((number, write(database, number, count).await))
        };
        let (answers, written) = futures_util::join!(futures_util::future::join_all(answers), writing);
        if let Some((number, version)) = written {
            self.written(number, version);
        }
        for (answer, (which, number)) in answers.iter().zip(&asked) {
            let least = self.truth.at(acknowledged[*which]);
            let least_count = least_count(*number, least);
            for count in counted(answer.data()) {
                assert!(
                    count >= least_count,
                    "instance {which} had acknowledged version {} and counted {count}, fewer than {least_count}: {}",
                    acknowledged[*which],
                    query(*number),
                );
            }
            let rows = shown(answer.data()).len();
            assert!(
                rows >= least_count.min(PAGE) as usize,
                "instance {which} had acknowledged version {} and showed {rows} of at least {least_count}: {}",
                acknowledged[*which],
                query(*number),
            );
            for (home, count) in shown(answer.data()) {
                assert!(
                    count >= least[home],
                    "instance {which} had acknowledged version {} and told home{home} v{count}, older than v{}: {}",
                    acknowledged[*which],
                    least[home],
                    query(*number),
                );
            }
            self.answers += 1;
        }
    }

    /// When all is quiet: what is cached equals what is fresh, on both.
    async fn end(self) {
        if self.frozen {
            self.redis.thaw();
        }
        for app in self.apps.iter().chain([&self.uncached]) {
            app.until_current().await;
        }
        for number in 0..QUERIES {
            let mut all = Vec::new();
            for app in &self.apps {
                for _ in 0..2 {
                    all.push(app.send(query(number)).await.data().clone());
                }
            }
            all.push(self.uncached.send(query(number)).await.data().clone());
            assert!(
                all.iter().all(|data| *data == all[0]),
                "{}: {all:#?}",
                query(number)
            );
            for (home, count) in shown(&all[0]) {
                assert_eq!(count, self.truth.counts[home], "{}", query(number));
            }
            let least = least_count(number, self.truth.counts);
            assert!(
                counted(&all[0]).iter().all(|count| *count == least),
                "{}: {all:#?}",
                query(number)
            );
        }
        assert!(
            self.answers > STEPS,
            "only {} answers were looked at",
            self.answers
        );
    }
}

/// Writes a repository the `count`th time: so many automations, which say so. The version of the data since.
async fn write(database: &Database, number: u32, count: u32) -> i64 {
    let written: Vec<_> = (0..count)
        .map(|each| automation(&format!("home{number} v{count} {each}"), "state", "light.turn_on"))
        .collect();
    sync(database, &repository(&home(number), number), &written).await;
    database.state().await.unwrap().data_version
}

/// The data version an instance says it is at.
async fn acknowledged(app: &TestApp) -> i64 {
    let health: Value = app.get("/health").await.json().await.unwrap();
    health["dataVersion"].as_i64().unwrap()
}

/// Every total in an answer.
fn counted(data: &Value) -> Vec<u32> {
    match data {
        Value::Array(items) => items.iter().flat_map(counted).collect(),
        Value::Object(fields) => {
            let number = |(name, value): (&String, &Value)| {
                let count = u32::try_from(value.as_u64()?).ok()?;
                name.starts_with("total").then_some(count)
            };
            let own = fields.iter().filter_map(number);
            own.chain(fields.values().flat_map(counted)).collect()
        }
        _ => Vec::new(),
    }
}

/// Every `homeN vC` in an answer.
fn shown(data: &Value) -> Vec<(usize, u32)> {
    match data {
        Value::String(text) => {
            let read = || {
                let (home, rest) = text.strip_prefix("home")?.split_once(" v")?;
                let (count, _each) = rest.split_once(' ')?;
                Some((home.parse().ok()?, count.parse().ok()?))
            };
            read().into_iter().collect()
        }
        Value::Array(items) => items.iter().flat_map(shown).collect(),
        Value::Object(fields) => fields.values().flat_map(shown).collect(),
        _ => Vec::new(),
    }
}

async fn run(database: TestDatabase, seed: u64, unstamped: UnstampedKeys) {
    let mut run = Run::begin(database, seed, unstamped).await;
    for step in 0..STEPS {
        tokio::time::timeout(Duration::from_secs(30), run.step())
            .await
            .unwrap_or_else(|_| panic!("step {step} of seed {seed} does not end"));
    }
    run.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn no_answer_is_older_than_what_its_instance_had_acknowledged_on_sqlite() {
    run(TestDatabase::sqlite(), 1, UnstampedKeys::None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server and PostgreSQL: run ./scripts/test"]
async fn no_answer_is_older_than_what_its_instance_had_acknowledged_on_postgres() {
    run(TestDatabase::postgres().await, 2, UnstampedKeys::None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn without_the_generation_in_its_keys_it_is_caught_giving_old_answers() {
    for unstamped in [UnstampedKeys::All, UnstampedKeys::Values] {
        let run = AssertUnwindSafe(run(TestDatabase::sqlite(), 1, unstamped));
        let panic = run.catch_unwind().await.expect_err("old answers are noticed");
        let message = panic.downcast_ref::<String>().map_or("", String::as_str);
        assert!(message.contains("had acknowledged version"), "{message}");
    }
}
