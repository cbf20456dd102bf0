//! Indexing from GitHub: finds repositories by topic or name, downloads what changed, and takes out what is gone.
//!
//! The way of a repository: `search` or `look` (what GitHub says of it: `described`) -> `plan` (what there is to do) ->
//! `fetch` (`download`, `archive`) -> `run` (written, one transaction each). `client` asks every question, within `limits`, and
//! `answer` is what comes back.

mod answer;
mod archive;
mod bounded;
mod client;
mod described;
mod download;
mod error;
mod fetch;
mod limits;
mod look;
mod pace;
mod plan;
mod run;
mod search;
mod source;
mod tar_names;
mod too_large;
mod window;

pub use archive::{ArchiveError, Bounds, Unpacked, unpack};
pub use client::Github;
pub use described::Found;
pub use error::GithubError;
pub use pace::Pace;
pub use run::{Event, Fate, GithubRun, Report};
pub use source::Wanted;
pub use too_large::TooLarge;
