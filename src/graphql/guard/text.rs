//! A look at a document's characters, before it is parsed: how many tokens, and how deep they nest.
//!
//! The parser is recursive: a document that nests deeply enough would end the process, however wrong it is. So nesting
//! is counted here in one pass, without a stack. It need not find mistakes: where it takes a wrong document for another,
//! the parser stops at the mistake.

/// It counts as white space (GraphQL, October 2021, section 2.1.1).
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What was seen, up to the bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) tokens: u64,
    /// Of brackets of all kinds.
    pub(super) depth: u64,
}

/// Looks through a text; stops once it goes over a bound.
pub(super) fn scan(text: &str, max_tokens: u64, max_depth: u64) -> Seen {
    let bytes = text.as_bytes();
    let (mut seen, mut open, mut at) = (Seen::default(), 0_u64, 0);
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let (length, is_token) = match byte {
            b' ' | b'\t' | b',' | b'\n' | b'\r' => (1, false),
            b'#' => (line(rest), false),
            b'"' => (string(rest), true),
            b'{' | b'[' | b'(' => {
                open += 1;
                seen.depth = seen.depth.max(open);
                (1, true)
            }
            b'}' | b']' | b')' => {
                open = open.saturating_sub(1);
                (1, true)
            }
            b'.' if rest.starts_with(b"...") => (3, true),
            _ if rest.starts_with(BYTE_ORDER_MARK) => (BYTE_ORDER_MARK.len(), false),
            _ => (word(rest), true),
        };
        seen.tokens += u64::from(is_token);
        if seen.tokens > max_tokens || seen.depth > max_depth {
            break;
        }
        at += length;
    }
    seen
}

/// Bytes up to the end of the line.
fn line(rest: &[u8]) -> usize {
    memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
}

/// Bytes of a name or a number, or one of anything else.
fn word(rest: &[u8]) -> usize {
    let in_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    rest.iter().take_while(|byte| in_word(byte)).count().max(1)
}

/// Bytes of a string, which begins here.
fn string(rest: &[u8]) -> usize {
    let (mut at, block) = match rest {
        [b'"', b'"', b'"', ..] => (3, true),
        _ => (1, false),
    };
    while let Some(&byte) = rest.get(at) {
        match (byte, block) {
            (b'\\', true) if rest[at..].starts_with(br#"\""""#) => at += 4,
            (b'"', true) if rest[at..].starts_with(br#"""""#) => return at + 3,
            (b'\\', false) => at += 2,
            (b'"', false) => return at + 1,
            (b'\n' | b'\r', false) => return at,
            _ => at += 1,
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> (u64, u64) {
        let seen = scan(text, 1_000, 1_000);
        (seen.tokens, seen.depth)
    }

    #[test]
    fn tokens_and_levels_are_counted_and_space_and_comments_are_not() {
        assert_eq!(seen(""), (0, 0));
        assert_eq!(seen("\u{feff}{ a }"), (3, 1));
        assert_eq!(seen("{ ...a ... on B { c } }"), (10, 2));
        assert_eq!(seen("{a,b # {{{{ \"\n}"), (4, 1));
        assert_eq!(seen("query($a: [Int!] = [1]) { b(c: {d: $a}) }"), (27, 3));
    }

    #[test]
    fn brackets_within_strings_do_not_nest() {
        assert_eq!(seen(r#"{ a(b: "{{{ \" {{{") }"#), (8, 2));
        assert_eq!(seen(r#"{ a(b: """{{{ " {{{ \""" {{{""") }"#), (8, 2));
        assert_eq!(seen("{ a(b: \"open\n{{ c"), (9, 4));
        assert_eq!(seen(r#"{ a(b: """""") c(d: "") }"#).1, 2);
    }

    #[test]
    fn it_stops_at_either_bound() {
        let long = "{ a ".repeat(100_000);
        assert_eq!(scan(&long, 10, 1_000), Seen { tokens: 11, depth: 6 });
        assert_eq!(
            scan(&long, 1_000, 10),
            Seen {
                tokens: 21,
                depth: 11
            }
        );
    }

    #[test]
    fn closing_more_than_was_opened_hides_nothing() {
        assert_eq!(seen("}}}}}} {{{"), (9, 3));
    }
}
