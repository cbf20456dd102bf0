//! A look at a document's characters, before it is parsed: how many tokens, and how deep they nest.
//!
//! The parser is recursive: a document that nests deeply enough would end the process, however wrong it is. So nesting
//! is counted here in one pass, without a stack. It need not find mistakes: where it takes a wrong document for another,
//! the parser stops at the mistake.

/// It counts as white space (GraphQL, October 2021, section 2.1.1).
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What a block string begins and ends with.
const BLOCK: &[u8] = br#"""""#;

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
    let mut block_is_open = false;
    while let Some(&byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let (length, is_token) = match byte {
            b' ' | b'\t' | b',' | b'\n' | b'\r' => (1, false),
            b'#' => (line(rest), false),
            b'"' if rest.starts_with(BLOCK) => {
                let length = if block_is_open { None } else { block(rest) };
                // One that does not end is none to the parser, but an empty string with another behind it. No later one
                // ends either: its beginning would have been the end of this one.
                block_is_open = length.is_none();
                (length.unwrap_or(2), true)
            }
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

/// Bytes of a block string, which begins here; `None` if it does not end.
fn block(rest: &[u8]) -> Option<usize> {
    let mut at = BLOCK.len();
    while at < rest.len() {
        match &rest[at..] {
            escaped if escaped.starts_with(br#"\""""#) => at += 4,
            end if end.starts_with(BLOCK) => return Some(at + BLOCK.len()),
            _ => at += 1,
        }
    }
    None
}

/// Bytes of a string on one line, which begins here.
fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while let Some(&byte) = rest.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
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
    fn a_block_that_does_not_end_hides_nothing() {
        // To the parser `""`, then a string, then brackets.
        assert_eq!(seen(r#"{a(b:["""x" [[[[["#).1, 3 + 5);
        assert_eq!(seen(r#"{a(b:[{c:"""" {[ "#).1, 4 + 2);
        // However often: in one pass.
        let chain = r#"\""""#.repeat(50_000);
        assert_eq!(scan(&format!("{{a(b:{chain}"), u64::MAX, 1_000).depth, 2);
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
