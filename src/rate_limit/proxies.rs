//! Who the client is, behind proxies that are trusted or not.
//!
//! Invariant: an address is believed only if everything between it and this process is a trusted proxy. The walk goes
//! from the socket's peer leftwards through the header and stops at the first address that is not trusted: that one is
//! the client, and what stands left of it is the client's own invention.

use std::net::IpAddr;

use super::hops;
use crate::config::{Network, RateLimitConfig};

/// So many trusted proxies in a row are believed; more are a loop or a mistake.
const HOPS_MAX: usize = 32;

/// The proxies that are believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies {
    networks: Vec<Network>,
}

impl TrustedProxies {
    /// Those an operator has named.
    pub fn new(config: &RateLimitConfig) -> Self {
        Self {
            networks: config.trusted_proxies.clone(),
        }
    }

    /// The client's address, from the socket's peer and the values of all lines of the two headers, in their order.
    /// `Forwarded` counts only where there is no `X-Forwarded-For`: a proxy that writes the one passes the other on as
    /// the client sent it.
    ///
    /// A trusted proxy that does not say who its client is (`unknown`, a hidden name, junk) is the client itself.
    /// IPv4 in IPv6 is given as IPv4.
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        x_forwarded_for: impl DoubleEndedIterator<Item = &'a [u8]>,
        forwarded: impl DoubleEndedIterator<Item = &'a [u8]>,
    ) -> IpAddr {
        let peer = peer.to_canonical();
        // The usual case without any proxy: not one header is looked at.
        if !self.trusts(peer) {
            return peer;
        }
        let mut lines = x_forwarded_for;
        match lines.next_back() {
            Some(last) => self.walk(peer, hops::x_forwarded_for(lines.chain(std::iter::once(last)))),
            None => self.walk(peer, hops::forwarded(forwarded)),
        }
    }

    fn walk(&self, peer: IpAddr, hops: impl Iterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut nearest = peer;
        for hop in hops.take(HOPS_MAX) {
            let Some(hop) = hop else { break };
            nearest = hop;
            if !self.trusts(hop) {
                break;
            }
        }
        nearest
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }
}

#[cfg(test)]
mod tests;
