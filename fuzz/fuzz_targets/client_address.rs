//! Client addresses: whatever the headers, an address comes out; from a peer that is not trusted it is the peer's, and
//! what a client writes in front of what the proxies write changes nothing.
#![no_main]

use std::net::{IpAddr, Ipv4Addr};

use autodex::config::RateLimitConfig;
use autodex::rate_limit::TrustedProxies;
use libfuzzer_sys::fuzz_target;

fn proxies(networks: &[&str]) -> TrustedProxies {
    TrustedProxies::new(&RateLimitConfig {
        trusted_proxies: networks.iter().map(|it| it.parse().expect("a network")).collect(),
        ..RateLimitConfig::default()
    })
}

fuzz_target!(|input: (Vec<Vec<u8>>, Vec<Vec<u8>>)| {
    let (x_forwarded_for, forwarded) = input;
    let lines = |lines: &[Vec<u8>]| -> Vec<Vec<u8>> {
        // What no HTTP header may hold never comes here.
        let plain = |line: &Vec<u8>| !line.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0));
        lines.iter().filter(|line| plain(line)).cloned().collect()
    };
    let (x_forwarded_for, forwarded) = (lines(&x_forwarded_for), lines(&forwarded));
    let peer = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    let client = |proxies: &TrustedProxies, first: &[Vec<u8>], second: &[Vec<u8>]| {
        proxies.client(peer, first.iter().map(Vec::as_slice), second.iter().map(Vec::as_slice))
    };
    let nobody = proxies(&[]);
    assert_eq!(client(&nobody, &x_forwarded_for, &forwarded), peer);
    let some = proxies(&["10.0.0.0/8", "2001:db8::/32"]);
    let found = client(&some, &x_forwarded_for, &forwarded);
    assert_eq!(found, found.to_canonical());
    // The proxy nearest to us adds an address that nobody trusts: that is the client, whatever came before it.
    let mut seen = x_forwarded_for.clone();
    seen.push(b"203.0.113.9".to_vec());
    let outside = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
    assert_eq!(client(&some, &seen, &forwarded), outside);
});
