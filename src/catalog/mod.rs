//! The catalog: an immutable snapshot, in memory, of everything that search and facets need, and nothing else.
//!
//! It answers with ids, and holds the rows of those repositories only that changed since it was last built as a whole. A query takes microseconds on thousands of automations and
//! about a millisecond on hundreds of thousands. It never fails: any text, any filter and any page has an answer.

mod answer;
mod assemble;
mod both;
mod builder;
mod changes;
mod column;
mod counting;
mod csr;
mod doc_set;
mod documents;
mod edit_distance;
mod facets;
mod fold;
mod found;
mod grade;
mod interner;
mod listing;
mod live;
mod load;
mod making_times;
mod memory;
mod merged;
mod newest;
mod page;
mod part;
mod popcount;
mod postings;
mod query;
mod relevance;
mod repositories;
mod rows;
mod runs;
mod scope;
mod search;
mod side;
mod snapshot;
mod spelling;
mod strings;
mod text;
mod tokens;
mod top;
mod values;
mod words;

pub use answer::{FacetCounts, FacetValue, Facets, SearchHits, Totals};
pub use builder::{BuildError, CatalogBuilder};
pub use fold::fold;
pub use live::Live;
pub use load::LoadError;
pub use making_times::MakingTimes;
pub use memory::Memory;
pub use newest::Snapshot;
pub use query::{FacetQuery, Filter, Order, SearchQuery};
pub use rows::{AutomationRow, RepositoryContent, RepositoryRow};
pub use snapshot::Catalog;
