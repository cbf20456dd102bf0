//! Bringing in one repository: looking at it, following its plan, downloading and reading it. Nothing is written here.

use super::archive::Bounds;
use super::client::Github;
use super::described::Found;
use super::download::Download;
use super::error::GithubError;
use super::look::{Look, Newest};
use super::plan::{Plan, Sighting, etag, mark, plan};
use super::source::Item;
use super::too_large::TooLarge;
use crate::config::{IndexConfig, Topic};
use crate::db::{Database, GithubMark, Tracked};
use crate::indexer::reader::Reading;
use crate::indexer::run::IndexError;
use crate::model::{Repository, RepositoryName};

/// What is to be written of a repository.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Nothing, and nothing is told of it.
    Skip,
    /// Nothing: it is as it was.
    Unchanged,
    /// What is said of it.
    Describe(Box<Found>, GithubMark),
    /// All of it.
    Index(Repository, GithubMark, Box<Read>),
    /// The one with this id is taken out, for this reason.
    Remove(i64, &'static str),
    /// Nothing: it failed.
    Failed(IndexError),
}

/// A repository as it was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) reading: Reading,
    /// Bytes downloaded; `None` = nothing had to be.
    pub(super) bytes: Option<u64>,
}

/// A repository and what is to be written of it.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) name: String,
    pub(super) outcome: Outcome,
}

/// Brings in repositories.
#[derive(Clone, Copy)]
pub(super) struct Fetcher<'a> {
    pub(super) github: &'a Github,
    pub(super) database: &'a Database,
    pub(super) host: &'a str,
    pub(super) config: &'a IndexConfig,
    pub(super) topics: &'a [Topic],
    pub(super) too_large: &'a TooLarge,
}

impl Fetcher<'_> {
    /// Brings one in.
    pub(super) async fn fetch(self, item: Item) -> Fetched {
        let name = match &item {
            Item::Found(found, _) => found.name(),
            Item::Unseen(tracked) => name_of(tracked).to_string(),
            Item::Named(name, _) => name.to_string(),
        };
        let outcome = self.outcome(item).await.unwrap_or_else(Outcome::Failed);
        Fetched { name, outcome }
    }

    async fn outcome(self, item: Item) -> Result<Outcome, IndexError> {
        let (by_topic, by_name) = (self.sighting(false), self.sighting(true));
        match item {
            Item::Found(found, tracked) => self.bring(&found, tracked.as_deref(), by_topic).await,
            Item::Unseen(tracked) => {
                match self
                    .github
                    .look_by_id(tracked.mark.github_id, etag(&tracked, self.config))
                    .await?
                {
                    Look::AsKnown => Ok(Outcome::Unchanged),
                    Look::Gone => Ok(gone(&tracked)),
                    Look::Found(found) => self.bring(&found, Some(&tracked), by_topic).await,
                }
            }
            Item::Named(name, tracked) => {
                let etag = tracked.as_deref().and_then(|it| etag(it, self.config));
                match (self.github.look_by_name(&name, etag).await?, tracked) {
                    (Look::AsKnown, _) => Ok(Outcome::Unchanged),
                    (Look::Gone, Some(tracked)) => Ok(gone(&tracked)),
                    (Look::Gone, None) => Err(IndexError::Refused(
                        "there is no such repository on GitHub, or it is not open to this client".to_owned(),
                    )),
                    (Look::Found(found), tracked) => {
                        let tracked = self.known_by_id(&found, tracked).await?;
                        self.bring(&found, tracked.as_deref(), by_name).await
                    }
                }
            }
        }
    }

    /// Brings in one that the index was to have, and has not: another has been written in its place meanwhile, which had
    /// its name before or has it now. What it was found by is as it was.
    pub(super) async fn anew(self, found: &Found, lost: &GithubMark) -> Result<Outcome, IndexError> {
        let outcome = self.bring(found, None, self.sighting(true)).await?;
        Ok(match outcome {
            Outcome::Index(repository, mark, read) => {
                let commit = mark.commit;
                Outcome::Index(
                    repository,
                    GithubMark {
                        commit,
                        ..lost.clone()
                    },
                    read,
                )
            }
            other => other,
        })
    }

    /// What the index knows of the repository that bears a name now.
    async fn known_by_id(
        self,
        found: &Found,
        by_name: Option<Box<Tracked>>,
    ) -> Result<Option<Box<Tracked>>, IndexError> {
        if by_name.as_ref().is_some_and(|it| it.mark.github_id == found.id) {
            return Ok(by_name);
        }
        let tracked = self.database.tracked(self.host, &[found.id]).await?;
        Ok(tracked.into_iter().next().map(Box::new))
    }

    fn sighting<'a>(self, by_name: bool) -> Sighting<'a>
    where
        Self: 'a,
    {
        Sighting {
            topics: self.topics,
            by_name,
        }
    }

    async fn bring(
        self,
        found: &Found,
        tracked: Option<&Tracked>,
        sighting: Sighting<'_>,
    ) -> Result<Outcome, IndexError> {
        let marked = |commit| (found.repository.clone(), mark(found, tracked, sighting, commit));
        let known_commit = || tracked.and_then(|it| it.mark.commit.clone());
        let index = |(repository, mark), read| Outcome::Index(repository, mark, Box::new(read));
        let described = |(_, mark)| Outcome::Describe(Box::new(found.clone()), mark);
        let plan = plan(found, tracked, self.config, sighting);
        if matches!(plan, Plan::Download | Plan::AskCommit(_))
            && let Some(error) = self.too_large.of(self.host, found, &self.bounds())
        {
            return Err(GithubError::from(error).into());
        }
        Ok(match plan {
            Plan::Skip => Outcome::Skip,
            Plan::Refuse(reason) => return Err(IndexError::Refused(reason.to_owned())),
            Plan::Remove(reason) => Outcome::Remove(found.id, reason),
            Plan::Unchanged => Outcome::Unchanged,
            Plan::Describe => described(marked(known_commit())),
            Plan::Empty => index(marked(None), Read::default()),
            Plan::AskCommit(known) => match self.github.newest_commit(found, Some(&known)).await? {
                Newest::AsKnown => described(marked(Some(known))),
                Newest::Commit(commit) => self.read(found, &commit, marked).await?,
                Newest::Empty => index(marked(None), Read::default()),
                Newest::Gone => return Err(no_branch(found)),
            },
            Plan::Download => {
                let branch = found.repository.default_branch.as_str();
                // The first time the commit is told by the archive itself, which saves a request.
                if let Some(download) = self.download(found, branch).await? {
                    let commit = download.commit.clone();
                    return Ok(index(marked(commit), read_of(download)));
                }
                match self.github.newest_commit(found, None).await? {
                    Newest::Empty => index(marked(None), Read::default()),
                    Newest::Commit(commit) => self.read(found, &commit, marked).await?,
                    Newest::Gone | Newest::AsKnown => return Err(no_branch(found)),
                }
            }
        })
    }

    async fn read(
        self,
        found: &Found,
        commit: &str,
        marked: impl Fn(Option<String>) -> (Repository, GithubMark),
    ) -> Result<Outcome, IndexError> {
        let download = self.download(found, commit).await?;
        let download = download
            .ok_or_else(|| IndexError::Refused("GitHub has no archive of its newest commit".to_owned()))?;
        let (repository, mark) = marked(Some(commit.to_owned()));
        Ok(Outcome::Index(repository, mark, Box::new(read_of(download))))
    }

    async fn download(self, found: &Found, at: &str) -> Result<Option<Download>, GithubError> {
        let bounds = self.bounds();
        let time = self.config.github.download_time;
        let download = self.github.download(found, at, &bounds, time).await;
        if let Err(GithubError::Archive(error)) = &download {
            self.too_large.remember(self.host, found, &bounds, error);
        }
        download
    }

    fn bounds(self) -> Bounds {
        Bounds {
            archive_bytes: self.config.max_archive_bytes,
            unpacked_bytes: self.config.max_unpacked_bytes,
            ..Bounds::default()
        }
    }
}

fn read_of(download: Download) -> Read {
    Read {
        reading: download.reading,
        bytes: Some(download.bytes),
    }
}

fn gone(tracked: &Tracked) -> Outcome {
    Outcome::Remove(
        tracked.mark.github_id,
        "it is gone from GitHub, or no longer public",
    )
}

fn no_branch(found: &Found) -> IndexError {
    IndexError::Refused(format!("it has no branch {}", found.repository.default_branch))
}

fn name_of(tracked: &Tracked) -> RepositoryName {
    RepositoryName {
        owner: tracked.repository.owner.clone(),
        name: tracked.repository.name.clone(),
    }
}
