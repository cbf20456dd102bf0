//! Tabs as indentation: libyaml, and so Home Assistant, refuses the whole file where the parser here is more patient.
//!
//! A line may begin with a tab only inside brackets, quotes or a block of text.

use super::super::warning::WarningReason;
use super::build::SyntaxError;
use super::{Content, Document, Style};

/// Finds a line indented with a tab where only spaces may stand.
pub(super) fn check(document: &Document) -> Result<(), SyntaxError> {
    let suspects = suspects(&document.text);
    if suspects.is_empty() {
        return Ok(());
    }
    let free = free_of_indentation(document);
    match suspects.iter().find(|line| !covered(&free, **line)) {
        Some(line) => Err(WarningReason::TabIndentation {
            line: document.lines.line_of(*line),
        }),
        None => Ok(()),
    }
}

/// The first byte of each line that has a tab among its leading blanks.
fn suspects(text: &str) -> Vec<u32> {
    let mut at = 0_u32;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        if line
            .bytes()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .any(|byte| byte == b'\t')
        {
            found.push(at);
        }
        at = at.saturating_add(u32::try_from(line.len()).unwrap_or(u32::MAX));
    }
    found
}

/// The stretches of text in which indentation means nothing, in order, none inside another.
fn free_of_indentation(document: &Document) -> Vec<(u32, u32)> {
    let mut stretches: Vec<(u32, u32)> = Vec::new();
    for node in &document.nodes {
        let free = match &node.content {
            Content::Scalar { style, .. } => *style != Style::Absent,
            Content::Map { flow, .. } => *flow,
            Content::List(_) => document.text.as_bytes().get(node.start as usize) == Some(&b'['),
            Content::Alias(_) => false,
        };
        // Nodes are in the order of their beginnings, so a stretch that ends within the last one lies within it.
        if free && stretches.last().is_none_or(|last| last.1 < node.end) {
            stretches.push((node.start, node.end));
        }
    }
    stretches
}

/// Whether a line begins inside one of the stretches, or at its very start.
fn covered(stretches: &[(u32, u32)], line: u32) -> bool {
    let after = stretches.partition_point(|stretch| stretch.0 <= line);
    after
        .checked_sub(1)
        .and_then(|at| stretches.get(at))
        .is_some_and(|stretch| line < stretch.1)
}
