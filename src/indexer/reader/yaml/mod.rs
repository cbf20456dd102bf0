//! A file's YAML as a flat tree with positions: what Home Assistant's loader sees, before it acts on tags.
//!
//! Invariant: nodes name one another by index and an alias is a node of its own, so a tree is never larger than its text
//! warrants, whatever its aliases would expand to, and is dropped without recursion.

mod build;
mod lines;
mod lookup;
mod tabs;

pub(super) use build::parse;
pub(super) use lines::LineIndex;
pub(super) use lookup::{Entry, entries};

/// The index of a node in its [`Document`].
pub(super) type NodeId = u32;

/// One file, parsed.
#[derive(Debug)]
pub(super) struct Document {
    /// Where it stands in the repository.
    pub(super) path: String,
    /// Its text, decoded.
    pub(super) text: String,
    /// Where its lines begin.
    pub(super) lines: LineIndex,
    /// The root of each YAML document in it.
    pub(super) roots: Vec<NodeId>,
    nodes: Vec<Node>,
}

/// A node, and the bytes of the text it covers.
#[derive(Debug)]
pub(super) struct Node {
    /// What it is.
    pub(super) content: Content,
    /// Its own tag, without the `!` (`include`, `secret`). Tags of YAML itself (`!!str`) are not kept.
    pub(super) tag: Option<Box<str>>,
    /// Its first byte: of its anchor, its tag or its content.
    pub(super) start: u32,
    /// Past its last byte that is content.
    pub(super) end: u32,
}

/// What a node holds.
#[derive(Debug)]
pub(super) enum Content {
    /// Text.
    Scalar {
        /// After escapes and folding.
        value: Box<str>,
        /// How it was written.
        style: Style,
    },
    /// A list.
    List(Vec<NodeId>),
    /// Keys and values in the order written, duplicates and `<<` among them.
    Map {
        /// The pairs.
        pairs: Vec<(NodeId, NodeId)>,
        /// Whether it is written `{…}`.
        flow: bool,
    },
    /// `*name`: the node that was given the name.
    Alias(NodeId),
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Not written at all: `key:`.
    Absent,
    /// Without quotes.
    Plain,
    /// In `'…'` or `"…"`.
    Quoted,
    /// After `|` or `>`.
    Block,
}

impl Document {
    /// The node of that index. Indices come from this document only.
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// How many nodes it has.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The node an alias names; the node itself when it is none.
    pub(super) fn follow(&self, id: NodeId) -> NodeId {
        match self.node(id).content {
            Content::Alias(target) => target,
            _ => id,
        }
    }

    /// The text of a scalar, aliases followed.
    pub(super) fn scalar(&self, id: NodeId) -> Option<&str> {
        match &self.node(self.follow(id)).content {
            Content::Scalar { value, .. } => Some(value),
            _ => None,
        }
    }
}

impl Node {
    /// The bytes it covers.
    pub(super) fn span(&self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}
