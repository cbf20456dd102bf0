//! The rules of `src/`, read from its text: which module may use which, where each crate may be used, and how files are
//! kept. A rule that is broken fails with the file and the line.

#[path = "architecture/arrows.rs"]
mod arrows;
#[path = "architecture/crates.rs"]
mod crates;
#[path = "architecture/files.rs"]
mod files;
#[path = "architecture/panics.rs"]
mod panics;
#[path = "architecture/source.rs"]
mod source;
