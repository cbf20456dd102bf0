//! Masking by structure: the literal values of keys that name a secret, however they are quoted, folded or laid out.

use std::collections::HashSet;
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

/// The bytes of every secret value below a node.
fn secrets(document: &Document, id: NodeId) -> Vec<Range<usize>> {
    let mut judging = Judging {
        document,
        found: Vec::new(),
        judged: HashSet::new(),
    };
    let mut waiting = vec![id];
    while let Some(id) = waiting.pop() {
        match &document.node(id).content {
            Content::List(items) => waiting.extend(items),
            Content::Map { pairs, .. } => {
                for (key, value) in pairs {
                    waiting.extend([*key, *value]);
                    if let Some(key) = document.scalar(*key) {
                        judging.value_of(key, *value);
                    }
                }
            }
            Content::Scalar { .. } | Content::Alias(_) => {}
        }
    }
    judging.found
}

/// What was found so far. A node is judged once for each suspicion, however many aliases lead to it: what is bounded in
/// nodes is bounded in time.
struct Judging<'a> {
    document: &'a Document,
    found: Vec<Range<usize>>,
    judged: HashSet<(NodeId, Suspicion)>,
}

impl Judging<'_> {
    /// Adds what is secret of a key's value: the value, the items of a list, and under a key that is always secret
    /// everything below it.
    fn value_of(&mut self, key: &str, value: NodeId) {
        let suspicion = suspicion(key);
        if suspicion == Suspicion::None {
            return;
        }
        let mut waiting = vec![value];
        while let Some(id) = waiting.pop() {
            let id = self.document.follow(id);
            if !self.judged.insert((id, suspicion)) {
                continue;
            }
            match &self.document.node(id).content {
                Content::List(items) => waiting.extend(items),
                Content::Map { pairs, .. } if suspicion == Suspicion::Always => {
                    waiting.extend(pairs.iter().map(|(_, value)| *value));
                }
                Content::Scalar { value, style } if *style != Style::Absent => self.scalar(key, id, value),
                _ => {}
            }
        }
    }

    fn scalar(&mut self, key: &str, id: NodeId, value: &str) {
        let node = self.document.node(id);
        let spelt_out = is_template(value) && suspicion(key) == Suspicion::Always;
        if !names_it_elsewhere(node, value) && (is_secret(key, value) || spelt_out) {
            self.found.push(bare(self.document, node));
        }
    }
}

/// Whether a tag says that the value stands elsewhere: `!secret name`, `!input name`, `!env_var NAME` without a default.
fn names_it_elsewhere(node: &Node, value: &str) -> bool {
    node.tag.as_deref().is_some_and(|tag| {
        let tag = tag.trim_start_matches('!');
        matches!(tag, "secret" | "input")
            || tag.starts_with("include")
            || (tag == "env_var" && value.split_whitespace().count() < 2)
    })
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
