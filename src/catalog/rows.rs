//! What a catalog is built from: the indexed fields of a repository and of an automation.

/// A repository, as the catalog needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepositoryRow {
    /// Its identity in the database.
    pub id: i64,
    /// The account it belongs to.
    pub owner: String,
    /// Its name under that account.
    pub name: String,
    /// What its owner says of it.
    pub description: Option<String>,
    /// How many people starred it.
    pub stars: u32,
}

/// An automation, as the catalog needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AutomationRow {
    /// Its identity in the database.
    pub id: i64,
    /// The `id` of the repository it stands in.
    pub repository: i64,
    /// Its name.
    pub alias: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The kinds of its triggers. A value given twice counts once; an empty text is no value.
    pub trigger_types: Vec<String>,
    /// The actions it calls, by the same rules. Their domains (what stands before the first dot) are a dimension too.
    pub action_calls: Vec<String>,
    /// The blueprint it is made from; an empty text is none.
    pub blueprint_path: Option<String>,
    /// When it was last indexed, in microseconds since 1970.
    pub indexed_at: i64,
}

/// A repository with all it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepositoryContent {
    /// The repository.
    pub repository: RepositoryRow,
    /// Every automation that stands in it.
    pub automations: Vec<AutomationRow>,
}

impl RepositoryContent {
    /// Heap bytes, but for what an allocator adds.
    pub(super) fn memory(&self) -> usize {
        let text = |text: &Option<String>| text.as_ref().map_or(0, String::capacity);
        let list = |list: &[String]| {
            list.iter()
                .map(|it| size_of::<String>() + it.capacity())
                .sum::<usize>()
        };
        let of_automation = |row: &AutomationRow| {
            let texts = text(&row.alias) + text(&row.description) + text(&row.blueprint_path);
            size_of::<AutomationRow>() + texts + list(&row.trigger_types) + list(&row.action_calls)
        };
        let repository = &self.repository;
        repository.owner.capacity()
            + repository.name.capacity()
            + text(&repository.description)
            + self.automations.iter().map(of_automation).sum::<usize>()
    }
}
