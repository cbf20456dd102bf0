//! Listing the values of one dimension: the leading ones by count, and every chosen one.

use std::cmp::Reverse;

use super::answer::{FacetCounts, FacetValue};
use super::both::Both;
use super::column::Column;
use super::counting::Counts;
use super::fold::fold;
use super::query::Dimension;
use super::scope::Chosen;
use super::snapshot::Catalog;

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
        counts: Both<Counts<'_>>,
        chosen: &Chosen,
        wanted: Wanted<'_>,
    ) -> FacetCounts {
        let columns = self.columns(dimension, counts, wanted.matching);
        let mut total = 0;
        let mut listed = Vec::new();
        for column in columns.iter() {
            let (values, first) = column.leading(wanted.top);
            total += values;
            listed.extend(first.into_iter().map(|value| Listed { column, value }));
        }
        if listed.len() > wanted.top {
            listed.sort_unstable_by(|a, b| a.place().cmp(&b.place()));
            listed.truncate(wanted.top);
        }
        let mut values: Vec<FacetValue> = listed.iter().map(|it| it.facet_value(chosen)).collect();
        for (column, known) in columns.as_ref().zip(chosen.known.as_ref()).iter() {
            for &value in known.iter().filter(|&&value| column.is_wanted(value)) {
                let is_listed = |it: &Listed<'_, '_>| std::ptr::eq(it.column, *column) && it.value == value;
                total += usize::from(column.count(value) == 0);
                if !listed.iter().any(is_listed) {
                    values.push(Listed { column, value }.facet_value(chosen));
                }
            }
        }
        let unknown = unknown_values(chosen, wanted.matching);
        total += unknown.len();
        values.extend(unknown);
        values.sort_by(|a, b| place_of(a).cmp(&place_of(b)));
        FacetCounts {
            total_values: u32::try_from(total).unwrap_or(u32::MAX),
            values,
        }
    }
}

/// A value that is listed.
struct Listed<'c, 'a> {
    column: &'a Column<'c>,
    value: u32,
}

/// The order of values: the highest count first, then by name, and equal names (a repository known twice) by id.
type Place<'a> = (Reverse<u32>, &'a str, Option<i64>);

fn place_of(value: &FacetValue) -> Place<'_> {
    (Reverse(value.count), &value.value, value.repository_id)
}

impl<'a> Listed<'_, 'a> {
    fn place(&self) -> Place<'a> {
        let (column, value) = (self.column, self.value);
        (
            Reverse(column.count(value)),
            column.name(value),
            column.repository_id(value),
        )
    }

    fn facet_value(&self, chosen: &Chosen) -> FacetValue {
        let (Reverse(count), name, repository_id) = self.place();
        let known = self.column.side(&chosen.known);
        FacetValue {
            value: name.to_owned(),
            count,
            selected: known.is_some_and(|known| known.binary_search(&self.value).is_ok()),
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
