//! The catalog: an immutable snapshot, in memory, of everything that search and facets need, and nothing else.
//!
//! It holds no row of the database: it answers with ids. A query takes microseconds on thousands of automations and
//! about a millisecond on hundreds of thousands. It never fails: any text, any filter and any page has an answer.

mod answer;
mod assemble;
mod builder;
mod counting;
mod csr;
mod doc_set;
mod documents;
mod edit_distance;
mod facets;
mod fold;
mod grade;
mod interner;
mod listing;
mod live;
mod load;
mod memory;
mod popcount;
mod postings;
mod query;
mod relevance;
mod repositories;
mod rows;
mod runs;
mod scope;
mod search;
mod snapshot;
mod spelling;
mod strings;
mod text;
mod tokens;
mod top;
mod values;

pub use answer::{FacetCounts, FacetValue, Facets, SearchHits, Totals};
pub use builder::{BuildError, CatalogBuilder};
pub use fold::fold;
pub use live::{Live, Snapshot};
pub use load::LoadError;
pub use memory::Memory;
pub use query::{FacetQuery, Filter, Order, SearchQuery};
pub use rows::{AutomationRow, RepositoryRow};
pub use snapshot::Catalog;
