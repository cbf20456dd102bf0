//! The tier in Redis when Redis works.

use autodex::cache::Timestamp;

use super::support::redis::RedisServer;
use super::*;

/// A server and what one process kept in it under `key(1, "lamp")`.
async fn kept(clock: &Clock) -> (RedisServer, RedisConn) {
    let server = RedisServer::start().await;
    let redis = connect(server.url()).await;
    let cache = new_cache_at(Some(&redis), clock.clone());
    assert!(is_miss(&ask(&cache, &key(1, "lamp"), b"kept").await));
    cache.flush_writes().await;
    assert_eq!(counted(&cache, CacheEvent::RedisStore), 1);
    (server, redis)
}

fn clock() -> Clock {
    Clock::set_to(Timestamp(1_700_000_000_000))
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn what_one_process_computed_another_finds_with_its_age() {
    let clock = clock();
    let (_server, redis) = kept(&clock).await;
    clock.advance(Duration::from_secs(30));
    let other = new_cache_at(Some(&redis), clock.clone());
    let found = ask(&other, &key(1, "lamp"), b"computed").await;
    assert_eq!(&found.value[..], b"kept");
    let CacheOutcome::HitRedis(fresh) = found.outcome else {
        panic!("{:?}", found.outcome);
    };
    assert_eq!(fresh.age, Duration::from_secs(30));
    assert!(fresh.remaining <= Duration::from_secs(570) && fresh.remaining >= Duration::from_secs(500));
    // From then on it is in memory, and its time runs on.
    clock.advance(Duration::from_secs(1));
    let again = ask(&other, &key(1, "lamp"), b"computed").await;
    assert!(matches!(again.outcome, CacheOutcome::HitMemory(seen) if seen.age == Duration::from_secs(31)));
    clock.advance(fresh.remaining);
    assert!(is_miss(&ask(&other, &key(1, "lamp"), b"computed").await));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn its_key_reads_well_and_redis_lets_it_die() {
    let (server, _redis) = kept(&clock()).await;
    let name = key(1, "lamp").name("");
    assert!(name.starts_with("facets:f0.v1:"), "{name}");
    assert!(server.command(&["KEYS", "*"]).await.contains(&name));
    let left: u64 = server
        .command(&["PTTL", &name])
        .await
        .trim_matches([':', '\r', '\n'])
        .parse()
        .unwrap();
    assert!(left > 0 && left <= 600_000, "{left}");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_corrupt_entry_or_one_of_another_type_is_a_miss_and_is_replaced() {
    let (server, redis) = kept(&clock()).await;
    let name = key(1, "lamp").name("");
    for (number, damage) in [
        vec!["SET", &name, "nonsense"],
        vec!["SETRANGE", &name, "30", "X"],
        vec!["SET", &name, ""],
        vec!["DEL", &name],
    ]
    .into_iter()
    .enumerate()
    {
        server.command(&damage).await;
        let cache = new_cache_at(Some(&redis), clock());
        let fresh = format!("fresh {number}");
        let asked = ask(&cache, &key(1, "lamp"), fresh.as_bytes()).await;
        assert_eq!(
            (&asked.value[..], is_miss(&asked)),
            (fresh.as_bytes(), true),
            "{damage:?}"
        );
        cache.flush_writes().await;
        let found = ask(&new_cache_at(Some(&redis), clock()), &key(1, "lamp"), b"computed").await;
        assert_eq!(&found.value[..], fresh.as_bytes());
    }
    server.command(&["DEL", &name]).await;
    server.command(&["LPUSH", &name, "a list"]).await;
    let asked = ask(&new_cache_at(Some(&redis), clock()), &key(1, "lamp"), b"computed").await;
    assert!(is_miss(&asked));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn another_generation_finds_nothing_of_the_old_one() {
    let (_server, redis) = kept(&clock()).await;
    let other = new_cache_at(Some(&redis), clock());
    let asked = ask(&other, &key(2, "lamp"), b"new").await;
    assert_eq!((&asked.value[..], is_miss(&asked)), (&b"new"[..], true));
    // A slow fill for the old generation lands where nobody looks.
    let slow = new_cache_at(Some(&redis), clock());
    ask(&slow, &key(1, "slow"), b"old").await;
    slow.flush_writes().await;
    let asked = ask(&new_cache_at(Some(&redis), clock()), &key(2, "slow"), b"new").await;
    assert_eq!(&asked.value[..], b"new");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_hundred_who_ask_at_once_ask_redis_once() {
    let (_server, redis) = kept(&clock()).await;
    let cache = new_cache_at(Some(&redis), clock());
    let tasks: Vec<_> = (0..100)
        .map(|_| {
            let cache = cache.clone();
            tokio::spawn(async move { ask(&cache, &key(1, "lamp"), b"computed").await })
        })
        .collect();
    for task in tasks {
        assert_eq!(&task.await.unwrap().value[..], b"kept");
    }
    assert_eq!(counted(&cache, CacheEvent::RedisHit), 1);
    assert_eq!(counted(&cache, CacheEvent::Joined), 99);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn writes_that_find_no_room_are_dropped_and_counted() {
    let server = RedisServer::start().await;
    let redis = connect(server.url()).await;
    let cache = new_cache(Some(&redis));
    // One runtime thread and no pause: the queue is not worked off in between.
    let bytes = Arc::new(Bytes::from(vec![0; 20]));
    for number in 0..3_000 {
        cache.keep(&key(1, &number.to_string()), Traffic::User, &bytes, None);
    }
    assert_eq!(counted(&cache, CacheEvent::RedisStoreDropped), 3_000 - 1_024);
    cache.flush_writes().await;
    assert_eq!(counted(&cache, CacheEvent::RedisStore), 1_024);
    assert_eq!(cache.in_use().queue, autodex::cache::QueueUse::default());
    let large = Arc::new(Bytes::from(vec![0; 1 << 20]));
    for number in 0..20 {
        cache.keep(&key(2, &number.to_string()), Traffic::User, &large, None);
    }
    assert_eq!(cache.in_use().queue.bytes, 16 << 20);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_response_goes_through_redis_and_is_dropped_by_clearing_any_of_its_scopes() {
    let server = RedisServer::start().await;
    let redis = connect(server.url()).await;
    let scopes = ScopeSet::one(Scope::Search).with(Scope::Facets);
    let response = |generation: Generation| {
        let stamp = generation.stamp(scopes);
        KeySpace::new(b"schema", 1)
            .key(Kind::Response, stamp)
            .text("{search facets}")
            .finish()
    };
    let now = Generation::default();
    let cache = new_cache(Some(&redis));
    cache.keep(
        &response(now),
        Traffic::User,
        &Arc::new(Bytes::from_static(b"{}")),
        None,
    );
    cache.flush_writes().await;
    let other = new_cache(Some(&redis));
    let found = other
        .kept_in_redis::<Bytes>(&response(now), Traffic::User)
        .await
        .unwrap();
    // The shortest of its scopes' times to live.
    assert!(found.outcome.freshness().unwrap().remaining <= Duration::from_mins(5));
    for (cleared, there) in [
        (Scope::Search, false),
        (Scope::Facets, false),
        (Scope::Stats, true),
    ] {
        let after = Generation {
            epochs: now.epochs.cleared(ScopeSet::one(cleared)),
            ..now
        };
        let found = other
            .kept_in_redis::<Bytes>(&response(after), Traffic::User)
            .await;
        assert_eq!(found.is_some(), there, "{cleared:?}");
    }
}
