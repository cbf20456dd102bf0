//! Under which name a client is counted.
//!
//! Invariant: one subscriber is one client: an IPv4 address (mapped into IPv6 or not), or the /64 of an IPv6 address,
//! because a single subscriber has at least a /64 and would otherwise have 2^64 quotas.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Under which name a client is counted. Shown as `192.0.2.7` or `2001:db8:0:1::/64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientKey {
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// The upper 64 bits of an IPv6 address.
    V6(u64),
}

impl From<IpAddr> for ClientKey {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4),
            IpAddr::V6(v6) => {
                let upper = v6.to_bits() >> 64;
                Self::V6(u64::try_from(upper).expect("128 bits less 64 are 64"))
            }
        }
    }
}

/// Neither an IPv4 address nor an IPv6 network of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a client is an IPv4 address or an IPv6 network of 64 bits")]
pub struct NoClientKey;

/// Reads what is shown.
impl FromStr for ClientKey {
    type Err = NoClientKey;

    fn from_str(text: &str) -> Result<Self, NoClientKey> {
        let address = text.strip_suffix("/64").unwrap_or(text);
        let address: IpAddr = address.parse().map_err(|_| NoClientKey)?;
        Ok(Self::from(address))
    }
}

impl fmt::Display for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(address) => address.fmt(f),
            Self::V6(prefix) => write!(f, "{}/64", Ipv6Addr::from(u128::from(*prefix) << 64)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_an_ipv4_address_or_an_ipv6_network_of_64_bits() {
        let table = [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
            ("2001:db8:0:1:ffff::", "2001:db8:0:1::/64"),
            ("2001:db8:0:2::1", "2001:db8:0:2::/64"),
            ("::1", "::/64"),
        ];
        assert_eq!("everybody".parse::<ClientKey>(), Err(NoClientKey));
        for (address, shown) in table {
            let key = ClientKey::from(address.parse::<IpAddr>().unwrap());
            assert_eq!(key.to_string(), shown, "{address}");
            assert_eq!(shown.parse(), Ok(key));
        }
    }
}
