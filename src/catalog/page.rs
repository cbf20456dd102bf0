//! One page out of what was found in all parts.

use super::answer::SearchHits;
use super::both::Both;
use super::found::{Found, Shelf};
use super::query::Order;

/// The ids of one page, and how many were found.
pub(super) fn page(found: Both<Found<'_>>, order: Order, offset: usize, limit: usize) -> SearchHits {
    let total = found.iter().map(Found::total).sum();
    let ids = if offset >= total as usize || limit == 0 {
        Vec::new()
    } else {
        merged(found, order, offset, limit)
    };
    SearchHits { total, ids }
}

/// The changes' documents stand somewhere among the base's: so the page's begin as many places earlier there as the
/// changes have documents, at most.
fn merged(found: Both<Found<'_>>, order: Order, offset: usize, limit: usize) -> Vec<i64> {
    let Both { base, fresh } = found;
    let Some(fresh) = fresh.filter(|fresh| !fresh.is_empty()) else {
        return base.page(order, offset, limit, Shelf::id);
    };
    let end = offset.saturating_add(limit);
    let mut places = fresh.page(order, 0, end, Shelf::place);
    let first = offset - offset.min(places.len());
    places.extend(base.page(order, first, end - first, Shelf::place));
    places.sort_unstable();
    let page = places.into_iter().skip(offset - first).take(limit);
    page.map(|(_, _, id)| id).collect()
}
