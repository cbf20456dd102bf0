//! The scripts do what the model does that the accounts are tested against.

use std::net::{IpAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::*;
use crate::config::{RateLimitConfig, RedisConfig};
use crate::rate_limit::lease::Holder;
use crate::rate_limit::ledger::Ledger;

struct Server {
    port: u16,
    child: Child,
}

impl Server {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn();
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(10),
                "redis-server does not come up"
            );
            std::thread::yield_now();
        }
        Self {
            port,
            child: child.unwrap(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn client(n: u32) -> ClientKey {
    ClientKey::from(IpAddr::from(n.to_be_bytes()))
}

/// A window that does not end while the test runs.
fn policy(requests: u32) -> Policy {
    let window = Duration::from_hours(24 * 365 * 100);
    Policy::new(&RateLimitConfig {
        requests,
        window,
        ..RateLimitConfig::default()
    })
}

fn unix_now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

/// Holder, sequence, spent, held, need, waiting.
type Question = (u64, u32, u32, u32, u32, u32);

fn questions() -> impl Strategy<Value = Vec<Question>> {
    let question = (1_u64..4, 1_u32..30, 0_u32..40, 0_u32..5, 0_u32..20, 0_u32..20);
    proptest::collection::vec(question, 1..25)
}

#[test]
#[ignore = "needs redis-server: run ./scripts/test"]
fn the_scripts_answer_as_the_model_does() {
    let server = Server::start();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = RedisConfig {
        enabled: true,
        url: format!("redis://127.0.0.1:{}", server.port).into(),
        deadline: Duration::from_secs(5),
        ..RedisConfig::default()
    };
    let redis = runtime.block_on(RedisConn::start(&config)).unwrap().unwrap();
    let counters = Counters::new(redis);
    let mut runner = TestRunner::new(ProptestConfig::with_cases(200));
    let clients = std::cell::Cell::new(0_u32);
    let same = |(limit, questions): (u32, Vec<Question>)| {
        clients.set(clients.get() + 1);
        let (client, policy, mut model) = (client(clients.get()), policy(limit), Ledger::default());
        for (id, sequence, spent, held, need, waiting) in questions {
            let holder = Holder { id, sequence };
            let claim = Claim {
                window: 0,
                holder,
                spent,
                held,
                need,
                waiting,
            };
            let told = runtime
                .block_on(counters.claim(client, &claim, &policy, Patience::Request))
                .unwrap();
            let expected = model.execute(&claim, unix_now(), &policy);
            prop_assert_eq!(told.verdict, expected.verdict, "{:?}", claim);
        }
        Ok(())
    };
    runner.run(&(1_u32..200, questions()), same).unwrap();
    runtime.block_on(strikes_are_kept_once_a_window(&counters, client(0)));
}

async fn strikes_are_kept_once_a_window(counters: &Counters, client: ClientKey) {
    let (policy, now) = (policy(100), unix_now());
    let strike = |offences, window_start| Penalty {
        offences,
        window_start,
        quiet_from: now,
        blocked_until: now + 60_000,
    };
    let mut model = Ledger::default();
    for penalty in [strike(1, 5), strike(2, 5), strike(2, 6), strike(7, 3)] {
        let kept = counters.strike(client, penalty, now, &policy).await.unwrap();
        assert_eq!(kept, model.strike(penalty));
    }
    let claim = |window, sequence| {
        let holder = Holder { id: 1, sequence };
        Claim {
            window,
            holder,
            spent: 0,
            held: 0,
            need: 1,
            waiting: 0,
        }
    };
    let told = counters
        .claim(client, &claim(0, 1), &policy, Patience::Request)
        .await
        .unwrap();
    assert_eq!((told.verdict, told.penalty), (Verdict::Blocked, strike(2, 6)));
    let told = counters
        .claim(client, &claim(1, 2), &policy, Patience::Request)
        .await
        .unwrap();
    assert_eq!((told.verdict, told.window), (Verdict::OtherWindow, 0));
    assert!(told.now().abs_diff(now) < 60_000);
}
