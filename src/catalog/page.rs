//! One page out of what was found in all parts.

use super::answer::SearchHits;
use super::both::Both;
use super::found::{Found, Shelf};
use super::query::Order;

/// The ids of one page, and how many were found.
pub(super) fn page(found: Both<Found<'_>>, order: Order, offset: usize, limit: usize) -> SearchHits {
    let found = found.map(|found| (found.total(), found));
    let total = found.iter().map(|(total, _)| total).sum();
    let ids = if offset >= total as usize || limit == 0 {
        Vec::new()
    } else {
        merged(found, order, offset, limit)
    };
    SearchHits { total, ids }
}

/// The changes' documents stand somewhere among the base's: so the page's begin as many places earlier there as the
/// changes have documents, at most.
fn merged(found: Both<(u32, Found<'_>)>, order: Order, offset: usize, limit: usize) -> Vec<i64> {
    let Both {
        base: (in_base, base),
        fresh,
    } = found;
    let Some((in_fresh, fresh)) = fresh.filter(|(total, _)| *total > 0) else {
        return base.page(in_base, order, offset, limit, Shelf::id);
    };
    let end = offset.saturating_add(limit);
    let mut places = fresh.page(in_fresh, order, 0, end, Shelf::place);
    let first = offset - offset.min(places.len());
    places.extend(base.page(in_base, order, first, end - first, Shelf::place));
    places.sort_unstable();
    let page = places.into_iter().skip(offset - first).take(limit);
    page.map(|(_, _, id)| id).collect()
}
