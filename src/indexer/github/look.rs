//! Looking at one repository: what GitHub says of it, and which commit is its newest.

use super::answer::{Answer, Body};
use super::client::{Github, Question};
use super::described::{Described, Found};
use super::error::GithubError;
use crate::model::RepositoryName;

/// What a look at a repository found.
#[derive(Debug)]
pub(super) enum Look {
    /// This.
    Found(Box<Found>),
    /// What is known of it is what GitHub would say.
    AsKnown,
    /// It is not there, or not for this client; GitHub does not tell which.
    Gone,
}

/// The newest commit of a branch.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Newest {
    /// This.
    Commit(String),
    /// The one that is known.
    AsKnown,
    /// The repository is empty.
    Empty,
    /// There is no such branch.
    Gone,
}

impl Github {
    /// Looks at the repository with a name, which may have been another's, or its own, before.
    pub(super) async fn look_by_name(
        &self,
        name: &RepositoryName,
        etag: Option<String>,
    ) -> Result<Look, GithubError> {
        self.look(["repos", &name.owner, &name.name], etag).await
    }

    /// Looks at the repository with an id, whatever it is called.
    pub(super) async fn look_by_id(&self, id: i64, etag: Option<String>) -> Result<Look, GithubError> {
        self.look(["repositories", &id.to_string()], etag).await
    }

    async fn look<'a>(
        &self,
        path: impl IntoIterator<Item = &'a str>,
        etag: Option<String>,
    ) -> Result<Look, GithubError> {
        let question = Question {
            etag,
            ..Question::new(path)
        };
        let answer = self.ask(&question).await?;
        match answer.status.as_u16() {
            200 => {}
            304 => return Ok(Look::AsKnown),
            404 | 410 | 451 => return Ok(Look::Gone),
            _ => return Err(unusable(&answer)),
        }
        let etag = answer.header("etag");
        let described: Described = answer.json()?;
        let found = described.taken();
        let found = found.ok_or_else(|| GithubError::Unusable("a name that is none".to_owned()))?;
        Ok(Look::Found(Box::new(Found { etag, ..found })))
    }

    /// Asks for the newest commit of a branch. The one that is known costs nothing of the rate limit.
    pub(super) async fn newest_commit(
        &self,
        found: &Found,
        known: Option<&str>,
    ) -> Result<Newest, GithubError> {
        let repository = &found.repository;
        let path = ["repos", &repository.owner, &repository.name, "commits"];
        let question = Question {
            accept: "application/vnd.github.sha",
            body: Body::Commit,
            etag: known.map(|commit| format!("\"{commit}\"")),
            ..Question::new(path.into_iter().chain(repository.default_branch.split('/')))
        };
        let answer = self.ask(&question).await?;
        match answer.status.as_u16() {
            200 => {}
            304 => return Ok(Newest::AsKnown),
            409 => return Ok(Newest::Empty),
            404 | 410 | 422 | 451 => return Ok(Newest::Gone),
            _ => return Err(unusable(&answer)),
        }
        let commit = answer.commit();
        Ok(match known {
            Some(known) if known == commit => Newest::AsKnown,
            _ => Newest::Commit(commit),
        })
    }
}

pub(super) fn unusable(answer: &Answer) -> GithubError {
    GithubError::Unusable(format!("status {}", answer.status.as_u16()))
}
