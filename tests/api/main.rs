//! The server from outside: every test starts the real thing on a free port, over a database of its own.
//!
//! What needs PostgreSQL is ignored by a plain `cargo test`; `./scripts/test` starts one and runs all.

mod support;

mod cache;
mod compression;
mod connections;
mod cors;
mod errors;
mod facets;
mod filters;
mod forgery;
mod graphiql;
mod health;
mod hostile;
mod identity;
mod imports;
mod index_runs;
mod internal_errors;
mod large_sets;
mod limits;
mod migrations;
mod negotiation;
mod orders;
mod pages;
mod paging;
mod persisted;
mod rate_limits;
mod refresh;
mod request_ids;
mod root_fields;
mod round_trips;
mod schema;
mod search;
mod security_headers;
mod shutdown;
mod statements;
mod transport;
