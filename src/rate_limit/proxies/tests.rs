//! Who the client is, for every combination of peer and headers that was ever seen or feared.

use super::*;

const TRUSTED: [&str; 4] = ["10.0.0.0/8", "127.0.0.1", "2001:db8:cafe::/48", "173.245.48.0/20"];

fn proxies() -> TrustedProxies {
    let networks = TRUSTED.iter().map(|network| network.parse().unwrap());
    TrustedProxies {
        networks: networks.collect(),
    }
}

fn client(proxies: &TrustedProxies, peer: &str, xff: &[&str], forwarded: &[&str]) -> String {
    let bytes = |lines: &[&'static str]| lines.iter().map(|line| line.as_bytes()).collect::<Vec<_>>();
    let leak = |lines: &[&str]| -> Vec<&'static str> {
        lines
            .iter()
            .map(|line| &*String::leak((*line).to_owned()))
            .collect()
    };
    let (xff, forwarded) = (bytes(&leak(xff)), bytes(&leak(forwarded)));
    let peer = peer.parse().unwrap();
    proxies
        .client(peer, xff.into_iter(), forwarded.into_iter())
        .to_string()
}

/// Peer, lines of `X-Forwarded-For`, the client.
type Row = (&'static str, &'static [&'static str], &'static str);

/// What is seen of `X-Forwarded-For`.
const X_FORWARDED_FOR: &[Row] = &[
    // Nobody is trusted who is not named.
    ("198.51.100.1", &[], "198.51.100.1"),
    ("198.51.100.1", &["203.0.113.5"], "198.51.100.1"),
    ("198.51.100.1", &["127.0.0.1"], "198.51.100.1"),
    ("11.0.0.1", &["203.0.113.5"], "11.0.0.1"),
    ("2001:db8:beef::1", &["203.0.113.5"], "2001:db8:beef::1"),
    ("::1", &["203.0.113.5"], "::1"),
    // One trusted proxy.
    ("10.0.0.1", &[], "10.0.0.1"),
    ("10.0.0.1", &["203.0.113.5"], "203.0.113.5"),
    ("127.0.0.1", &["203.0.113.5"], "203.0.113.5"),
    ("2001:db8:cafe::1", &["203.0.113.5"], "203.0.113.5"),
    ("10.0.0.1", &["2001:db8::5"], "2001:db8::5"),
    // A socket that takes both IPv4 and IPv6 shows an IPv4 peer as mapped.
    ("::ffff:10.0.0.1", &["203.0.113.5"], "203.0.113.5"),
    ("::ffff:198.51.100.1", &["203.0.113.5"], "198.51.100.1"),
    ("10.0.0.1", &["::ffff:203.0.113.5"], "203.0.113.5"),
    ("10.0.0.1", &["203.0.113.5, ::ffff:10.0.0.2"], "203.0.113.5"),
    // Spoofing: what the client sent stands left of what the proxy saw.
    ("10.0.0.1", &["127.0.0.1, 203.0.113.5"], "203.0.113.5"),
    ("10.0.0.1", &["10.0.0.9, 203.0.113.5"], "203.0.113.5"),
    (
        "10.0.0.1",
        &["1.1.1.1, 2.2.2.2, 3.3.3.3, 203.0.113.5"],
        "203.0.113.5",
    ),
    ("10.0.0.1", &["1.1.1.1", "203.0.113.5"], "203.0.113.5"),
    ("10.0.0.1", &["1.1.1.1", "10.0.0.7", "203.0.113.5"], "203.0.113.5"),
    ("10.0.0.1", &["\"1.1.1.1, 203.0.113.5"], "203.0.113.5"),
    ("10.0.0.1", &["', 203.0.113.5"], "203.0.113.5"),
    ("10.0.0.1", &["\u{fffd}\u{fffd}, 203.0.113.5"], "203.0.113.5"),
    // Several trusted proxies, in one line or in many.
    ("10.0.0.1", &["203.0.113.5, 173.245.48.9"], "203.0.113.5"),
    (
        "10.0.0.1",
        &["1.1.1.1, 203.0.113.5, 173.245.48.9, 10.0.0.2"],
        "203.0.113.5",
    ),
    (
        "10.0.0.1",
        &["1.1.1.1", "203.0.113.5", "173.245.48.9"],
        "203.0.113.5",
    ),
    (
        "10.0.0.1",
        &["1.1.1.1, 203.0.113.5", "173.245.48.9, 10.0.0.2"],
        "203.0.113.5",
    ),
    ("10.0.0.1", &["203.0.113.5, 173.245.64.1"], "173.245.64.1"),
    // Only trusted hops: the leftmost is the client, one of our own.
    ("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
    ("10.0.0.1", &["10.0.0.1"], "10.0.0.1"),
    // Ports, brackets, quotes.
    ("10.0.0.1", &["203.0.113.5:51234"], "203.0.113.5"),
    ("10.0.0.1", &["[2001:db8::5]:51234"], "2001:db8::5"),
    ("10.0.0.1", &["[2001:db8::5]"], "2001:db8::5"),
    ("10.0.0.1", &["\"203.0.113.5\""], "203.0.113.5"),
    ("10.0.0.1", &["203.0.113.5, 10.0.0.2:443"], "203.0.113.5"),
    // White space and empty elements.
    ("10.0.0.1", &["  203.0.113.5  "], "203.0.113.5"),
    ("10.0.0.1", &["203.0.113.5,10.0.0.2"], "203.0.113.5"),
    ("10.0.0.1", &["203.0.113.5 ,\t10.0.0.2\t"], "203.0.113.5"),
    ("10.0.0.1", &["203.0.113.5,,, ,10.0.0.2,"], "203.0.113.5"),
    ("10.0.0.1", &[",,,"], "10.0.0.1"),
    ("10.0.0.1", &[""], "10.0.0.1"),
    ("10.0.0.1", &["203.0.113.5", "", "  "], "203.0.113.5"),
    // A trusted proxy that does not know or tell: it is the client.
    ("10.0.0.1", &["unknown"], "10.0.0.1"),
    ("10.0.0.1", &["203.0.113.5, unknown"], "10.0.0.1"),
    ("10.0.0.1", &["203.0.113.5, unknown, 10.0.0.2"], "10.0.0.2"),
    ("10.0.0.1", &["203.0.113.5, _hidden"], "10.0.0.1"),
    ("10.0.0.1", &["203.0.113.5, not an address"], "10.0.0.1"),
    ("10.0.0.1", &["203.0.113.5, 300.1.1.1"], "10.0.0.1"),
    ("10.0.0.1", &["203.0.113.5, 10.0.0.2, <script>"], "10.0.0.1"),
];

#[test]
fn x_forwarded_for_is_walked_from_the_right_while_hops_are_trusted() {
    for (peer, lines, expected) in X_FORWARDED_FOR {
        assert_eq!(
            client(&proxies(), peer, lines, &[]),
            *expected,
            "{peer} {lines:?}"
        );
    }
}

#[test]
fn forwarded_is_walked_like_it_where_there_is_no_x_forwarded_for() {
    let table: &[Row] = &[
        ("198.51.100.1", &["for=203.0.113.5"], "198.51.100.1"),
        ("10.0.0.1", &["for=203.0.113.5"], "203.0.113.5"),
        (
            "10.0.0.1",
            &["For=\"203.0.113.5:47011\";proto=https;by=10.0.0.1"],
            "203.0.113.5",
        ),
        ("10.0.0.1", &["for=\"[2001:db8::5]:47011\""], "2001:db8::5"),
        ("10.0.0.1", &["for=\"[::ffff:203.0.113.5]\""], "203.0.113.5"),
        ("10.0.0.1", &["for=1.1.1.1, for=203.0.113.5"], "203.0.113.5"),
        ("10.0.0.1", &["for=1.1.1.1", "for=203.0.113.5"], "203.0.113.5"),
        (
            "10.0.0.1",
            &["for=1.1.1.1, for=203.0.113.5, for=10.0.0.2"],
            "203.0.113.5",
        ),
        (
            "10.0.0.1",
            &["for=203.0.113.5;host=\"a, b\", for=173.245.48.9"],
            "203.0.113.5",
        ),
        // A quote that the client leaves open does not swallow what the proxy wrote.
        ("10.0.0.1", &["for=\"1.1.1.1, for=203.0.113.5"], "203.0.113.5"),
        (
            "10.0.0.1",
            &["for=1.1.1.1;x=\", for=\"[2001:db8::5]:1\""],
            "2001:db8::5",
        ),
        ("10.0.0.1", &["for=203.0.113.5, for=unknown"], "10.0.0.1"),
        ("10.0.0.1", &["for=203.0.113.5, for=\"_SEVKISEK\""], "10.0.0.1"),
        ("10.0.0.1", &["for=203.0.113.5, by=10.0.0.2"], "10.0.0.1"),
        ("10.0.0.1", &["203.0.113.5"], "10.0.0.1"),
        ("10.0.0.1", &[""], "10.0.0.1"),
    ];
    for (peer, lines, expected) in table {
        assert_eq!(
            client(&proxies(), peer, &[], lines),
            *expected,
            "{peer} {lines:?}"
        );
    }
}

#[test]
fn a_client_cannot_overrule_x_forwarded_for_with_forwarded() {
    let client = client(&proxies(), "10.0.0.1", &["203.0.113.5"], &["for=127.0.0.1"]);
    assert_eq!(client, "203.0.113.5");
}

#[test]
fn nobody_is_trusted_by_default() {
    let proxies = TrustedProxies::new(&RateLimitConfig::default());
    for peer in ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.1"] {
        assert_eq!(
            client(&proxies, peer, &["203.0.113.5"], &["for=203.0.113.6"]),
            peer
        );
    }
}

#[test]
fn hundreds_of_hops_are_walked_only_so_far() {
    let trusted = vec!["10.0.0.2"; 500].join(", ");
    let line = format!("203.0.113.5, {trusted}");
    assert_eq!(client(&proxies(), "10.0.0.1", &[&line], &[]), "10.0.0.2");
    let inventions = vec!["1.1.1.1"; 5_000].join(",");
    let line = format!("{inventions}, 203.0.113.5");
    assert_eq!(client(&proxies(), "10.0.0.1", &[&line], &[]), "203.0.113.5");
}

#[test]
fn bytes_that_are_no_text_spoil_only_their_own_element() {
    let line: &[u8] = b"\xff\xfe, 203.0.113.5, 10.0.0.2";
    let client = proxies().client(
        "10.0.0.1".parse().unwrap(),
        [line].into_iter(),
        std::iter::empty(),
    );
    assert_eq!(client.to_string(), "203.0.113.5");
}

proptest::proptest! {
    #[test]
    fn no_invention_to_the_left_changes_who_the_client_is(
        inventions in proptest::collection::vec("[ -~]{0,40}", 0..6),
        several_lines in proptest::bool::ANY,
    ) {
        let honest = "203.0.113.5, 173.245.48.9";
        let mut lines: Vec<&str> = inventions.iter().map(String::as_str).collect();
        lines.push(honest);
        let joined = [lines.join(",")];
        let one: Vec<&str> = joined.iter().map(String::as_str).collect();
        let lines = if several_lines { &lines } else { &one };
        proptest::prop_assert_eq!(client(&proxies(), "10.0.0.1", lines, &[]), "203.0.113.5");
        let honest = "for=\"203.0.113.5:9\";proto=https, by=x;for=173.245.48.9";
        let joined = format!("{},{honest}", inventions.join(","));
        proptest::prop_assert_eq!(client(&proxies(), "10.0.0.1", &[], &[&joined]), "203.0.113.5");
    }
}
