//! The server from outside: every test starts the real thing on a free port, over a database of its own.
//!
//! What needs PostgreSQL is ignored by a plain `cargo test`; `./scripts/test` starts one and runs all.

mod support;

mod health;
mod search;
