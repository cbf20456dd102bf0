//! The operations asked most, kept in Redis.

use autodex::cache::popular::{Popular, PopularStore};
use autodex::cache::{Digest, Timestamp};

use super::support::redis::RedisServer;
use super::*;

fn space() -> KeySpace {
    KeySpace::new(b"schema", 1)
}

fn note(popular: &Popular, text: &str, times: usize) -> Digest {
    let digest = space().digest().text(text).finish();
    for _ in 0..times {
        popular.note(digest, &Bytes::copy_from_slice(text.as_bytes()), 1);
    }
    digest
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn counts_of_all_instances_and_of_yesterday_are_added_up() {
    let server = RedisServer::start().await;
    let redis = connect(server.url()).await;
    let clock = Clock::set_to(Timestamp(1_700_000_000_000));
    let store = PopularStore::new(redis, &space(), clock.clone());
    let (one, other) = (Popular::new(10), Popular::new(10));
    let lamp = note(&one, "lamp", 3);
    note(&one, "door", 4);
    assert_eq!(store.push(&one).await.unwrap(), 2);
    assert_eq!(store.push(&one).await.unwrap(), 0, "what is new is pushed once");
    note(&other, "lamp", 2);
    store.push(&other).await.unwrap();
    clock.advance(Duration::from_hours(24));
    note(&one, "lamp", 1);
    store.push(&one).await.unwrap();
    let top = store.load(2).await.unwrap();
    let seen: Vec<_> = top
        .iter()
        .map(|found| (&found.operation[..], found.count))
        .collect();
    assert_eq!(seen, [(&b"lamp"[..], 6), (&b"door"[..], 4)]);
    assert_eq!(top[0].digest, lamp);
    clock.advance(Duration::from_hours(48));
    assert!(store.load(2).await.unwrap().is_empty());
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_day_keeps_no_more_than_it_may() {
    let server = RedisServer::start().await;
    let redis = connect(server.url()).await;
    let store = PopularStore::new(redis, &space(), Clock::machine());
    for round in 0..8 {
        let popular = Popular::new(100);
        for number in 0..100 {
            note(&popular, &format!("{round} {number}"), 1);
        }
        note(&popular, "lamp", 5);
        store.push(&popular).await.unwrap();
    }
    let top = store.load(10_000).await.unwrap();
    assert_eq!(top.len(), 512);
    assert_eq!((&top[0].operation[..], top[0].count >= 35), (&b"lamp"[..], true));
    let keys = server.command(&["KEYS", "*"]).await;
    for name in keys.lines().filter(|line| line.starts_with("popular:")) {
        assert!(
            !server.command(&["TTL", name]).await.starts_with(":-"),
            "{name} never dies"
        );
    }
    assert_eq!(keys.matches("popular:").count(), 2);
}
