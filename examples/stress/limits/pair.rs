//! Two servers on one Redis and one database, and the clock their windows are cut by.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::paced::Paced;
use super::{LIMIT, passed_on};
use crate::client::Request;
use crate::redis_process::RedisProcess;
use crate::rig::Rig;
use crate::server::Server;

/// The window of these measurements.
pub(super) const WINDOW: Duration = Duration::from_secs(5);

/// Two servers that share a Redis of their own.
pub(super) struct Pair {
    pub(super) servers: [Server; 2],
    pub(super) redis: RedisProcess,
}

impl Pair {
    /// Starts them. Nobody is blocked, however often he goes over the limit: what is measured is the limit.
    pub(super) async fn start(rig: &Rig) -> anyhow::Result<Self> {
        let redis = rig.another_redis()?;
        let (window, limit) = (WINDOW.as_secs().to_string(), LIMIT.to_string());
        let url = format!("redis://{}", redis.address());
        let variables = [
            ("RATELIMIT_ENABLED", "true"),
            ("RATELIMIT_REQUESTS", limit.as_str()),
            ("RATELIMIT_WINDOW", window.as_str()),
            ("RATELIMIT_BACKOFF_MAX", "0"),
            ("TRUSTED_PROXIES", "127.0.0.1"),
            ("REDIS_ENABLED", "true"),
            ("REDIS_URL", url.as_str()),
        ];
        let servers = [
            rig.start_beside(&variables).await?,
            rig.start_beside(&variables).await?,
        ];
        Ok(Self { servers, redis })
    }

    /// A load of so many clients on both, each connection asking at this pace.
    pub(super) fn load(&self, rig: &Rig, clients: usize, connections: usize, every: Duration) -> Vec<Paced> {
        let requests: Arc<[Request]> = (0..clients).map(|client| passed_on(&rig.hot, client)).collect();
        let one = |(instance, server): (usize, &Server)| Paced {
            instance,
            address: server.address(),
            requests: Arc::clone(&requests),
            connections,
            every,
        };
        self.servers.iter().enumerate().map(one).collect()
    }
}

/// Waits until a window begins: that moment.
pub(super) async fn window_begins() -> Instant {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let into = Duration::from_nanos(u64::try_from(unix.as_nanos() % WINDOW.as_nanos()).unwrap_or(0));
    tokio::time::sleep(WINDOW.saturating_sub(into)).await;
    Instant::now()
}
