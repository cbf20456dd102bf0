//! Reading `X-Forwarded-For` and `Forwarded` from the right, where the nearest proxy wrote.
//!
//! Invariant: what stands to the left cannot change how anything to its right is read, because the left is the
//! client's own invention. So both lists are cut from the right, quotes included, and no further than is asked for.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The elements of the lines of `X-Forwarded-For`, last one first. Several lines are one list.
pub(super) fn x_forwarded_for<'a>(
    lines: impl DoubleEndedIterator<Item = &'a [u8]>,
) -> impl Iterator<Item = Option<IpAddr>> {
    lines.rev().flat_map(|line| {
        let elements = line.rsplit(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        elements.filter(|element| !element.is_empty()).map(node)
    })
}

/// The `for` parameters of the lines of `Forwarded` (RFC 7239), last one first. An element without a usable one is
/// `None`.
pub(super) fn forwarded<'a>(
    lines: impl DoubleEndedIterator<Item = &'a [u8]>,
) -> impl Iterator<Item = Option<IpAddr>> {
    lines.rev().flat_map(|line| {
        let elements = UnquotedFromRight {
            rest: Some(line),
            separator: b',',
        }
        .map(<[u8]>::trim_ascii);
        elements.filter(|element| !element.is_empty()).map(for_parameter)
    })
}

fn for_parameter(element: &[u8]) -> Option<IpAddr> {
    let mut found = None;
    for pair in (UnquotedFromRight {
        rest: Some(element),
        separator: b';',
    }) {
        let Some(equals) = pair.iter().position(|byte| *byte == b'=') else {
            continue;
        };
        let (name, value) = pair.split_at(equals);
        if name.trim_ascii().eq_ignore_ascii_case(b"for") {
            // Twice in one element is not allowed, so it is not from an honest proxy.
            if found.replace(&value[1..]).is_some() {
                return None;
            }
        }
    }
    node(found?.trim_ascii())
}

/// The pieces between separators outside quotes, last one first.
struct UnquotedFromRight<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> Iterator for UnquotedFromRight<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest.take()?;
        let mut quoted = false;
        for (at, byte) in rest.iter().enumerate().rev() {
            match *byte {
                // `\"` inside quotes is a character like any other. No proxy writes one in an address.
                b'"' if !(quoted && at > 0 && rest[at - 1] == b'\\') => quoted = !quoted,
                byte if byte == self.separator && !quoted => {
                    self.rest = Some(&rest[..at]);
                    return Some(&rest[at + 1..]);
                }
                _ => {}
            }
        }
        Some(rest)
    }
}

/// One address, with a port or not, in brackets or quotes or not. `None` for `unknown`, for a hidden name like
/// `_gateway`, and for anything else.
fn node(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    let text = match text.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"')?,
        None => text,
    };
    let address = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    address
        .or_else(with_port)
        .or_else(|| loose(text))
        .map(|address| address.to_canonical())
}

/// What the standard parser of socket addresses does not take: an address in brackets without a port, and a port that
/// is hidden (`:_http`) or no number of 16 bits.
fn loose(text: &str) -> Option<IpAddr> {
    if let Some(bracketed) = text.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']')?;
        let well_formed = port.is_empty() || port.starts_with(':');
        return address
            .parse()
            .ok()
            .filter(IpAddr::is_ipv6)
            .filter(|_| well_formed);
    }
    let (address, _port) = text.split_once(':')?;
    address.parse::<Ipv4Addr>().ok().map(IpAddr::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_in_every_form_a_proxy_writes() {
        let table = [
            ("192.0.2.7", Some("192.0.2.7")),
            ("192.0.2.7:443", Some("192.0.2.7")),
            ("192.0.2.7:_http", Some("192.0.2.7")),
            ("\"192.0.2.7\"", Some("192.0.2.7")),
            ("\"192.0.2.7:8080\"", Some("192.0.2.7")),
            ("2001:db8::7", Some("2001:db8::7")),
            ("[2001:db8::7]", Some("2001:db8::7")),
            ("[2001:db8::7]:443", Some("2001:db8::7")),
            ("[2001:db8::7]:_x", Some("2001:db8::7")),
            ("\"[2001:db8::7]:443\"", Some("2001:db8::7")),
            ("::ffff:192.0.2.7", Some("192.0.2.7")),
            ("[::ffff:192.0.2.7]:1", Some("192.0.2.7")),
            ("", None),
            ("unknown", None),
            ("_gateway", None),
            ("localhost", None),
            ("192.0.2", None),
            ("192.0.2.256", None),
            ("192.0.2.07", None),
            ("[192.0.2.7]", None),
            ("[2001:db8::7", None),
            ("[2001:db8::7]443", None),
            ("\"192.0.2.7", None),
            ("192.0.2.7 192.0.2.8", None),
            ("fe80::1%eth0", None),
            ("'192.0.2.7'", None),
        ];
        for (text, expected) in table {
            assert_eq!(
                node(text.as_bytes()),
                expected.map(|address| address.parse().unwrap()),
                "{text}"
            );
        }
        assert_eq!(node(b"\xff\xfe"), None);
    }

    #[test]
    fn only_the_for_parameter_of_an_element_counts() {
        let table = [
            ("for=192.0.2.7", Some("192.0.2.7")),
            ("For=192.0.2.7", Some("192.0.2.7")),
            ("proto=https;FOR=192.0.2.7;by=203.0.113.1", Some("192.0.2.7")),
            (
                "by=203.0.113.1; for=\"[2001:db8::7]:1\"; host=\"a;b,c\"",
                Some("2001:db8::7"),
            ),
            ("for = 192.0.2.7", Some("192.0.2.7")),
            ("by=203.0.113.1", None),
            ("for=192.0.2.7;for=192.0.2.8", None),
            ("for=unknown", None),
            ("for=\"_hidden\"", None),
            ("for=", None),
            ("for", None),
            ("192.0.2.7", None),
            ("host=\"x;for=192.0.2.9\"", None),
        ];
        for (text, expected) in table {
            let expected = expected.map(|address| address.parse::<IpAddr>().unwrap());
            assert_eq!(for_parameter(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn what_stands_left_cannot_change_what_stands_right() {
        let honest = "for=\"[2001:db8::7]:443\";proto=https";
        for invention in [
            "for=\"",
            "for=1.1.1.1;x=\"",
            "\\\"",
            "\"\\",
            "for=\"a\\",
            ",,;;\"\"\"",
            "=\"=,",
        ] {
            let line = format!("{invention}, {honest}");
            let first = forwarded([line.as_bytes()].into_iter()).next().unwrap();
            assert_eq!(first, Some("2001:db8::7".parse().unwrap()), "{line}");
        }
    }
}
