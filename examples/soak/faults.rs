//! What Redis suffers: in turn it is slow, silent, and gone, with times of peace between.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::proxy::Network;
use crate::setting::Setting;

/// One round: a state and its share of the round, in hundredths.
const ROUND: [(Network, &str, u32); 6] = [
    (Network::Fine, "fine", 30),
    (Network::Slow(Duration::from_millis(200)), "slow", 15),
    (Network::Fine, "fine", 15),
    (Network::BlackHole, "silent", 15),
    (Network::Fine, "fine", 10),
    (Network::Cut, "cut", 15),
];
/// Rounds in a soak.
const ROUNDS: u32 = 5;

/// A time of trouble, as shares of the soak.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

/// Goes through the rounds; all is fine at the end.
///
/// # Errors
/// None.
pub(crate) async fn inflict(setting: &Setting, time: Duration, end: Instant) -> anyhow::Result<Vec<Fault>> {
    let begin = end - time;
    let (mut passed, mut faults) = (0, Vec::new());
    for _ in 0..ROUNDS {
        for (network, name, share) in ROUND {
            setting.proxy.set(network);
            let from = passed;
            passed += share;
            sleep_until(begin + time * passed / (100 * ROUNDS)).await;
            if network != Network::Fine {
                let all = f64::from(100 * ROUNDS);
                faults.push(Fault {
                    name,
                    from: f64::from(from) / all,
                    to: f64::from(passed) / all,
                });
            }
        }
    }
    setting.proxy.set(Network::Fine);
    // Long enough for the server to find it again.
    sleep_until(end).await;
    Ok(faults)
}
