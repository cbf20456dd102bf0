//! Which repositories a run looks at: those that a search finds, then those of the index that it did not; or those that
//! were asked for.
//!
//! Invariant: a page of them is held, and an id of each that was seen.

use std::collections::{HashMap, HashSet};

use tokio::sync::mpsc;

use super::client::Github;
use super::described::Found;
use super::error::GithubError;
use super::search::Search;
use crate::config::Topic;
use crate::db::{Database, DatabaseError, Tracked};
use crate::model::RepositoryName;

/// Repositories of the index that are looked through at a time.
const PAGE: u64 = 100;

/// What a run is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All repositories with one of these topics, and those that were once asked for by name.
    All(Vec<Topic>),
    /// All repositories with one of these topics, which are not those that runs are usually for: what came into the index
    /// by others is left alone.
    Topics(Vec<Topic>),
    /// These.
    Named(Vec<RepositoryName>),
}

impl Wanted {
    /// What is recorded as asked for: nothing, where it is what runs are usually for.
    pub fn requested(&self) -> Vec<String> {
        match self {
            Self::All(_) => Vec::new(),
            Self::Topics(topics) => topics.iter().map(|topic| format!("topic:{topic}")).collect(),
            Self::Named(names) => names.iter().map(ToString::to_string).collect(),
        }
    }

    /// Its topics.
    pub(super) fn topics(&self) -> &[Topic] {
        match self {
            Self::All(topics) | Self::Topics(topics) => topics,
            Self::Named(_) => &[],
        }
    }

    /// Whether a repository of the index that was not found is its business.
    fn looks_after(&self, tracked: &Tracked) -> bool {
        let topics = &tracked.mark.topics;
        match self {
            Self::All(_) => true,
            Self::Topics(these) => {
                !topics.is_empty() && topics.iter().all(|it| these.iter().any(|one| one.as_str() == it))
            }
            Self::Named(_) => false,
        }
    }
}

/// A repository to look at.
#[derive(Debug)]
pub(super) enum Item {
    /// A search found it; the index may have it.
    Found(Box<Found>, Option<Box<Tracked>>),
    /// The index has it, and no search found it.
    Unseen(Box<Tracked>),
    /// It was asked for.
    Named(RepositoryName, Option<Box<Tracked>>),
}

/// Why there are no more.
#[derive(Debug, thiserror::Error)]
pub(super) enum SourceError {
    #[error(transparent)]
    Github(#[from] GithubError),
    #[error("the database failed")]
    Database(#[from] DatabaseError),
}

/// Where a run's repositories come from.
pub(super) struct Source<'a> {
    pub(super) github: &'a Github,
    pub(super) database: &'a Database,
    pub(super) host: &'a str,
    pub(super) wanted: &'a Wanted,
    pub(super) include_private: bool,
    pub(super) items: mpsc::Sender<Item>,
}

impl Source<'_> {
    /// Sends all there are.
    pub(super) async fn send_all(self) -> Result<(), SourceError> {
        if let Wanted::Named(names) = self.wanted {
            return self.send_named(names).await;
        }
        let mut seen = HashSet::new();
        for topic in self.wanted.topics() {
            self.send_found(topic, &mut seen).await?;
        }
        self.send_unseen(&seen).await
    }

    async fn send_named(&self, names: &[RepositoryName]) -> Result<(), SourceError> {
        for name in names {
            let tracked = self.database.tracked_named(self.host, name).await?;
            self.send(Item::Named(name.clone(), tracked.map(Box::new)))
                .await?;
        }
        Ok(())
    }

    async fn send_found(&self, topic: &Topic, seen: &mut HashSet<i64>) -> Result<(), SourceError> {
        let mut search = Search::new(self.github, topic, self.include_private);
        while let Some(mut page) = search.next().await? {
            page.retain(|found| seen.insert(found.id));
            let ids: Vec<i64> = page.iter().map(|found| found.id).collect();
            let tracked = self.database.tracked(self.host, &ids).await?;
            let mut tracked: HashMap<i64, Tracked> =
                tracked.into_iter().map(|it| (it.mark.github_id, it)).collect();
            for mut found in page {
                // Some Enterprise servers leave topics out of a search's results.
                if !found.topics.iter().any(|it| it == topic.as_str()) {
                    found.topics.push(topic.to_string());
                }
                let known = tracked.remove(&found.id).map(Box::new);
                self.send(Item::Found(Box::new(found), known)).await?;
            }
        }
        if !search.is_complete {
            tracing::warn!(%topic, "GitHub's search did not show all it has; what the index has is looked at one by one");
        }
        Ok(())
    }

    /// Those that were not found are asked after one by one: a search that shows too little takes nothing out.
    async fn send_unseen(&self, seen: &HashSet<i64>) -> Result<(), SourceError> {
        let mut after = i64::MIN;
        loop {
            let page = self.database.tracked_after(self.host, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.mark.github_id;
            for tracked in page {
                if !seen.contains(&tracked.mark.github_id) && self.wanted.looks_after(&tracked) {
                    self.send(Item::Unseen(Box::new(tracked))).await?;
                }
            }
        }
    }

    async fn send(&self, item: Item) -> Result<(), SourceError> {
        // Nobody takes them any more: the run is over.
        self.items
            .send(item)
            .await
            .map_err(|_| GithubError::Stopped.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_run_over_all_is_recorded_as_one() {
        let topic = || "my-homes".parse::<Topic>().unwrap();
        assert_eq!(Wanted::All(vec![topic()]).requested(), Vec::<String>::new());
        assert_eq!(Wanted::Topics(vec![topic()]).requested(), ["topic:my-homes"]);
        let named = Wanted::Named(vec!["jan/home".parse().unwrap()]);
        assert_eq!(named.requested(), ["jan/home"]);
    }
}
