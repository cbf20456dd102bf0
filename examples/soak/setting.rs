//! The setting: the data, Redis behind a network that fails, and the server over both.

use std::net::SocketAddr;

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::arguments::Run;
use crate::client::{Connection, Request};
use crate::data_set::DataSet;
use crate::proxy::Proxy;
use crate::redis_process::RedisProcess;
use crate::server::{Server, Start};
use crate::{mix, queries};

/// Everything. Fields are dropped in their order: the server ends first, the folder goes last.
pub(crate) struct Setting {
    pub(crate) server: Server,
    pub(crate) proxy: Proxy,
    _redis: RedisProcess,
    pub(crate) data: DataSet,
    /// Good requests, those at the front asked more often.
    pub(crate) good: Vec<Request>,
    _folder: TempDir,
}

impl Setting {
    /// Loads the data and starts the processes.
    ///
    /// # Errors
    /// One of them failed, or there is no redis-server.
    pub(crate) async fn set_up(run: &Run) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("autodex-soak-").tempdir()?;
        let data = DataSet::make(run.level()?, run.seed, folder.path()).await?;
        let redis = RedisProcess::start(folder.path())?.context("a soak needs redis-server: install it")?;
        let proxy = Proxy::before(redis.address().port()).await;
        let variables = [
            ("HOST", "127.0.0.1".to_owned()),
            ("PORT", "0".to_owned()),
            ("DATABASE_URL", data.url()),
            ("REDIS_ENABLED", "true".to_owned()),
            ("REDIS_URL", proxy.url()),
            // Counted, and never reached.
            ("RATELIMIT_REQUESTS", "1000000000".to_owned()),
            ("MAX_REQUESTS_IN_FLIGHT", run.in_flight.to_string()),
            ("SHUTDOWN_TIMEOUT", "1".to_owned()),
            ("RUST_LOG", "error".to_owned()),
        ];
        let server = Server::start(&Start {
            arguments: &["serve"],
            environment: &variables,
            log: folder.path().join("server.log"),
        })
        .await?;
        Ok(Self {
            server,
            proxy,
            _redis: redis,
            good: mix::distinct(&data.vocabulary, run.seed),
            data,
            _folder: folder,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Whether the server, after all of it, answers what it did at first, and says how many documents it has parsed.
    ///
    /// # Errors
    /// It does not.
    pub(crate) async fn answers_rightly(&self) -> anyhow::Result<u64> {
        for request in self.good.iter().take(20) {
            queries::answer(self.address(), request)
                .await
                .context("after the soak")?;
        }
        let mut connection = Connection::open(self.address()).await?;
        let reply = connection
            .ask(b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            .await?;
        ensure!(reply.status == 200, "/metrics answers {}", reply.status);
        let text = String::from_utf8_lossy(connection.body()).into_owned();
        let value = |name: &str| {
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.and_then(|number| number.parse::<u64>().ok())
                .with_context(|| format!("no {name}"))
        };
        ensure!(
            value("autodex_operations_in_flight")? == 0,
            "operations are still in flight"
        );
        value("autodex_documents_parsed_total")
    }
}
