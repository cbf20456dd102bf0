//! A node of a file, how it was come by, and what it looks like once includes, aliases and merges are taken in.
//!
//! Invariant: one look goes one level down, and is paid for from the room of the document it looks at; a chain of includes
//! never holds a file twice. So whoever visits no node twice ends, in time linear in what was written.

use std::rc::Rc;

use super::include::{Include, Site};
use super::library::{Library, Shelved, is_secrets};
use super::warning::WarningReason;
use super::yaml::{Content, Document, NodeId, Style, entries};

/// How many bytes of text are charged as one node: a long text that aliases repeat stays within bounds.
const TEXT_PER_NODE: usize = 16;

/// A node in a document, reached through includes.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) shelved: Rc<Shelved>,
    pub(super) node: NodeId,
    chain: Option<Rc<Link>>,
}

/// The file that included this one, and how that was come by.
#[derive(Debug)]
struct Link {
    path: String,
    depth: usize,
    above: Option<Rc<Link>>,
}

/// A node's value, one level deep.
#[derive(Debug)]
pub(super) enum View {
    /// Nothing, a template's tag, or something that could not be had.
    Nothing,
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Place>),
    /// A mapping's entries, in order.
    Map(Vec<Field>),
}

/// An entry of a mapping.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) key: Box<str>,
    pub(super) value: Place,
    /// Whether the same mapping has the key again further down, so that Home Assistant never sees this one.
    pub(super) shadowed: bool,
}

/// What a look finds: the node that is meant, which is not the one looked at behind an alias or include (and none behind
/// the include of a folder), and its value.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) place: Option<Place>,
    pub(super) view: View,
}

impl Place {
    /// The roots of a file, reached by itself.
    pub(super) fn roots(shelved: &Rc<Shelved>) -> Vec<Self> {
        let roots = shelved.document.roots.iter();
        roots
            .map(|root| Self {
                shelved: Rc::clone(shelved),
                node: *root,
                chain: None,
            })
            .collect()
    }

    /// What tells this node from every other of the repository.
    pub(super) fn identity(&self) -> (usize, NodeId) {
        (self.shelved.number, self.node)
    }

    /// Where it stands: by file, then by place in the file.
    pub(super) fn position(&self) -> (&str, u32, NodeId) {
        (
            &self.document().path,
            self.document().node(self.node).start,
            self.node,
        )
    }

    /// Its document.
    pub(super) fn document(&self) -> &Document {
        &self.shelved.document
    }

    /// Where its includes are written.
    pub(super) fn site(&self) -> Site<'_> {
        let chain = std::iter::successors(self.chain.as_ref(), |link| link.above.as_ref());
        let file = self.document().path.as_str();
        Site {
            file,
            root: chain.last().map_or(file, |link| &link.path),
        }
    }

    /// Another node of the same document, come by in the same way.
    fn sibling(&self, node: NodeId) -> Self {
        Self {
            shelved: Rc::clone(&self.shelved),
            node,
            chain: self.chain.clone(),
        }
    }

    /// Looks at the node: follows an alias or include, and spreads out one level.
    pub(super) fn look(&self, library: &mut Library<'_>) -> Look {
        let here = self.sibling(self.document().follow(self.node));
        let node = here.document().node(here.node);
        let include = node.tag.as_deref().and_then(Include::from_tag);
        if let (Some(include), Content::Scalar { value, .. }) = (include, &node.content) {
            return here.include(library, include, value);
        }
        let view = here.spread(library);
        Look {
            place: Some(here),
            view,
        }
    }

    /// The node's own value.
    fn spread(&self, library: &mut Library<'_>) -> View {
        let node = self.document().node(self.node);
        match &node.content {
            Content::Scalar { value, style } if self.pay(library, value.len() / TEXT_PER_NODE) => {
                text_of(value, *style, node.tag.as_deref())
            }
            Content::List(items) if self.pay(library, items.len()) => {
                View::List(items.iter().map(|item| self.sibling(*item)).collect())
            }
            Content::Map { pairs, .. } if self.pay(library, pairs.len()) => {
                View::Map(self.fields(library, pairs))
            }
            _ => View::Nothing,
        }
    }

    fn fields(&self, library: &mut Library<'_>, pairs: &[(NodeId, NodeId)]) -> Vec<Field> {
        let found = entries(self.document(), pairs, self.shelved.room());
        self.pay(library, found.len());
        let place = |entry: super::yaml::Entry| Field {
            key: entry.key,
            value: self.sibling(entry.value),
            shadowed: entry.shadowed,
        };
        found.into_iter().map(place).collect()
    }

    /// Pays for looking at so many nodes; false, with a warning, when the document has no room left.
    pub(super) fn pay(&self, library: &mut Library<'_>, nodes: usize) -> bool {
        let paid = self.shelved.spend(nodes + 1);
        if !paid {
            let limit = library.limits.max_nodes;
            library
                .warnings
                .add(&self.document().path, WarningReason::TooManyNodes { limit });
        }
        paid
    }

    /// The roots of a file that this one includes; none, with a warning, when it is not to be followed.
    pub(super) fn enter(&self, library: &mut Library<'_>, path: &str) -> Vec<Self> {
        let chain = Rc::new(Link {
            path: self.document().path.clone(),
            depth: self.chain.as_ref().map_or(1, |link| link.depth + 1),
            above: self.chain.clone(),
        });
        if let Some(reason) = obstacle(&chain, path, library.limits.max_include_depth) {
            self.warn(library, reason);
            return Vec::new();
        }
        let Some(shelved) = library.open(path) else {
            return Vec::new();
        };
        let place = |root: &NodeId| Self {
            shelved: Rc::clone(&shelved),
            node: *root,
            chain: Some(Rc::clone(&chain)),
        };
        shelved.document.roots.iter().map(place).collect()
    }

    /// Warns of the file it stands in.
    pub(super) fn warn(&self, library: &mut Library<'_>, reason: WarningReason) {
        library.warnings.add(&self.document().path, reason);
    }
}

/// What speaks against following an include of `path` at the end of a chain.
fn obstacle(chain: &Rc<Link>, path: &str, limit: usize) -> Option<WarningReason> {
    let target = || path.to_owned();
    let mut links = std::iter::successors(Some(chain), |link| link.above.as_ref());
    if is_secrets(path) {
        Some(WarningReason::SecretsFile { target: target() })
    } else if chain.depth > limit {
        Some(WarningReason::IncludeTooDeep { limit })
    } else if links.any(|link| link.path == path) {
        Some(WarningReason::IncludeCycle { target: target() })
    } else {
        None
    }
}

impl Look {
    /// Nothing at all.
    pub(super) const NOTHING: Self = Self {
        place: None,
        view: View::Nothing,
    };

    /// The text, where that is what was found.
    pub(super) fn text(self) -> Option<String> {
        match self.view {
            View::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A scalar's text. One with a tag of Home Assistant's (`!secret`, `!input`, `!env_var`) stands for something that is not
/// there to be read, and so does YAML's null.
fn text_of(value: &str, style: Style, tag: Option<&str>) -> View {
    let null =
        style == Style::Absent || (style == Style::Plain && matches!(value, "~" | "null" | "Null" | "NULL"));
    if null || tag.is_some() {
        View::Nothing
    } else {
        View::Text(value.to_owned())
    }
}
