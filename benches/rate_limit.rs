//! What judging a request costs. With `REDIS_URL` set, a round trip to that Redis too.
#![allow(missing_docs)]

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant, SystemTime};

use autodex::config::{RateLimitConfig, RedisConfig};
use autodex::rate_limit::{Decision, RateLimiter, TrustedProxies};
use autodex::redis_conn::RedisConn;
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Runtime;

fn config(requests: u32) -> RateLimitConfig {
    RateLimitConfig {
        requests,
        window: Duration::from_hours(1),
        ..RateLimitConfig::default()
    }
}

fn limiter(runtime: &Runtime, requests: u32) -> RateLimiter {
    let redis = std::env::var("REDIS_URL").ok().map(|url| RedisConfig {
        enabled: true,
        url: url.into(),
        key_prefix: format!("bench:{}:", std::process::id()),
        ..RedisConfig::default()
    });
    let connection = redis.and_then(|redis| {
        runtime
            .block_on(RedisConn::start(&redis))
            .expect("REDIS_URL can be used")
    });
    RateLimiter::new(&config(requests), connection, Instant::now(), SystemTime::now())
}

fn client(n: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0000 + n))
}

/// A check that does not wait, or does.
fn check(runtime: &Runtime, limiter: &RateLimiter, n: u32, now: Instant) -> Decision {
    runtime.block_on(limiter.check(client(n), 1, now))
}

fn in_memory(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let plenty = limiter(&runtime, u32::MAX);
    let now = Instant::now();
    criterion.bench_function("check with a lease", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| plenty.check(client(1), 1, now));
    });
    criterion.bench_function("check with a lease, reading the clock", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| plenty.check(client(1), 1, Instant::now()));
    });
    for n in 0..10_000 {
        check(&runtime, &plenty, n, now);
    }
    let mut n = 0_u32;
    criterion.bench_function("check with a lease, 10,000 clients in turn", |bencher| {
        bencher.to_async(&runtime).iter(|| {
            n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            plenty.check(client((n >> 8) % 10_000), 1, now)
        });
    });
    let little = limiter(&runtime, 1);
    while check(&runtime, &little, 1, now).is_allowed() {}
    criterion.bench_function("check of a limited client", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| little.check(client(1), 1, now));
    });
}

fn blocked(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime starts");
    let config = RateLimitConfig {
        window: Duration::from_mins(1),
        requests: 1,
        ..config(1)
    };
    let start = Instant::now();
    let limiter = RateLimiter::new(&config, None, start, SystemTime::now());
    let mut now = start;
    while check(&runtime, &limiter, 1, now).is_allowed() {}
    now += Duration::from_mins(1);
    while check(&runtime, &limiter, 1, now).is_allowed() {}
    criterion.bench_function("check of a blocked client", |bencher| {
        bencher
            .to_async(&runtime)
            .iter(|| limiter.check(client(1), 1, now));
    });
}

fn round_trip(criterion: &mut Criterion) {
    if std::env::var("REDIS_URL").is_err() {
        return;
    }
    let runtime = Runtime::new().expect("a runtime starts");
    let limiter = limiter(&runtime, 10);
    let now = Instant::now();
    let mut n = 0;
    // Each time another client: nothing is held for it.
    criterion.bench_function("check that asks redis", |bencher| {
        bencher.to_async(&runtime).iter(|| {
            n += 1;
            limiter.check(client(n % (1 << 24)), 1, now)
        });
    });
}

fn who(criterion: &mut Criterion) {
    let config = RateLimitConfig {
        trusted_proxies: vec![
            "10.0.0.0/8".parse().expect("a network"),
            "173.245.48.0/20".parse().expect("a network"),
        ],
        ..RateLimitConfig::default()
    };
    let proxies = TrustedProxies::new(&config);
    let (peer, line) = (client(1), b"1.1.1.1, 203.0.113.5, 173.245.48.9".as_slice());
    criterion.bench_function("who the client is behind two proxies", |bencher| {
        bencher.iter(|| proxies.client(black_box(peer), [line].into_iter(), std::iter::empty()));
    });
}

criterion_group!(benches, in_memory, blocked, round_trip, who);
criterion_main!(benches);
