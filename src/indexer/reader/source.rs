//! The YAML text of an automation: its own lines, moved to the left margin, credentials masked.
//!
//! Invariant: it has as many lines as it has in the file.

use std::ops::Range;

use super::mask::{mask_text, mask_values};
use super::text::without_carriage_returns;
use super::yaml::{Document, NodeId};

/// The bytes of the text that are a mapping's: whole lines, unless its first line begins with something else.
pub(super) fn span(document: &Document, id: NodeId) -> Range<usize> {
    let span = document.node(id).span();
    let line = document.lines.line_start(document.node(id).start);
    let before = document.text.get(line..span.start).unwrap_or_default();
    if before.bytes().all(|byte| matches!(byte, b' ' | b'-')) {
        line..line_end(&document.text, span.end)
    } else {
        span
    }
}

/// The end of the line in which `end` lies: a key without a value ends before its colon, and comments behind what they
/// are about. An end just behind a line feed is one already.
fn line_end(text: &str, end: usize) -> usize {
    let (before, after) = text.split_at_checked(end).unwrap_or((text, ""));
    if before.ends_with('\n') {
        return end;
    }
    let rest = after.split('\n').next().unwrap_or_default();
    end + rest.trim_end_matches('\r').len()
}

/// The text of a mapping that covers `span`.
pub(super) fn text(document: &Document, id: NodeId, span: Range<usize>) -> String {
    let masked = mask_values(document, id, span);
    dedent(&without_carriage_returns(&mask_text(&masked)))
}

/// The text without the blanks that all its lines begin with.
fn dedent(text: &str) -> String {
    let blank = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let margin = text
        .split('\n')
        .filter(|line| !line.trim().is_empty())
        .map(blank)
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> = text
        .split('\n')
        .map(|line| line.get(margin.min(blank(line))..).unwrap_or(line))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_line_is_taken_whole() {
        let text = "- alias: x\n  k: # nothing\n- alias: y";
        assert_eq!(&text[..line_end(text, 14)], "- alias: x\n  k: # nothing");
        assert_eq!(line_end(text, 11), 11);
        assert_eq!(line_end(text, text.len()), text.len());
    }

    #[test]
    fn lines_move_together_to_the_margin() {
        assert_eq!(
            dedent("    - a: 1\n\n      b: 2\n  \n    # c"),
            "- a: 1\n\n  b: 2\n\n# c"
        );
        assert_eq!(dedent("a\n  b"), "a\n  b");
    }
}
