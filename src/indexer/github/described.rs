//! What GitHub says of a repository, and what of it is taken.

use serde::Deserialize;

use crate::indexer::{reader, source};
use crate::model::{Repository, RepositoryName};

/// A repository, as a search and a look at it tell it alike ("Get a repository" in the reference of the REST API).
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Described {
    id: i64,
    name: String,
    /// None where the account was deleted, but for its repositories.
    owner: Option<Owner>,
    #[serde(default)]
    private: bool,
    visibility: Option<String>,
    #[serde(default)]
    disabled: bool,
    html_url: Option<String>,
    description: Option<String>,
    #[serde(default)]
    stargazers_count: u32,
    default_branch: Option<String>,
    pushed_at: Option<String>,
    topics: Option<Vec<String>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Owner {
    login: String,
}

/// A repository that GitHub has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// GitHub's id, which it keeps when it is renamed.
    pub id: i64,
    /// What it is.
    pub repository: Repository,
    /// When something was last pushed to it, in GitHub's own words; `None` = never.
    pub pushed_at: Option<String>,
    /// Its topics.
    pub topics: Vec<String>,
    /// Whether everybody may read it.
    pub is_public: bool,
    /// Whether GitHub has closed it.
    pub is_disabled: bool,
    /// The entity tag of the answer, where it is about this repository alone.
    pub etag: Option<String>,
}

impl Found {
    /// `owner/name`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.repository.owner, self.repository.name)
    }
}

impl Described {
    /// As much of it as can be used; `None` where not even its name can.
    pub(super) fn taken(self) -> Option<Found> {
        let owner = self.owner?.login;
        let name: RepositoryName = format!("{owner}/{}", self.name).parse().ok()?;
        let repository = Repository {
            url: self
                .html_url
                .and_then(|url| source::web_address(&url))
                .unwrap_or_else(|| format!("https://github.com/{name}")),
            owner: name.owner,
            name: name.name,
            description: self.description.map(|text| reader::mask(&text)),
            stars: self.stargazers_count,
            default_branch: self
                .default_branch
                .filter(|branch| source::is_branch(branch))
                .unwrap_or_else(|| source::DEFAULT_BRANCH.to_owned()),
        };
        let is_public = !self.private && self.visibility.is_none_or(|it| it == "public");
        Some(Found {
            id: self.id,
            repository,
            pushed_at: self.pushed_at,
            topics: self.topics.unwrap_or_default(),
            is_public,
            is_disabled: self.disabled,
            etag: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn taken(changes: &serde_json::Value) -> Option<Found> {
        let mut value = json!({
            "id": 7, "name": "home", "owner": {"login": "frenck"}, "private": false, "visibility": "public",
            "html_url": "https://github.com/frenck/home", "description": null, "stargazers_count": 3,
            "default_branch": "main", "pushed_at": "2026-01-01T00:00:00Z", "topics": ["hadiscover"], "size": 9,
        });
        for (key, change) in changes.as_object().unwrap() {
            value[key] = change.clone();
        }
        serde_json::from_value::<Described>(value).unwrap().taken()
    }

    #[test]
    fn only_what_can_be_used_is_taken() {
        let odd = taken(&json!({"html_url": "javascript:alert(1)", "default_branch": "../x"})).unwrap();
        assert_eq!(odd.repository.url, "https://github.com/frenck/home");
        assert_eq!(odd.repository.default_branch, "main");
        assert_eq!(taken(&json!({"name": "a/../b"})), None);
        assert_eq!(taken(&json!({"pushed_at": null})).unwrap().pushed_at, None);
        assert_eq!(taken(&json!({"owner": null})), None);
        let untold = taken(&json!({"topics": null})).unwrap();
        assert_eq!(untold.topics, Vec::<String>::new());
    }

    #[test]
    fn public_is_what_says_so_twice() {
        assert!(taken(&json!({})).unwrap().is_public);
        assert!(!taken(&json!({"private": true})).unwrap().is_public);
        assert!(!taken(&json!({"visibility": "internal"})).unwrap().is_public);
        assert!(taken(&json!({"visibility": null})).unwrap().is_public);
    }
}
