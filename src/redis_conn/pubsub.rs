//! Listening to a channel: a connection of its own, made anew whenever it breaks.
//!
//! Redis forgets a message nobody hears. So each time the subscription stands (again), `Subscribed` comes first: whoever
//! listens then looks at the truth once, as messages may have been missed.

use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use deadpool_redis::redis::aio::{PubSub, PubSubSink, PubSubStream};
use deadpool_redis::redis::sentinel::{Sentinel, SentinelNodeConnectionInfo};
use deadpool_redis::redis::{Client, RedisResult, TlsMode};
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Shared;
use super::health::RedisState;
use super::target::{Target, Watched};

/// Messages held for a listener that is busy; then the connection waits, and in the end Redis cuts it off.
const WAITING: usize = 64;

/// How often a silent connection is asked whether it still stands.
const PING: Duration = Duration::from_secs(5);

/// Between two attempts to subscribe.
const PAUSE: Duration = Duration::from_millis(250);

/// What a listener hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubscriptionEvent {
    /// The subscription stands from here on; what was said before may have been missed.
    Subscribed,
    /// A message.
    Message(Bytes),
}

/// A channel that is listened to until this is dropped.
#[derive(Debug)]
pub struct Subscription {
    events: mpsc::Receiver<SubscriptionEvent>,
}

impl Subscription {
    /// The next event; `None` once the `RedisConn` is gone. Nothing is lost when the caller is cancelled.
    pub async fn next(&mut self) -> Option<SubscriptionEvent> {
        self.events.recv().await
    }
}

/// Starts listening.
pub(super) fn subscribe(shared: &Arc<Shared>, channel: &str) -> Subscription {
    let (sender, events) = mpsc::channel(WAITING);
    tokio::spawn(listen(Arc::downgrade(shared), channel.to_owned(), sender));
    Subscription { events }
}

async fn listen(shared: Weak<Shared>, channel: String, events: mpsc::Sender<SubscriptionEvent>) {
    let mut warned = false;
    loop {
        let Some(mut state) = shared.upgrade().map(|shared| shared.state.subscribe()) else {
            return;
        };
        // A Redis that is down is not asked by this way either.
        tokio::select! {
            up = state.wait_for(|state| *state == RedisState::Up) => if up.is_err() { return },
            () = events.closed() => return,
        }
        let Some(plan) = shared
            .upgrade()
            .map(|shared| (shared.target.clone(), shared.socket_timeout))
        else {
            return;
        };
        let connected = timeout(plan.1, connect(&plan.0, &channel)).await;
        warned = warn_once(&connected, warned, &channel);
        if let Ok(Ok(connection)) = connected {
            let (sink, stream) = connection.split();
            tokio::select! {
                () = forward(sink, stream, &events) => {}
                () = end_of(state) => return,
            }
            tracing::debug!("redis subscription broke");
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = events.closed() => return,
        }
    }
}

/// Says that a channel cannot be listened to, unless that was said of the attempt before: it may be for good, if the user
/// has no right to it (ACL), and all goes on more slowly without.
fn warn_once<T, C>(connected: &Result<RedisResult<C>, T>, warned: bool, channel: &str) -> bool {
    let Ok(Err(error)) = connected else {
        return false;
    };
    if !warned {
        tracing::warn!(channel, %error, "redis answers but cannot be listened to; changes are seen later");
    }
    true
}

/// Ends when the `RedisConn` is gone.
async fn end_of(mut state: tokio::sync::watch::Receiver<RedisState>) {
    while state.changed().await.is_ok() {}
}

/// Hands messages on until the connection breaks or nobody listens.
async fn forward(mut sink: PubSubSink, mut stream: PubSubStream, events: &mpsc::Sender<SubscriptionEvent>) {
    if events.send(SubscriptionEvent::Subscribed).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            message = stream.next() => {
                let Some(message) = message else { return };
                let payload = Bytes::copy_from_slice(message.get_payload_bytes());
                if events.send(SubscriptionEvent::Message(payload)).await.is_err() {
                    return;
                }
            }
            () = tokio::time::sleep(PING) => {
                if !matches!(timeout(PING, sink.ping::<()>()).await, Ok(Ok(()))) {
                    return;
                }
            }
            () = events.closed() => return,
        }
    }
}

async fn connect(target: &Target, channel: &str) -> RedisResult<PubSub> {
    let client = match target {
        Target::Single(node) => Client::open(node.clone())?,
        // Every node of a cluster passes every message on: any one that answers will do.
        Target::Cluster(nodes) => any_of(nodes).await?,
        Target::Sentinel(watched) => master_of(watched).await?,
    };
    let mut connection = client.get_async_pubsub().await?;
    connection.subscribe(channel).await?;
    Ok(connection)
}

async fn any_of(nodes: &[deadpool_redis::redis::ConnectionInfo]) -> RedisResult<Client> {
    let mut last = Client::open("redis://localhost")?;
    for node in nodes {
        last = Client::open(node.clone())?;
        if last.get_async_pubsub().await.is_ok() {
            break;
        }
    }
    Ok(last)
}

async fn master_of(watched: &Watched) -> RedisResult<Client> {
    let mut login = SentinelNodeConnectionInfo::default().set_redis_connection_info(watched.login.clone());
    if watched.tls {
        login = login.set_tls_mode(TlsMode::Secure);
    }
    let mut sentinels = Sentinel::build(watched.sentinels.clone())?;
    sentinels.async_master_for(&watched.master, Some(&login)).await
}
