//! What can go wrong with GitHub, in words fit for anybody.

use chrono::{DateTime, Utc};

use super::archive::ArchiveError;

/// A failure of GitHub, or of the way there.
#[derive(Debug, thiserror::Error)]
pub enum GithubError {
    /// Its rate limit lasts longer than a run waits.
    #[error("GitHub's rate limit is used up until {}", until.format("%Y-%m-%d %H:%M:%S UTC"))]
    RateLimited {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The token is no good.
    #[error("GitHub refuses the token; see GITHUB_TOKEN")]
    Unauthorized,
    /// It fails again and again, whatever it is asked.
    #[error("GitHub does not answer: {0}")]
    Down(String),
    /// The run was told to stop.
    #[error("stopped")]
    Stopped,
    /// A request failed, and failed again when it was repeated.
    #[error("GitHub did not answer: {0}")]
    Unanswered(String),
    /// It is not allowed to this client.
    #[error("GitHub does not allow it to this client (403)")]
    Forbidden,
    /// An answer that is not one.
    #[error("GitHub's answer cannot be used: {0}")]
    Unusable(String),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// Reading it broke down: a fault of this program.
    #[error("reading it broke down")]
    Broken,
    /// The settings.
    #[error("GitHub cannot be asked: {0}")]
    Settings(String),
}

impl GithubError {
    /// Whether it ends the run: the next repository would fare no better.
    pub const fn ends_the_run(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. } | Self::Unauthorized | Self::Down(_) | Self::Stopped
        )
    }
}
