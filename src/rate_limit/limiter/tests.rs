//! The limiter without Redis; with one it is tested in `tests/`.

use std::time::Duration;

use super::super::decision::Quota;
use super::*;

fn limiter(config: &RateLimitConfig) -> (RateLimiter, Instant) {
    let now = Instant::now();
    (
        RateLimiter::new(
            config,
            None,
            now,
            SystemTime::UNIX_EPOCH + Duration::from_hours(10),
        ),
        now,
    )
}

async fn served(limiter: &RateLimiter, address: &str, requests: u32, now: Instant) -> u32 {
    let mut served = 0;
    for _ in 0..requests {
        served += u32::from(limiter.check(address.parse().unwrap(), 1, now).await.is_allowed());
    }
    served
}

#[tokio::test]
async fn without_redis_the_limit_holds_in_every_window_and_for_each_client() {
    let config = RateLimitConfig {
        backoff_max: Duration::ZERO,
        ..RateLimitConfig::default()
    };
    let (limiter, start) = limiter(&config);
    for window in 0..3 {
        let now = start + Duration::from_mins(window);
        for address in ["192.0.2.1", "192.0.2.2", "2001:db8::1"] {
            assert_eq!(
                served(&limiter, address, 1_000, now).await,
                100,
                "{address} in {window}"
            );
        }
    }
    assert_eq!(
        served(&limiter, "2001:db8::ffff", 10, start + Duration::from_mins(2)).await,
        0,
        "one /64"
    );
    let statistics = limiter.statistics();
    assert_eq!((statistics.clients, statistics.active), (3, ActiveLimiter::Local));
    assert_eq!(
        (statistics.figures.allowed, statistics.figures.limited),
        (900, 8_110)
    );
}

#[tokio::test]
async fn an_answer_tells_what_is_left_and_when_it_starts_anew() {
    let (limiter, start) = limiter(&RateLimitConfig::default());
    let address = "192.0.2.1".parse().unwrap();
    let now = start + Duration::from_millis(10_500);
    let Decision::Allow(quota) = limiter.check(address, 3, now).await else {
        panic!("it has a fresh quota")
    };
    let expected = Quota {
        limit: 100,
        remaining: 97,
        reset: 36_060,
        reset_after: 50,
    };
    assert_eq!(quota, expected);
    let Decision::Deny(denial) = limiter.check(address, 98, now).await else {
        panic!("97 are left")
    };
    assert_eq!(denial.quota, expected, "a denied request costs nothing");
    assert_eq!((denial.retry_after, denial.reason), (50, DenialReason::Limited));
    assert!(limiter.check(address, 97, now).await.is_allowed());
}

#[tokio::test]
async fn retry_after_is_never_nothing() {
    let (limiter, start) = limiter(&RateLimitConfig {
        requests: 1,
        ..RateLimitConfig::default()
    });
    let late = start + Duration::from_micros(59_999_999);
    assert_eq!(served(&limiter, "192.0.2.1", 1, late).await, 1);
    let Decision::Deny(denial) = limiter.check("192.0.2.1".parse().unwrap(), 1, late).await else {
        panic!("one was the limit")
    };
    assert_eq!(denial.retry_after, 1);
}

#[tokio::test]
async fn nobody_is_limited_where_limits_are_off_or_the_address_is_listed() {
    let off = RateLimitConfig {
        enabled: false,
        requests: 1,
        ..RateLimitConfig::default()
    };
    let allow_list = vec!["192.0.2.0/24".parse().unwrap()];
    let listed = RateLimitConfig {
        allow_list,
        requests: 1,
        ..RateLimitConfig::default()
    };
    for (config, active) in [(off, ActiveLimiter::Off), (listed, ActiveLimiter::Local)] {
        let (limiter, now) = limiter(&config);
        assert_eq!(served(&limiter, "192.0.2.1", 100, now).await, 100);
        let decision = limiter.check("192.0.2.1".parse().unwrap(), 1_000, now).await;
        assert_eq!(decision, Decision::Exempt);
        assert_eq!(
            (limiter.statistics().clients, limiter.statistics().active),
            (0, active)
        );
    }
}

#[tokio::test]
async fn upkeep_forgets_who_is_long_gone_and_follows_a_machine_that_slept() {
    let (limiter, start) = limiter(&RateLimitConfig::default());
    assert_eq!(served(&limiter, "192.0.2.1", 1, start).await, 1);
    let now = start + Duration::from_mins(3);
    // The machine's clock has gone on for an hour more than the process's.
    limiter
        .upkeep(now, SystemTime::UNIX_EPOCH + Duration::from_mins(663))
        .await;
    assert_eq!(limiter.statistics().clients, 0);
    let quota = limiter
        .check("192.0.2.1".parse().unwrap(), 1, now)
        .await
        .quota()
        .unwrap();
    assert!(quota.reset.abs_diff(664 * 60) <= 60, "{quota:?}");
}

#[test]
fn an_account_is_small() {
    assert!(size_of::<super::super::account::Account>() <= 192);
}
