//! Telling other instances.

use autodex::redis_conn::{RedisState, Subscription, SubscriptionEvent};

use super::support::proxy::{Network, Proxy};
use super::support::redis::RedisServer;
use super::*;

async fn next(subscription: &mut Subscription) -> SubscriptionEvent {
    let next = tokio::time::timeout(Duration::from_secs(30), subscription.next());
    next.await.expect("in time").expect("the connection lives")
}

fn message(text: &'static str) -> SubscriptionEvent {
    SubscriptionEvent::Message(Bytes::from_static(text.as_bytes()))
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_message_reaches_every_subscriber_of_its_channel() {
    let server = RedisServer::start().await;
    let (one, other) = (connect(server.url()).await, connect(server.url()).await);
    let channel = KeySpace::new(b"schema", 1).channel("");
    let (mut first, mut second) = (one.subscribe(&channel), other.subscribe(&channel));
    assert_eq!(next(&mut first).await, SubscriptionEvent::Subscribed);
    assert_eq!(next(&mut second).await, SubscriptionEvent::Subscribed);
    assert_eq!(one.publish("another", b"x").await.unwrap(), 0);
    assert_eq!(one.publish(&channel, b"s0.f0.t0.v1").await.unwrap(), 2);
    assert_eq!(next(&mut first).await, message("s0.f0.t0.v1"));
    assert_eq!(next(&mut second).await, message("s0.f0.t0.v1"));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_subscription_that_broke_stands_again_and_says_so() {
    let server = RedisServer::start().await;
    let proxy = Proxy::before(server.port()).await;
    let redis = connect(proxy.url()).await;
    let mut subscription = redis.subscribe("channel");
    assert_eq!(next(&mut subscription).await, SubscriptionEvent::Subscribed);
    proxy.set(Network::Cut);
    state_becomes(&redis, RedisState::Down).await;
    proxy.set(Network::Fine);
    assert_eq!(next(&mut subscription).await, SubscriptionEvent::Subscribed);
    state_becomes(&redis, RedisState::Up).await;
    redis.publish("channel", b"hello").await.unwrap();
    assert_eq!(next(&mut subscription).await, message("hello"));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_subscription_begun_before_redis_is_there_stands_when_it_comes() {
    let port = support::redis::free_port();
    let redis = connect(format!("redis://127.0.0.1:{port}")).await;
    let mut subscription = redis.subscribe("channel");
    let _server = RedisServer::start_on(port).await;
    assert_eq!(next(&mut subscription).await, SubscriptionEvent::Subscribed);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_subscription_ends_with_the_connection_and_leaves_none_when_dropped() {
    let server = RedisServer::start().await;
    let redis = connect(server.url()).await;
    let mut kept = redis.subscribe("kept");
    let mut dropped = redis.subscribe("dropped");
    assert_eq!(next(&mut kept).await, SubscriptionEvent::Subscribed);
    assert_eq!(next(&mut dropped).await, SubscriptionEvent::Subscribed);
    drop(dropped);
    support::eventually("it is unsubscribed", async || {
        server
            .command(&["PUBSUB", "NUMSUB", "dropped"])
            .await
            .ends_with(":0\r\n")
    })
    .await;
    drop(redis);
    let end = tokio::time::timeout(Duration::from_secs(30), kept.next()).await;
    assert_eq!(end.expect("in time"), None);
}
