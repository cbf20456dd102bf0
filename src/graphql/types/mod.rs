//! The types of the schema: one file each. Their fields resolve one after another (`serial`), which is what keeps an
//! answer's fields in the order of the query; the rows they need were read before, in batches.

pub(super) mod automation;
pub(super) mod cache_stats;
pub(super) mod clear_result;
pub(super) mod facets;
pub(super) mod index_run;
pub(super) mod repository;
pub(super) mod search_page;
pub(super) mod stats;
