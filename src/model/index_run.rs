//! An index run: who started it, how it went, and what it did.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a run's configurations come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunSource {
    /// Repositories on GitHub.
    Github,
    /// Folders on a machine.
    Folders,
}

/// Who started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStarter {
    /// Somebody at a command line.
    Command,
    /// An operator, over GraphQL.
    Operator,
    /// The schedule of a server.
    Schedule,
}

/// How a run goes, or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// It is under way.
    Running,
    /// It did all there was to do.
    Completed,
    /// It did some of it: repositories failed, or are left for the next run.
    Partial,
    /// It could do nothing.
    Failed,
    /// It was stopped, or its process died. What it had written stays; the next run goes on.
    Interrupted,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexRun {
    /// Its number, rising.
    pub id: i64,
    /// Where its configurations come from.
    pub source: RunSource,
    /// Who started it.
    pub started_by: RunStarter,
    /// How it goes.
    pub status: RunStatus,
    /// The repositories asked for, as `owner/name`, or the topics, as `topic:name`; none = all that are found.
    pub requested: Vec<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// What it did so far.
    pub figures: RunFigures,
    /// Which repositories failed, and why: the first of them.
    pub errors: Vec<RunError>,
    /// Why it is not complete, or is the way it is.
    pub message: Option<String>,
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct RunFigures {
    /// Repositories it came upon.
    pub found: u32,
    /// Repositories that were as they had been, and were not read.
    pub unchanged: u32,
    /// Repositories read.
    pub indexed: u32,
    /// Repositories taken out of the index.
    pub removed: u32,
    /// Repositories that failed.
    pub failed: u32,
    /// Repositories left for the next run.
    pub left: u32,
    /// Files read.
    pub files: u32,
    /// Automations found in what was read.
    pub automations: u32,
    /// Automations that were not there before.
    pub automations_added: u32,
    /// Automations that say something else, or stand elsewhere, than before.
    pub automations_updated: u32,
    /// Automations that are gone.
    pub automations_removed: u32,
    /// Things that could not be read.
    pub warnings: u32,
    /// Requests made to GitHub.
    pub requests: u32,
    /// Archives downloaded.
    pub downloads: u32,
    /// Kibibytes downloaded.
    pub downloaded_kib: u32,
}

/// A repository that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunError {
    /// `owner/name`.
    pub repository: String,
    /// Why, in words fit for anybody.
    pub message: String,
}

/// Gives each value of an enum the word it is stored by.
macro_rules! words {
    ($of:ident { $($value:ident = $word:literal),+ $(,)? }) => {
        impl $of {
            /// Its word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }

            /// The one with a word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$value),)+ _ => None }
            }
        }
    };
}

words!(RunSource { Github = "github", Folders = "folders" });
words!(RunStarter { Command = "command", Operator = "operator", Schedule = "schedule" });
words!(RunStatus {
    Running = "running",
    Completed = "completed",
    Partial = "partial",
    Failed = "failed",
    Interrupted = "interrupted",
});
