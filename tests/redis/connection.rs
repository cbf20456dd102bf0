//! The connection itself.

use std::sync::Arc;

use autodex::redis_conn::{Access, Patience, RedisConn, RedisError, RedisState};
use deadpool_redis::redis;

use super::support::proxy::{Network, Proxy};
use super::support::redis::{RedisServer, free_port};
use super::*;

async fn ping(redis: &RedisConn) -> Result<String, RedisError> {
    redis
        .query(&redis::cmd("PING"), Access::Read, Patience::Request)
        .await
}

#[tokio::test]
async fn switched_off_there_is_no_connection() {
    let config = RedisConfig::default();
    assert!(RedisConn::start(&config).await.unwrap().is_none());
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn it_answers_and_tells_its_latency_and_figures() {
    let server = RedisServer::start().await;
    server.command(&["SET", "somebody", "else"]).await;
    let redis = connect(server.url()).await;
    assert_eq!(ping(&redis).await.unwrap(), "PONG");
    let health = redis.health();
    assert_eq!(health.state, RedisState::Up);
    assert!(health.latency.is_some() && health.last_error.is_none());
    let figures = redis.figures().await.unwrap();
    assert_eq!((figures.keys, figures.memory_max_bytes), (1, 0));
    assert!(figures.memory_bytes > 100_000);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_database_by_number_is_another_one() {
    let server = RedisServer::start().await;
    let mut config = redis_config(server.url());
    config.db = 3;
    let redis = RedisConn::start(&config).await.unwrap().unwrap();
    let mut set = redis::cmd("SET");
    set.arg("k").arg("v");
    let _: () = redis.query(&set, Access::Write, Patience::Request).await.unwrap();
    assert_eq!(server.command(&["GET", "k"]).await, "$-1\r\n");
    assert!(server.command(&["INFO", "keyspace"]).await.contains("db3:keys=1"));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn many_at_once_share_few_connections_and_get_their_own_answers() {
    let server = RedisServer::start().await;
    let proxy = Proxy::before(server.port()).await;
    let redis = connect(proxy.url()).await;
    let tasks: Vec<_> = (0..500)
        .map(|number: u32| {
            let redis = redis.clone();
            tokio::spawn(async move {
                let mut echo = redis::cmd("ECHO");
                echo.arg(number);
                let answer: u32 = redis
                    .query(&echo, Access::Read, Patience::Background)
                    .await
                    .unwrap();
                assert_eq!(answer, number);
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(proxy.accepted() <= 2, "{}", proxy.accepted());
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn an_absent_redis_is_picked_up_when_it_comes() {
    let port = free_port();
    let redis = connect(format!("redis://127.0.0.1:{port}")).await;
    assert_eq!(redis.health().state, RedisState::Down);
    assert!(matches!(ping(&redis).await, Err(RedisError::NotAsked)));
    assert_eq!(redis.health().last_error, Some("connect"));
    let server = RedisServer::start_on(port).await;
    state_becomes(&redis, RedisState::Up).await;
    assert_eq!(ping(&redis).await.unwrap(), "PONG");
    drop(server);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_dead_redis_is_noticed_though_nobody_asks() {
    let mut server = RedisServer::start().await;
    let redis = connect(server.url()).await;
    server.kill();
    state_becomes(&redis, RedisState::Down).await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn while_it_is_down_one_probe_at_a_time_asks_it() {
    let server = RedisServer::start().await;
    let proxy = Proxy::before(server.port()).await;
    let redis = connect(proxy.url()).await;
    proxy.set(Network::Cut);
    state_becomes(&redis, RedisState::Down).await;
    let before = proxy.accepted();
    for _ in 0..10_000 {
        assert!(matches!(ping(&redis).await, Err(RedisError::NotAsked)));
    }
    // Probes go on in the background, a connection each; requests made none.
    assert!(proxy.accepted() - before < 100);
    proxy.set(Network::Fine);
    state_becomes(&redis, RedisState::Up).await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_script_runs_by_its_hash_and_survives_a_server_that_forgot_it() {
    let server = RedisServer::start().await;
    let redis = connect(server.url()).await;
    let script = redis::Script::new("return redis.call('INCRBY', KEYS[1], ARGV[1])");
    for expected in [5, 10] {
        let mut invocation = script.key("{a}count");
        invocation.arg(5);
        let count: i64 = redis.script(&invocation, Patience::Request).await.unwrap();
        assert_eq!(count, expected);
        server.command(&["SCRIPT", "FLUSH"]).await;
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn an_error_of_one_command_says_nothing_about_the_server() {
    let server = RedisServer::start().await;
    let redis = connect(server.url()).await;
    let nonsense = redis::cmd("NONSENSE");
    for _ in 0..20 {
        let answer = redis
            .query::<()>(&nonsense, Access::Write, Patience::Request)
            .await;
        assert!(matches!(answer, Err(RedisError::Command(_))));
    }
    assert_eq!(redis.health().state, RedisState::Up);
    assert!(redis.takes_writes());
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_wrong_password_keeps_it_down_and_the_right_one_works() {
    let server = RedisServer::start_with(&["--requirepass", "secret"]).await;
    let url = |password| format!("redis://:{password}@127.0.0.1:{}", server.port());
    let wrong = connect(url("guess")).await;
    assert_eq!(wrong.health().state, RedisState::Down);
    let right = connect(url("secret")).await;
    assert_eq!(ping(&right).await.unwrap(), "PONG");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn the_last_one_dropped_closes_the_connections() {
    let server = RedisServer::start().await;
    let redis = connect(server.url()).await;
    // Whoever asks is one of them.
    let clients = async || {
        server
            .command(&["CLIENT", "LIST"])
            .await
            .matches(" laddr=")
            .count()
    };
    assert!(clients().await > 1);
    drop(redis);
    support::eventually("no connection is left", async || clients().await == 1).await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_crowd_that_is_cancelled_half_way_leaves_nothing_behind() {
    let server = RedisServer::start().await;
    let redis = Arc::new(connect(server.url()).await);
    server.freeze();
    let crowd: Vec<_> = (0..200)
        .map(|_| {
            let redis = redis.clone();
            tokio::spawn(async move { ping(&redis).await.map(drop) })
        })
        .collect();
    tokio::task::yield_now().await;
    crowd.iter().for_each(tokio::task::JoinHandle::abort);
    server.thaw();
    state_becomes(&redis, RedisState::Up).await;
    support::eventually("it answers", async || ping(&redis).await.is_ok()).await;
}

#[tokio::test]
async fn a_rediss_url_begins_with_a_tls_handshake() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let first = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 6];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut bytes)
            .await
            .unwrap();
        bytes
    });
    let redis = connect(format!("rediss://127.0.0.1:{port}")).await;
    // A handshake record, its version and length, and in it a ClientHello (RFC 8446, 4.1.2 and 5.1).
    let [0x16, 0x03, _, _, _, 0x01] = first.await.unwrap() else {
        panic!("not a ClientHello");
    };
    assert_eq!(redis.health().state, RedisState::Down);
}
