//! Parser events to a tree.
//!
//! The parser is `granit-parser`, set to be as lenient as the libyaml that Home Assistant loads with. It bounds nesting by
//! itself; this side bounds the number of nodes. Neither recurses.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, Span, StructureStyle, Tag};

use super::super::limits::Limits;
use super::super::warning::WarningReason;
use super::{Content, Document, LineIndex, Node, NodeId, Style, tabs};

/// Why a text is no tree.
pub(in super::super) type SyntaxError = WarningReason;

/// The tree of a text.
///
/// # Errors
/// A syntax error, indentation by tabs, or a bound of `limits` that it exceeds.
pub(in super::super) fn parse(path: &str, text: String, limits: &Limits) -> Result<Document, SyntaxError> {
    let mut builder = Builder {
        text: &text,
        limits,
        nodes: Vec::new(),
        roots: Vec::new(),
        open: Vec::new(),
        anchors: HashMap::new(),
    };
    for event in Parser::new_from_str_with_options(&text, options(limits)) {
        let (event, span) = event.map_err(|error| refusal(&error, limits))?;
        builder.take(event, &span)?;
    }
    let (nodes, roots) = (builder.nodes, builder.roots);
    let document = Document {
        path: path.to_owned(),
        lines: LineIndex::new(&text),
        text,
        roots,
        nodes,
    };
    tabs::check(&document)?;
    Ok(document)
}

/// What libyaml accepts, and not more deeply nested than we do.
fn options(limits: &Limits) -> Options {
    granit_parser::options! {
        block_scalar_eof_without_line_feed: true,
        bom_inside_document_as_content: true,
        emit_anchor_events: true,
        emit_comments: false,
        block_nesting_limit: limits.max_depth,
        flow_nesting_limit: limits.max_depth,
    }
}

/// The parser's error in our words.
fn refusal(error: &granit_parser::ScanError, limits: &Limits) -> SyntaxError {
    match error.kind() {
        ErrorKind::RecursionLimitExceeded => WarningReason::TooDeep {
            limit: limits.max_depth,
        },
        _ => WarningReason::Syntax {
            line: u32::try_from(error.marker().line()).unwrap_or(u32::MAX),
            problem: error.info(),
        },
    }
}

/// A tree half built.
struct Builder<'a> {
    text: &'a str,
    limits: &'a Limits,
    nodes: Vec<Node>,
    roots: Vec<NodeId>,
    /// The lists and mappings begun and not ended, outermost first.
    open: Vec<Open>,
    /// The latest node of each anchor.
    anchors: HashMap<usize, NodeId>,
}

/// A list or mapping begun: `key` is the key that waits for its value.
struct Open {
    id: NodeId,
    key: Option<NodeId>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: &Span) -> Result<(), SyntaxError> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let style = style_of(&value, style, span);
                let value = if style == Style::Absent {
                    Box::default()
                } else {
                    value.into()
                };
                let id = self.add(Content::Scalar { value, style }, tag.as_deref(), span)?;
                self.anchor(anchor, id);
                self.place(id);
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.begin(Content::List(Vec::new()), anchor, tag.as_deref(), span)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                let flow = style == StructureStyle::Flow;
                self.begin(
                    Content::Map {
                        pairs: Vec::new(),
                        flow,
                    },
                    anchor,
                    tag.as_deref(),
                    span,
                )?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.finish(span),
            Event::Anchor(anchor, _) => self.widen(anchor, span),
            Event::Alias(anchor) => {
                // The parser knows each anchor it names; the alias of a node still open is a node that holds itself.
                let target = self.anchors.get(&anchor).copied().unwrap_or_default();
                let id = self.add(Content::Alias(target), None, span)?;
                self.place(id);
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds a node, its trailing blanks cut off.
    fn add(&mut self, content: Content, tag: Option<&Tag>, span: &Span) -> Result<NodeId, SyntaxError> {
        let limit = self.limits.max_nodes;
        let id = NodeId::try_from(self.nodes.len())
            .ok()
            .filter(|_| self.nodes.len() < limit);
        let id = id.ok_or(WarningReason::TooManyNodes { limit })?;
        let range = span.byte_range().unwrap_or_default();
        let covered = self.text.get(range.clone()).unwrap_or_default().trim_end();
        let end = offset(range.start + covered.len());
        let start = span
            .tag_start()
            .and_then(|mark| mark.byte_offset())
            .map_or(range.start, |tag| tag.min(range.start));
        let tag = tag
            .filter(|tag| tag.handle() == "!")
            .map(|tag| tag.suffix().into());
        self.nodes.push(Node {
            content,
            tag,
            start: offset(start),
            end,
        });
        Ok(id)
    }

    fn begin(
        &mut self,
        content: Content,
        anchor: usize,
        tag: Option<&Tag>,
        span: &Span,
    ) -> Result<(), SyntaxError> {
        let id = self.add(content, tag, span)?;
        self.anchor(anchor, id);
        self.open.push(Open { id, key: None });
        Ok(())
    }

    /// Ends the innermost list or mapping. One in brackets ends with its bracket, any other with its last content.
    fn finish(&mut self, span: &Span) {
        let Some(open) = self.open.pop() else { return };
        if let Some(range) = span.byte_range().filter(|range| !range.is_empty()) {
            let closed = self
                .text
                .get(range.clone())
                .is_some_and(|bracket| matches!(bracket, "]" | "}"));
            if closed {
                self.extend(open.id, offset(range.end));
            }
        }
        self.place(open.id);
    }

    /// Puts a finished node where it belongs.
    fn place(&mut self, id: NodeId) {
        let Some(open) = self.open.last_mut() else {
            self.roots.push(id);
            return;
        };
        let holder = open.id;
        match &mut self.nodes[holder as usize].content {
            Content::List(items) => items.push(id),
            Content::Map { pairs, .. } => match open.key.take() {
                None => open.key = Some(id),
                Some(key) => pairs.push((key, id)),
            },
            Content::Scalar { .. } | Content::Alias(_) => {}
        }
        let node = &self.nodes[id as usize];
        // What is not written stands nowhere: the parser puts it at the next token, lines further down.
        if !matches!(
            node.content,
            Content::Scalar {
                style: Style::Absent,
                ..
            }
        ) {
            self.extend(holder, node.end);
        }
    }

    fn extend(&mut self, id: NodeId, end: u32) {
        let node = &mut self.nodes[id as usize];
        node.end = node.end.max(end);
    }

    fn anchor(&mut self, anchor: usize, id: NodeId) {
        if anchor != 0 {
            self.anchors.insert(anchor, id);
        }
    }

    /// A node begins at its anchor.
    fn widen(&mut self, anchor: usize, span: &Span) {
        if let (Entry::Occupied(id), Some(range)) = (self.anchors.entry(anchor), span.byte_range()) {
            let node = &mut self.nodes[*id.get() as usize];
            node.start = node.start.min(offset(range.start));
        }
    }
}

/// A text is never longer than a file may be, so its offsets fit.
fn offset(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// The parser writes `~` for a value that is not there, at no place.
fn style_of(value: &str, style: ScalarStyle, span: &Span) -> Style {
    match style {
        ScalarStyle::Plain if value.is_empty() || (value == "~" && span.is_empty()) => Style::Absent,
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    }
}
