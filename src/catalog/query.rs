//! What can be asked of a catalog.

/// The five dimensions an automation can be filtered by and counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dimension {
    Repositories,
    Blueprints,
    Triggers,
    ActionDomains,
    Actions,
}

impl Dimension {
    pub(super) const ALL: [Self; 5] = [
        Self::Repositories,
        Self::Blueprints,
        Self::Triggers,
        Self::ActionDomains,
        Self::Actions,
    ];
    /// Those whose values belong to the automation itself.
    pub(super) const OWN: [Self; 4] = [
        Self::Blueprints,
        Self::Triggers,
        Self::ActionDomains,
        Self::Actions,
    ];
}

/// Chosen values: OR inside one list, AND across lists. An empty list filters nothing; a value nobody has matches
/// nothing; a value given twice counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// `owner/name`; upper and lower case of ASCII letters are one, as on GitHub.
    pub repositories: Vec<String>,
    /// Blueprint paths, compared exactly.
    pub blueprints: Vec<String>,
    /// Kinds of triggers, compared exactly.
    pub triggers: Vec<String>,
    /// Domains of actions (`light`), compared exactly.
    pub action_domains: Vec<String>,
    /// Actions (`light.turn_on`), compared exactly.
    pub actions: Vec<String>,
}

impl Filter {
    pub(super) fn values(&self, dimension: Dimension) -> &[String] {
        match dimension {
            Dimension::Repositories => &self.repositories,
            Dimension::Blueprints => &self.blueprints,
            Dimension::Triggers => &self.triggers,
            Dimension::ActionDomains => &self.action_domains,
            Dimension::Actions => &self.actions,
        }
    }
}

/// The order of found automations. Each is total: equals are told apart by id, ascending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The best match first (see [`SearchQuery`]), then stars; without text the same as `Recent`.
    #[default]
    Relevance,
    /// The repository's stars, most first.
    Stars,
    /// The moment of indexing, latest first.
    Recent,
}

/// Asks for a page of automations.
///
/// The text is folded (see [`fold`](super::fold())) and split at white space; punctuation around a word is dropped, and
/// so is a word of nothing else. Every word must be found, each in whichever field. A word is found in a token (what
/// the same splitting makes of a field) that contains it. How well is told by the field first (alias; then trigger,
/// action, blueprint; then description; then the repository's owner, name, description) and then by the kind of
/// match: a whole word, the beginning of one, the inside of one, a misspelling. An occurrence begins and ends *on a
/// boundary* where the token does or where the neighbouring character is no letter or digit: `turn` and `turn_on` are
/// whole words of `light.turn_on`. The relevance of an automation is the sum of its words' fields, then the sum of
/// their kinds, each word at its best.
///
/// A word of four letters or more that is found nowhere in the catalog stands for its nearest spellings: see
/// [`Catalog::search`](super::Catalog::search).
#[derive(Clone, Copy, Debug)]
pub struct SearchQuery<'a> {
    /// The words to find; `None`, or no word in it, finds all.
    pub text: Option<&'a str>,
    /// The chosen values.
    pub filter: &'a Filter,
    /// The order of the answer.
    pub order: Order,
    /// How many to pass over.
    pub offset: usize,
    /// How many to return at most.
    pub limit: usize,
}

/// Asks for the values of each dimension with their counts.
#[derive(Clone, Copy, Debug)]
pub struct FacetQuery<'a> {
    /// As in [`SearchQuery`].
    pub text: Option<&'a str>,
    /// The chosen values. A dimension's counts obey every list but its own.
    pub filter: &'a Filter,
    /// How many values to return of each dimension, beside the chosen ones.
    pub top: usize,
    /// List only values that contain this text (both folded, this one trimmed); `None` or blank lists all.
    pub matching: Option<&'a str>,
}
