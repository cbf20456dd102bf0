//! The catalog's answers, computed in the plainest way: go through all rows, for every query.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::plain_text::{distance, fold, grade, parts, tokens};
use autodex::catalog::{
    AutomationRow, FacetCounts, FacetQuery, FacetValue, Facets, Filter, Order, RepositoryRow, SearchHits,
    SearchQuery, Totals,
};

/// Tier and grade: the larger, the better.
type Match = (u32, u32);

/// All rows.
pub(crate) struct Naive<'a> {
    repositories: &'a [RepositoryRow],
    automations: &'a [AutomationRow],
    entries: Vec<Entry<'a>>,
    vocabulary: HashSet<String>,
}

/// An automation with its repository and its tokens by tier.
struct Entry<'a> {
    row: &'a AutomationRow,
    repository: &'a RepositoryRow,
    fields: [Vec<String>; 4],
}

/// What a word of a query stands for: itself, or the misspelt spellings nearest to it.
enum Word {
    Known(String),
    Misspelt(HashSet<String>),
}

fn names(entry: &Entry, dimension: usize) -> BTreeSet<String> {
    let row = entry.row;
    let all: Vec<String> = match dimension {
        0 => vec![format!("{}/{}", entry.repository.owner, entry.repository.name)],
        1 => row.blueprint_path.iter().cloned().collect(),
        2 => row.trigger_types.clone(),
        3 => row
            .action_calls
            .iter()
            .map(|call| call.split('.').next().unwrap().to_string())
            .collect(),
        _ => row.action_calls.clone(),
    };
    all.into_iter()
        .filter(|name| dimension == 0 || !name.is_empty())
        .collect()
}

fn chosen(filter: &Filter, dimension: usize) -> &[String] {
    [
        &filter.repositories,
        &filter.blueprints,
        &filter.triggers,
        &filter.action_domains,
        &filter.actions,
    ][dimension]
}

fn same(dimension: usize, left: &str, right: &str) -> bool {
    if dimension == 0 {
        left.eq_ignore_ascii_case(right)
    } else {
        left == right
    }
}

/// Whether an entry obeys the filter in every dimension but one.
fn passes(entry: &Entry, filter: &Filter, except: Option<usize>) -> bool {
    (0..5)
        .filter(|&dimension| Some(dimension) != except)
        .all(|dimension| {
            let chosen = chosen(filter, dimension);
            let names = names(entry, dimension);
            chosen.is_empty()
                || names
                    .iter()
                    .any(|name| chosen.iter().any(|value| same(dimension, name, value)))
        })
}

impl<'a> Naive<'a> {
    pub(crate) fn new(repositories: &'a [RepositoryRow], automations: &'a [AutomationRow]) -> Self {
        let entries = Self::entries(repositories, automations);
        let vocabulary = entries
            .iter()
            .flat_map(|entry| entry.fields.iter().flatten().cloned())
            .collect();
        Self {
            repositories,
            automations,
            entries,
            vocabulary,
        }
    }

    fn entries(repositories: &'a [RepositoryRow], automations: &'a [AutomationRow]) -> Vec<Entry<'a>> {
        let of = |row: &AutomationRow| {
            repositories
                .iter()
                .find(|repository| repository.id == row.repository)
                .unwrap()
        };
        let all = |texts: &[&str]| texts.iter().flat_map(|text| tokens(text)).collect::<Vec<_>>();
        let entry = |row| {
            let repository: &RepositoryRow = of(row);
            let values: Vec<&str> = row
                .trigger_types
                .iter()
                .chain(&row.action_calls)
                .chain(&row.blueprint_path)
                .map(String::as_str)
                .collect();
            let repository_text = repository.description.as_deref().unwrap_or("");
            let fields = [
                all(&[&repository.owner, &repository.name, repository_text]),
                all(&[row.description.as_deref().unwrap_or("")]),
                all(&values),
                all(&[row.alias.as_deref().unwrap_or("")]),
            ];
            Entry {
                row,
                repository,
                fields,
            }
        };
        automations.iter().map(entry).collect()
    }

    /// The distinct words of a text, each known or replaced.
    fn words(&self, text: Option<&str>) -> Vec<Word> {
        let mut words: Vec<String> = Vec::new();
        for word in tokens(text.unwrap_or("")) {
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words
            .into_iter()
            .map(|word| self.known_or_nearest(word))
            .collect()
    }

    fn known_or_nearest(&self, word: String) -> Word {
        let length = word.chars().count();
        if self.vocabulary.iter().any(|token| token.contains(&word)) || !(4..=64).contains(&length) {
            return Word::Known(word);
        }
        let limit = if length <= 7 { 1 } else { 2 };
        let candidates: HashSet<String> = self.vocabulary.iter().flat_map(|token| parts(token)).collect();
        let nearest = candidates
            .iter()
            .map(|part| distance(&word, part))
            .min()
            .unwrap_or(usize::MAX);
        let near = candidates
            .into_iter()
            .filter(|part| nearest <= limit && distance(&word, part) == nearest);
        Word::Misspelt(near.collect())
    }

    /// The relevance of an entry, if all words are found in it.
    fn relevance(entry: &Entry, words: &[Word]) -> Option<Match> {
        let mut sum = (0, 0);
        for word in words {
            let mut best: Option<Match> = None;
            for (tier, tokens) in (0..).zip(&entry.fields) {
                for token in tokens {
                    let grade = match word {
                        Word::Known(word) => grade(token, word),
                        Word::Misspelt(near) => (!parts(token).is_disjoint(near)).then_some(0),
                    };
                    best = best.max(grade.map(|grade| (tier, grade)));
                }
            }
            let (tier, grade) = best?;
            sum = (sum.0 + tier, sum.1 + grade);
        }
        Some(sum)
    }

    pub(crate) fn search(&self, query: &SearchQuery<'_>) -> SearchHits {
        let words = self.words(query.text);
        let mut found: Vec<(Match, &Entry)> = Vec::new();
        for entry in &self.entries {
            if let Some(relevance) =
                Self::relevance(entry, &words).filter(|_| passes(entry, query.filter, None))
            {
                found.push((relevance, entry));
            }
        }
        found.sort_by_key(|(_, entry)| entry.row.id);
        match query.order {
            Order::Stars => found.sort_by_key(|(_, entry)| Reverse(entry.repository.stars)),
            Order::Relevance if !words.is_empty() => {
                found.sort_by_key(|(relevance, entry)| Reverse((*relevance, entry.repository.stars)));
            }
            Order::Recent | Order::Relevance => found.sort_by_key(|(_, entry)| Reverse(entry.row.indexed_at)),
        }
        let ids = found
            .iter()
            .map(|(_, entry)| entry.row.id)
            .skip(query.offset)
            .take(query.limit)
            .collect();
        SearchHits {
            total: u32::try_from(found.len()).unwrap(),
            ids,
        }
    }

    pub(crate) fn facets(&self, query: &FacetQuery<'_>) -> Facets {
        let words = self.words(query.text);
        let found: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| Self::relevance(entry, &words).is_some())
            .collect();
        let total = found
            .iter()
            .filter(|entry| passes(entry, query.filter, None))
            .count();
        let [repositories, blueprints, triggers, action_domains, actions] =
            [0, 1, 2, 3, 4].map(|dimension| self.facet(dimension, query, &found));
        Facets {
            total: u32::try_from(total).unwrap(),
            repositories,
            blueprints,
            triggers,
            action_domains,
            actions,
        }
    }

    fn facet(&self, dimension: usize, query: &FacetQuery<'_>, found: &[&Entry]) -> FacetCounts {
        // Keyed by name and repository id, which is `None` in the other dimensions.
        let mut counts: BTreeMap<(String, Option<i64>), u32> = BTreeMap::new();
        let chosen = chosen(query.filter, dimension);
        for (name, id) in self.all_values(dimension) {
            if chosen.iter().any(|value| same(dimension, value, &name)) {
                counts.insert((name, id), 0);
            }
        }
        let known: Vec<String> = counts.keys().map(|(name, _)| name.clone()).collect();
        let mut unknown: Vec<&String> = Vec::new();
        for value in chosen {
            let is_new = |other: &String| !same(dimension, other, value);
            if known.iter().all(is_new) && unknown.iter().all(|other| is_new(other)) {
                unknown.push(value);
                counts.insert((value.clone(), None), 0);
            }
        }
        for entry in found
            .iter()
            .filter(|entry| passes(entry, query.filter, Some(dimension)))
        {
            for name in names(entry, dimension) {
                let id = (dimension == 0).then_some(entry.repository.id);
                *counts.entry((name, id)).or_default() += 1;
            }
        }
        let matching = fold(query.matching.unwrap_or("").trim());
        counts.retain(|(name, _), _| matching.trim().is_empty() || fold(name).contains(&matching));
        let mut values: Vec<FacetValue> = Vec::new();
        for ((value, repository_id), count) in &counts {
            let selected = chosen.iter().any(|chosen| same(dimension, chosen, value));
            values.push(FacetValue {
                value: value.clone(),
                count: *count,
                selected,
                repository_id: *repository_id,
            });
        }
        values.sort_by_key(|value| Reverse(value.count));
        let total_values = u32::try_from(values.len()).unwrap();
        // The first `top` are those of all values with a count.
        let mut place = 0;
        values.retain(|value| {
            place += usize::from(value.count > 0);
            value.selected || place <= query.top
        });
        FacetCounts { total_values, values }
    }

    fn all_values(&self, dimension: usize) -> Vec<(String, Option<i64>)> {
        if dimension == 0 {
            return self
                .repositories
                .iter()
                .map(|row| (format!("{}/{}", row.owner, row.name), Some(row.id)))
                .collect();
        }
        self.entries
            .iter()
            .flat_map(|entry| names(entry, dimension))
            .map(|name| (name, None))
            .collect()
    }

    pub(crate) fn totals(&self) -> Totals {
        let count = |dimension| {
            let distinct: BTreeSet<_> = self.all_values(dimension).into_iter().collect();
            u32::try_from(distinct.len()).unwrap()
        };
        Totals {
            repositories: u32::try_from(self.repositories.len()).unwrap(),
            automations: u32::try_from(self.automations.len()).unwrap(),
            blueprints: count(1),
            triggers: count(2),
            actions: count(4),
        }
    }

    pub(crate) fn repository_automations(
        &self,
        repository: i64,
        offset: usize,
        limit: usize,
    ) -> Option<SearchHits> {
        self.repositories.iter().find(|row| row.id == repository)?;
        let mut ids: Vec<i64> = self
            .automations
            .iter()
            .filter(|row| row.repository == repository)
            .map(|row| row.id)
            .collect();
        ids.sort_unstable();
        let total = u32::try_from(ids.len()).unwrap();
        Some(SearchHits {
            total,
            ids: ids.into_iter().skip(offset).take(limit).collect(),
        })
    }
}
