//! Listing the values of one dimension: the leading ones by count, and every chosen one.

use super::answer::{FacetCounts, FacetValue};
use super::counting::Counts;
use super::fold::fold;
use super::query::Dimension;
use super::scope::Chosen;
use super::snapshot::Catalog;
use super::top::Top;
use super::values::{rank, value_of};

/// Which values a list is to hold.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// How many, beside the chosen ones.
    pub(super) top: usize,
    /// Only those that contain this folded text, not empty.
    pub(super) matching: Option<&'a str>,
}

impl Catalog {
    /// The list of one dimension, with how many values it would have uncut.
    pub(super) fn list(
        &self,
        dimension: Dimension,
        counts: &Counts<'_>,
        chosen: &Chosen,
        wanted: Wanted<'_>,
    ) -> FacetCounts {
        let values = &self.values[dimension as usize];
        let flags = wanted.matching.map(|text| values.containing(text));
        let is_wanted = |value: u32| flags.as_ref().is_none_or(|flags| flags[value as usize]);
        let (mut total, mut listed) = match (counts, &flags) {
            (Counts::All(_), None) => (
                values.by_count().len(),
                values.by_count().iter().take(wanted.top).copied().collect(),
            ),
            _ => leading(counts.as_slice(), is_wanted, wanted.top),
        };
        for &value in chosen.known.iter().filter(|&&value| is_wanted(value)) {
            total += usize::from(counts.as_slice()[value as usize] == 0);
            listed.push(value);
        }
        // In the order of numbers, so that the stable sort below keeps equal names (a repository known twice) in it.
        listed.sort_unstable();
        listed.dedup();
        let known = listed.into_iter().map(|value| {
            let selected = chosen.known.binary_search(&value).is_ok();
            self.facet_value(dimension, value, counts.as_slice()[value as usize], selected)
        });
        let unknown = unknown_values(chosen, wanted.matching);
        total += unknown.len();
        let mut values: Vec<FacetValue> = known.chain(unknown).collect();
        values.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        FacetCounts {
            total_values: u32::try_from(total).unwrap_or(u32::MAX),
            values,
        }
    }

    fn facet_value(&self, dimension: Dimension, value: u32, count: u32, selected: bool) -> FacetValue {
        let repository_id = (dimension == Dimension::Repositories).then(|| self.repositories.id(value));
        let value = self.values[dimension as usize].name(value).to_owned();
        FacetValue {
            value,
            count,
            selected,
            repository_id,
        }
    }
}

/// The chosen values that the catalog does not know.
fn unknown_values(chosen: &Chosen, matching: Option<&str>) -> Vec<FacetValue> {
    let is_wanted = |name: &&String| matching.is_none_or(|text| fold(name).contains(text));
    let value = |name: &String| FacetValue {
        value: name.clone(),
        count: 0,
        selected: true,
        repository_id: None,
    };
    chosen.unknown.iter().filter(is_wanted).map(value).collect()
}

/// How many wanted values have a count, and the first `top` of them.
fn leading(counts: &[u32], is_wanted: impl Fn(u32) -> bool, top: usize) -> (usize, Vec<u32>) {
    let mut total = 0;
    let mut first = Top::new(top);
    for (value, &count) in (0_u32..).zip(counts) {
        if count > 0 && is_wanted(value) {
            total += 1;
            first.push(rank(count, value));
        }
    }
    (total, first.into_sorted().into_iter().map(value_of).collect())
}
