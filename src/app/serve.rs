//! Serving, and ending well.

use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::App;
use super::follow::Follower;
use super::{cache_log, schedule, warming};
use crate::http;

/// How often what was asked most is told to Redis.
const PUSH_POPULAR: Duration = Duration::from_secs(30);

/// How long it may take to give clients' quotas back to Redis.
const GIVE_BACK: Duration = Duration::from_secs(1);

/// How long an index run may take to write down how far it came.
const LAST_WORDS: Duration = Duration::from_secs(5);

impl App {
    /// Serves until `shutdown` completes; then takes no more connections, lets the requests in flight end, for as long as
    /// the configuration allows, and closes the database.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) {
        let stop = CancellationToken::new();
        let mut background = self.background(&stop);
        background.spawn({
            let stop = stop.clone();
            async move {
                shutdown.await;
                stop.cancel();
            }
        });
        self.drain(listener, &stop).await;
        stop.cancel();
        self.services.limiter.give_all_back(GIVE_BACK).await;
        self.index.stop(LAST_WORDS).await;
        // None of it holds anything that an abrupt end could harm.
        background.shutdown().await;
        self.services.engine.caching().cache().flush_writes().await;
        if let Err(error) = self.services.database.close().await {
            tracing::warn!(%error, "the database was not closed cleanly");
        }
    }

    /// Starts all that goes on beside the requests.
    fn background(&self, stop: &CancellationToken) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let caching = self.services.engine.caching();
        let (told, snapshots) = watch::channel(None);
        let subscribe =
            |redis: &crate::redis_conn::RedisConn| redis.subscribe(&caching.space().channel(redis.prefix()));
        let follower = Follower {
            live: self.services.live.clone(),
            database: self.services.database.clone(),
            interval: self.config.catalog.poll_interval,
            news: self.redis.as_ref().map(subscribe),
            told,
        };
        tasks.spawn(follower.follow(stop.clone()));
        let upkeep = self.services.limiter.start_upkeep();
        tasks.spawn(async move { drop(upkeep.await) });
        tasks.spawn(cache_log::tell_each_minute(caching.cache().clone()));
        let interval = self.config.index.interval;
        if !interval.is_zero() {
            if self.config.index.github.token.is_none() {
                tracing::warn!("without GITHUB_TOKEN, GitHub answers 60 requests an hour");
            }
            tasks.spawn(schedule::keep_indexed(self.index.clone(), interval, stop.clone()));
        }
        let operations = self.config.cache.warm_operations;
        if operations > 0 {
            let engine = self.services.engine.clone();
            tasks.spawn(warming::keep_warm(
                engine,
                self.popular_store(),
                operations,
                snapshots,
            ));
        }
        if let Some(store) = self.popular_store() {
            let popular = caching.popular().clone();
            tasks.spawn(async move { drop(store.spawn(popular, PUSH_POPULAR).await) });
        }
        tasks
    }

    async fn drain(&self, listener: TcpListener, stop: &CancellationToken) {
        let config = &self.config.http;
        let patience = http::Patience {
            head: config.head_timeout,
            idle: config.idle_timeout,
            answer: config.write_timeout,
        };
        let edges = http::edges(self.services.clone());
        let server = http::serve(listener, edges, patience, stop.clone().cancelled_owned());
        let timeout = self.config.http.shutdown_timeout;
        let cut_off = async {
            stop.cancelled().await;
            tracing::info!(
                seconds = timeout.as_secs(),
                "stopping: requests in flight may end"
            );
            tokio::time::sleep(timeout).await;
        };
        tokio::select! {
            () = server => tracing::info!("stopped"),
            () = cut_off => tracing::warn!("requests still in flight were cut off"),
        }
    }
}
