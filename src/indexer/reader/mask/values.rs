//! Masking by structure: the literal values of keys that name a secret, however they are quoted, folded or laid out.

use std::ops::Range;

use super::super::template::is_template;
use super::super::yaml::{Content, Document, Node, NodeId, Style};
use super::keys::{Suspicion, is_secret, suspicion};
use super::{MASK, mask_lines, text::mask_template};

/// The text of `span`, in which the mapping `id` stands, with the values of its secret keys masked at any depth.
pub(in super::super) fn mask_values(document: &Document, id: NodeId, span: Range<usize>) -> String {
    let mut secrets = secrets(document, id);
    secrets.sort_unstable_by_key(|secret| secret.start);
    let text = |range: Range<usize>| document.text.get(range).unwrap_or_default();
    let mut masked = String::with_capacity(span.len());
    let mut at = span.start;
    for secret in secrets.into_iter().filter(|secret| secret.end <= span.end) {
        // An alias may name the same value once more, or one from outside.
        if secret.start >= at {
            masked.push_str(text(at..secret.start));
            masked.push_str(&masked_scalar(text(secret.clone())));
            at = secret.end;
        }
    }
    masked.push_str(text(at..span.end));
    masked
}

/// The bytes of every secret value below a node, aliases followed no further than the value itself.
fn secrets(document: &Document, id: NodeId) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut waiting = vec![id];
    while let Some(id) = waiting.pop() {
        match &document.node(id).content {
            Content::List(items) => waiting.extend(items),
            Content::Map { pairs, .. } => {
                for (key, value) in pairs {
                    waiting.extend([*key, *value]);
                    if let Some(key) = document.scalar(*key) {
                        judge(document, key, *value, &mut found);
                    }
                }
            }
            Content::Scalar { .. } | Content::Alias(_) => {}
        }
    }
    found
}

/// Adds the value of a key, or the items of the list that is its value, when they are secrets.
fn judge(document: &Document, key: &str, value: NodeId, found: &mut Vec<Range<usize>>) {
    if suspicion(key) == Suspicion::None {
        return;
    }
    let node = document.node(document.follow(value));
    let items = match &node.content {
        Content::List(items) => items.as_slice(),
        _ => std::slice::from_ref(&value),
    };
    for item in items {
        let node = document.node(document.follow(*item));
        if let Content::Scalar { value, style } = &node.content
            && node.tag.is_none()
            && *style != Style::Absent
            && (is_secret(key, value) || (is_template(value) && suspicion(key) == Suspicion::Always))
        {
            found.push(bare(document, node));
        }
    }
}

/// The bytes of a scalar without its anchor.
fn bare(document: &Document, node: &Node) -> Range<usize> {
    let span = node.span();
    let text = document.text.get(span.clone()).unwrap_or_default();
    let anchor = if text.starts_with('&') {
        text.find(char::is_whitespace).unwrap_or(0)
    } else {
        0
    };
    let rest = text.get(anchor..).unwrap_or_default();
    span.end - rest.trim_start().len()..span.end
}

/// A scalar as written, masked: its quotes and the number of its lines stay. A template names a secret and does not hold
/// it, unless it spells one out.
fn masked_scalar(written: &str) -> String {
    if is_template(written) {
        return mask_template(written);
    }
    let quote = written
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''))
        .map(String::from)
        .unwrap_or_default();
    if quote.is_empty() {
        return mask_lines(written);
    }
    format!(
        "{quote}{MASK}{quote}{}",
        "\n".repeat(written.matches('\n').count())
    )
}
