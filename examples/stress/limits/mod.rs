//! The rate limits: what they cost a crowd, how cheaply an attacker is turned away, how exact they are over two
//! instances, and what happens when Redis goes and comes back.

mod attacker;
mod crowd;
mod exactness;
mod outage;
mod paced;
mod pair;

use serde::Serialize;

use crate::client::Request;
use crate::figures::Figures;
use crate::rig::Rig;

pub(crate) use attacker::Attacker;
pub(crate) use crowd::Crowd;
pub(crate) use exactness::Exactness;
pub(crate) use outage::Outage;

/// Requests per window and client.
const LIMIT: u32 = 100;

/// The figures of the workload.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Limits {
    /// Many clients, limits on and off.
    pub(crate) crowd: Crowd,
    /// One that never stops asking.
    pub(crate) attacker: Attacker,
    /// What is let through of ten times the limit.
    pub(crate) exactness: Exactness,
    /// Redis killed and started again under load.
    pub(crate) outage: Outage,
}

impl Limits {
    /// Of the phases in which no answer may be bad.
    pub(crate) fn figures(&self) -> impl Iterator<Item = &Figures> {
        [&self.crowd.off, &self.crowd.on].into_iter()
    }
}

/// Measures.
///
/// # Errors
/// A process does not start or answer.
pub(crate) async fn measure(rig: &Rig) -> anyhow::Result<Option<Limits>> {
    if !rig.has_redis() {
        return Ok(None);
    }
    Ok(Some(Limits {
        crowd: crowd::measure(rig).await?,
        attacker: attacker::measure(rig).await?,
        exactness: exactness::measure(rig).await?,
        outage: outage::measure(rig).await?,
    }))
}

/// A request as a trusted proxy passes it on for a client, told by its number.
fn passed_on(request: &Request, client: usize) -> Request {
    let [_, a, b, c] = u32::try_from(client).unwrap_or(u32::MAX).to_be_bytes();
    let address = format!("X-Forwarded-For: 10.{a}.{b}.{c}\r\n");
    let head = request
        .windows(2)
        .position(|two| two == b"\r\n")
        .map_or(0, |at| at + 2);
    [&request[..head], address.as_bytes(), &request[head..]]
        .concat()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_passed_on_with_its_clients_address_in_the_head() {
        let request: Request = b"POST / HTTP/1.1\r\nHost: a\r\n\r\nbody".as_slice().into();
        let passed = passed_on(&request, 258);
        let expected = b"POST / HTTP/1.1\r\nX-Forwarded-For: 10.0.1.2\r\nHost: a\r\n\r\nbody";
        assert_eq!(*passed, *expected);
    }
}
