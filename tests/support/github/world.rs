//! What the fake has, what it was asked, and what it is to do wrong.

use std::collections::BTreeMap;
use std::time::UNIX_EPOCH;

use autodex::indexer::github::Pace;
use axum::http::HeaderMap;

use super::faults::Fault;
use super::repo::Repo;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The path, with the query.
    pub(crate) path: String,
    /// Which host: `api` or `archives`.
    pub(crate) host: &'static str,
    pub(crate) authorization: Option<String>,
    pub(crate) if_none_match: Option<String>,
    /// The status it was answered with.
    pub(crate) status: u16,
}

/// Requests that a rate limit is whole again with.
const WHOLE: u32 = 5_000;

/// All of it.
pub(crate) struct World {
    pub(crate) repos: BTreeMap<i64, Repo>,
    /// The only token that is taken; `None` = any, and none.
    pub(crate) token: Option<String>,
    /// What is left of each rate limit, `core` and `search`, and when it is whole again, in seconds since 1970; an answer
    /// from the client's own cache costs nothing.
    pub(crate) left: BTreeMap<&'static str, (u32, u64)>,
    /// Its clock, which jumps as the client's does.
    pub(crate) pace: Pace,
    /// The most results that a search shows.
    pub(crate) shown: usize,
    /// Results of a search that come no matter how many it says there are: a page that others moved on.
    pub(crate) hidden: Vec<i64>,
    pub(crate) asked: Vec<Asked>,
    pub(super) archives: String,
    faults: Vec<(String, u32, Fault)>,
    next_id: i64,
}

impl World {
    pub(super) fn new(archives: String) -> Self {
        Self {
            repos: BTreeMap::new(),
            token: None,
            left: BTreeMap::new(),
            pace: Pace::machine(),
            shown: 1_000,
            hidden: Vec::new(),
            asked: Vec::new(),
            archives,
            faults: Vec::new(),
            next_id: 1_000,
        }
    }

    /// Adds a repository.
    pub(crate) fn add(&mut self, mut repo: Repo) {
        if repo.id == 0 {
            self.next_id += 1;
            repo.id = self.next_id;
        }
        self.repos.insert(repo.id, repo);
    }

    /// The repository with a name.
    pub(crate) fn repo(&mut self, full_name: &str) -> &mut Repo {
        let mut repos = self.repos.values_mut();
        repos.find(|repo| repo.full_name() == full_name).unwrap()
    }

    /// Deletes one.
    pub(crate) fn delete(&mut self, full_name: &str) {
        self.repos.retain(|_, repo| repo.full_name() != full_name);
    }

    /// The next so many requests whose path holds this text fare so.
    pub(crate) fn fault(&mut self, path: &str, times: u32, fault: Fault) {
        self.faults.push((path.to_owned(), times, fault));
    }

    /// What this request is to suffer.
    pub(super) fn fault_of(&mut self, path: &str) -> Option<Fault> {
        let due = |(part, times, _): &&mut (String, u32, Fault)| *times > 0 && path.contains(part.as_str());
        let (_, times, fault) = self.faults.iter_mut().find(due)?;
        *times -= 1;
        Some(fault.clone())
    }

    /// The one with a name, or that had it.
    pub(super) fn find(&self, owner: &str, name: &str) -> Option<(&Repo, bool)> {
        let wanted = format!("{owner}/{name}").to_lowercase();
        let now = self
            .repos
            .values()
            .find(|repo| repo.full_name().to_lowercase() == wanted);
        let before = || {
            self.repos
                .values()
                .find(|repo| repo.former_names.contains(&wanted))
        };
        now.map(|repo| (repo, false))
            .or_else(|| before().map(|repo| (repo, true)))
    }

    /// Whether a request shows a token that is not the one; and whether it may see what is private.
    pub(super) fn access(&self, headers: &HeaderMap) -> Result<bool, ()> {
        let shown = headers.get("authorization").and_then(|it| it.to_str().ok());
        match (&self.token, shown) {
            (None, shown) => Ok(shown.is_some()),
            (Some(token), Some(shown)) if shown == format!("Bearer {token}") => Ok(true),
            (Some(_), Some(_)) => Err(()),
            (Some(_), None) => Ok(false),
        }
    }

    /// Takes one off a rate limit; what the headers are to tell, and whether it was used up already.
    pub(super) fn charge(
        &mut self,
        resource: &'static str,
        is_free: bool,
    ) -> (Vec<(&'static str, String)>, bool) {
        let Some((left, reset)) = self.left.get_mut(resource) else {
            return (Vec::new(), false);
        };
        let now = self.pace.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        if now >= *reset {
            (*left, *reset) = (WHOLE, now + 3_600);
        }
        let is_spent = *left == 0 && !is_free;
        if !is_free {
            *left = left.saturating_sub(1);
        }
        let headers = vec![
            ("x-ratelimit-remaining", left.to_string()),
            ("x-ratelimit-reset", reset.to_string()),
            ("x-ratelimit-resource", resource.to_owned()),
        ];
        (headers, is_spent)
    }
}
