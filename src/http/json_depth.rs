//! How deep the JSON of a request nests, counted before anything reads it.

use super::failure::Failure;

/// Checks that brackets nest no deeper than a bound. Wrong JSON is for the reader to find.
///
/// # Errors
/// They do.
pub(super) fn check(json: &[u8], bound: u64) -> Result<(), Failure> {
    let (mut depth, mut at) = (0_u64, 0);
    while let Some(&byte) = json.get(at) {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > bound {
                    return Err(Failure::TooDeep { bound });
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => at += string(&json[at + 1..]),
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// Bytes up to the quote that ends a string, and with it.
fn string(rest: &[u8]) -> usize {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &rest[at..]) {
        if rest[at + found] == b'"' {
            return at + found + 1;
        }
        at = (at + found + 2).min(rest.len());
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(json: &str, bound: u64) -> bool {
        check(json.as_bytes(), bound).is_ok()
    }

    #[test]
    fn brackets_nest_up_to_the_bound() {
        let nested = |depth: usize| format!("{}{}", "[{\"a\":".repeat(depth / 2), "}]".repeat(depth / 2));
        assert!(passes(&nested(32), 32) && !passes(&nested(34), 32));
        assert!(passes(r#"[[1], [2], {"a": [3]}]"#, 3) && !passes(r#"[[1], [2], {"a": [3]}]"#, 2));
        assert!(passes("", 1) && passes("7", 1) && passes("]]]][", 1));
    }

    #[test]
    fn brackets_within_strings_do_not_count() {
        assert!(passes(r#"{"query": "{{{{ \" [[[ \\"}"#, 1));
        assert!(passes(r#"["never closed [[[["#, 1));
        assert!(passes(r#"["\"#, 1));
        assert!(!passes(r#"["\\", ["a"]]"#, 1));
    }
}
