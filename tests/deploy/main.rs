//! What an operator is given beside the program: compose files, the image's steps, the proxy's configuration.
//!
//! What needs a tool of Debian's packages is ignored by a plain `cargo test`; `./scripts/test` installs the tools and runs all.

mod compose;
mod documented;
mod image;
mod monitoring;
mod proxy;
mod repository;
mod supervisor;
mod tools;
