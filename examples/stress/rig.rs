//! The test rig: the data, the Redis, and how to start each process and measure one phase on it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::json;
use tempfile::TempDir;

use crate::arguments::Run;
use crate::client::{Connection, Request};
use crate::cpu;
use crate::data_set::DataSet;
use crate::figures::{CpuUsed, Figures};
use crate::head::CacheHeaders;
use crate::load::Load;
use crate::mode::Mode;
use crate::queries::{self, Shape};
use crate::redis_process::RedisProcess;
use crate::server::{Server, Start};
use crate::vocabulary::Vocabulary;

/// Everything the workloads share. Fields are dropped in their order: Redis ends before its folder goes.
pub(crate) struct Rig {
    redis: Option<RedisProcess>,
    data: DataSet,
    server_threads: Option<u16>,
    server_log: String,
    /// The hot query.
    pub(crate) hot: Request,
    /// The bytes of its answer.
    pub(crate) hot_answer: Vec<u8>,
    /// Keep-alive connections of the workloads under load.
    pub(crate) connections: usize,
    /// How long a measured phase lasts.
    pub(crate) time: Duration,
    /// How many rounds there are.
    pub(crate) rounds: u32,
    /// What draws are made from.
    pub(crate) seed: u64,
    folder: TempDir,
}

impl Rig {
    /// Loads the data, starts Redis, and asks the hot query once.
    ///
    /// # Errors
    /// One of them failed.
    pub(crate) async fn set_up(run: &Run) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("autodex-stress-").tempdir()?;
        let started = Instant::now();
        eprintln!("loading level {}", run.level.number());
        let data = DataSet::make(run.level, run.seed, folder.path()).await?;
        eprintln!("loaded in {:.1} s", started.elapsed().as_secs_f64());
        let redis = RedisProcess::start(folder.path()).context("redis-server does not start")?;
        let word = data.vocabulary.words.first().cloned().unwrap_or_default();
        let mut rig = Self {
            redis,
            data,
            server_threads: run.server_threads,
            server_log: run.server_log.clone(),
            hot: Shape::Home.request(&json!({"text": word})),
            hot_answer: Vec::new(),
            connections: usize::from(run.connections),
            time: Duration::from_secs(run.seconds),
            rounds: run.runs,
            seed: run.seed,
            folder,
        };
        let server = rig.start(Mode::Off).await?;
        rig.hot_answer = queries::answer(server.address(), &rig.hot).await?;
        std::fs::write(rig.answer_file(), &rig.hot_answer)?;
        Ok(rig)
    }

    /// What the data speaks of.
    pub(crate) const fn vocabulary(&self) -> &Vocabulary {
        &self.data.vocabulary
    }

    /// The modes that can be measured here.
    pub(crate) fn modes(&self) -> Vec<Mode> {
        let can = |mode: &Mode| !mode.needs_redis() || self.redis.is_some();
        Mode::ALL.into_iter().filter(can).collect()
    }

    /// Whether there is a Redis.
    pub(crate) const fn has_redis(&self) -> bool {
        self.redis.is_some()
    }

    /// Starts a server with empty caches.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn start(&self, mode: Mode) -> anyhow::Result<Server> {
        self.start_with(mode, &[]).await
    }

    /// The same with more variables.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn start_with(&self, mode: Mode, more: &[(&str, &str)]) -> anyhow::Result<Server> {
        let url;
        let mut variables = mode.variables().to_vec();
        if let Some(redis) = self.redis.as_ref().filter(|_| mode.needs_redis()) {
            redis.flush().context("cannot empty Redis")?;
            url = format!("redis://{}", redis.address());
            variables.push(("REDIS_URL", &url));
        }
        variables.extend(more);
        self.spawn(&["serve"], self.environment(&variables), mode.name())
            .await
    }

    /// Starts a server with these variables and leaves every Redis as it is.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn start_beside(&self, variables: &[(&str, &str)]) -> anyhow::Result<Server> {
        self.spawn(&["serve"], self.environment(variables), "beside")
            .await
    }

    /// A Redis beside the one all share, to be ill-treated.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn another_redis(&self) -> anyhow::Result<RedisProcess> {
        RedisProcess::start(self.folder.path())?.context("redis-server is not installed")
    }

    /// Where the Redis listens that all share.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn redis_address(&self) -> anyhow::Result<SocketAddr> {
        let redis = self.redis.as_ref().context("redis-server is not installed")?;
        Ok(redis.address())
    }

    /// What every server has, then `variables`, of which the last of a name counts.
    fn environment<'a>(&self, variables: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
        let mut environment = vec![
            ("HOST", "127.0.0.1".to_owned()),
            ("PORT", "0".to_owned()),
            ("DATABASE_URL", self.data.url()),
            ("RATELIMIT_ENABLED", "false".to_owned()),
            ("SHUTDOWN_TIMEOUT", "1".to_owned()),
            ("RUST_LOG", self.server_log.clone()),
        ];
        environment.extend(variables.iter().map(|(name, value)| (*name, (*value).to_owned())));
        environment
    }

    /// Starts the floor that answers from memory, or the one that asks Redis; nothing where there is none.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn start_floor(&self, over_redis: bool) -> anyhow::Result<Option<Server>> {
        let body = self.answer_file();
        let body = body.to_string_lossy();
        let floor = if over_redis {
            let Some(redis) = &self.redis else {
                return Ok(None);
            };
            let address = redis.address().to_string();
            let arguments = ["floor", "--body", &body, "--redis", &address];
            self.spawn(&arguments, Vec::new(), "floor").await?
        } else {
            self.spawn(&["floor", "--body", &body], Vec::new(), "floor")
                .await?
        };
        Ok(Some(floor))
    }

    /// Starts a floor that answers with these bytes from memory.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) async fn start_floor_of(&self, body: &[u8]) -> anyhow::Result<Server> {
        let file = self.folder.path().join("floor.body");
        std::fs::write(&file, body)?;
        self.spawn(&["floor", "--body", &file.to_string_lossy()], Vec::new(), "floor")
            .await
    }

    /// Runs one phase and tells its figures.
    ///
    /// # Errors
    /// A connection failed, or the server does not answer.
    pub(crate) async fn phase(&self, server: &Server, load: &Load) -> anyhow::Result<Figures> {
        let used = || (server.cpu_time(), cpu::time_of(std::process::id()));
        let before = used();
        let sample = load.run(server.address()).await?;
        let after = used();
        let spent = |before: Option<Duration>, after: Option<Duration>| Some(after?.saturating_sub(before?));
        let cpu = CpuUsed {
            server: spent(before.0, after.0),
            client: spent(before.1, after.1),
        };
        Ok(Figures::of(&sample, cpu))
    }

    /// The load of a workload under load: these requests by all connections.
    pub(crate) fn load(&self, requests: &Arc<[Request]>, time: Duration) -> Load {
        Load {
            requests: Arc::clone(requests),
            choice: crate::load::Choice::InTurn,
            connections: self.connections,
            time,
            count: u64::MAX,
        }
    }

    async fn spawn(
        &self,
        arguments: &[&str],
        mut environment: Vec<(&str, String)>,
        name: &str,
    ) -> anyhow::Result<Server> {
        if let Some(threads) = self.server_threads {
            environment.push(("TOKIO_WORKER_THREADS", threads.to_string()));
        }
        Server::start(&Start {
            arguments,
            environment: &environment,
            log: self.file(&format!("{name}.log")),
        })
        .await
    }

    fn answer_file(&self) -> PathBuf {
        self.file("answer.json")
    }

    fn file(&self, name: &str) -> PathBuf {
        Path::join(self.folder.path(), name)
    }
}

/// What a server tells of its cache when it is asked once more.
///
/// # Errors
/// It does not answer.
pub(crate) async fn cache_headers(address: SocketAddr, request: &[u8]) -> anyhow::Result<CacheHeaders> {
    let mut connection = Connection::open(address).await?;
    connection.ask(request).await?;
    Ok(connection.cache_headers())
}
