//! Requests at a steady pace while something else goes on.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::client::{Connection, Request};
use crate::head::Told;
use crate::histogram::Histogram;

/// What is measured of one kind.
pub(crate) type Latencies = Histogram;

/// Requests a second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub(crate) cached: u32,
    pub(crate) uncached: u32,
}

/// What was measured.
#[derive(Debug, Default)]
pub(crate) struct Measured {
    /// Answers out of the cache.
    pub(crate) cached: Latencies,
    /// Answers that were computed, to requests that differ each time.
    pub(crate) uncached: Latencies,
    /// Answers to the request that is asked again and again which were computed anew, for the data had changed.
    pub(crate) renewed: u64,
}

/// Asks for as long as something goes on.
pub(crate) async fn during(
    server: SocketAddr,
    pace: Pace,
    goes_on: impl Future<Output = ()>,
) -> anyhow::Result<Measured> {
    let over = CancellationToken::new();
    let hot = tokio::spawn(ask(server, pace.cached, over.clone(), |_| request("light", 1)));
    // What one phase asked, the next must not find in the cache: the number goes on from the clock.
    let first = now().wrapping_mul(7_919);
    let cold = tokio::spawn(ask(server, pace.uncached, over.clone(), move |number| {
        request(&format!("light {}", letters(first.wrapping_add(number))), 1)
    }));
    goes_on.await;
    over.cancel();
    let ((hits, renewed), (_, uncached)) = (hot.await??, cold.await??);
    Ok(Measured {
        cached: hits,
        renewed: renewed.total(),
        uncached,
    })
}

/// Asks at a pace; the latencies of what came out of the cache, and of what did not.
async fn ask(
    server: SocketAddr,
    per_second: u32,
    over: CancellationToken,
    request: impl Fn(u64) -> Request + Send + 'static,
) -> anyhow::Result<(Latencies, Latencies)> {
    let mut connection = Connection::open(server).await?;
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / per_second.max(1));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let (mut hits, mut others) = (Histogram::default(), Histogram::default());
    for number in 0.. {
        tokio::select! {
            () = over.cancelled() => break,
            _ = ticks.tick() => {}
        }
        let request = request(number);
        let sent = Instant::now();
        let reply = connection.ask(&request).await?;
        let took = sent.elapsed();
        ensure!(
            reply.is_good,
            "status {}: {}",
            reply.status,
            String::from_utf8_lossy(connection.body())
        );
        let latencies = if reply.told == Told::Hit {
            &mut hits
        } else {
            &mut others
        };
        latencies.record(took);
    }
    Ok((hits, others))
}

fn request(text: &str, page: u32) -> Request {
    let document =
        "query($text: String, $page: Int! = 1) { search(text: $text, page: $page) { total results { id alias
        triggerTypes actionCalls githubUrl repository { fullName stars } } }
        facets(text: $text) { total triggers { values { value count } } actions { values { value count } }
        repositories { values { value count } } } stats { totalAutomations dataVersion } }";
    let body = json!({"query": document, "variables": {"text": text, "page": page}}).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body.as_bytes()].concat().into()
}

/// A number as a few letters of which words begin: what differs by number is looked for, and found or not.
fn letters(number: u64) -> String {
    let mut left = number % 456_976;
    let mut text = String::new();
    for _ in 0..2 {
        text.push(char::from(b'a' + u8::try_from(left % 26).unwrap_or(0)));
        left /= 26;
    }
    format!("{text} {left}")
}

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |it| it.as_secs())
}
