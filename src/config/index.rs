//! What is indexed, when, and how much of GitHub it may take.

use std::str::FromStr;
use std::time::Duration;

use super::{Secret, SecretUrl, Topic};

/// What is indexed, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexConfig {
    /// `INDEX_INTERVAL`: seconds between two runs over all repositories on GitHub, 0 = none but those that are asked for;
    /// 0.
    pub interval: Duration,
    /// `INDEX_CONCURRENCY`: how many repositories are downloaded and read at the same time, at least 1; 4.
    pub concurrency: usize,
    /// `INDEX_EXCLUDE`: owners and repositories, separated by commas, that are never indexed; none.
    pub exclude: Vec<Exclusion>,
    /// `INDEX_MAX_ARCHIVE_MB`: mebibytes of the largest archive that is downloaded, at least 1; 256.
    pub max_archive_bytes: u64,
    /// `INDEX_MAX_UNPACKED_MB`: mebibytes that may come out of an archive, at least 1; 2048. They are looked at one after
    /// another, and only YAML is kept.
    pub max_unpacked_bytes: u64,
    /// Where GitHub is.
    pub github: GithubConfig,
}

/// Where GitHub is, and what it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GithubConfig {
    /// `GITHUB_API_URL`: the API; `https://api.github.com`.
    pub api_url: SecretUrl,
    /// `GITHUB_TOKEN`: sent with every request to the API; none.
    pub token: Option<Secret>,
    /// `GITHUB_TOPICS`: the topics by which repositories are found, separated by commas; `hadiscover,ha-discover`.
    pub topics: Vec<Topic>,
    /// `GITHUB_INCLUDE_PRIVATE`: whether repositories that are not public are indexed; false.
    pub include_private: bool,
    /// `GITHUB_TIMEOUT`: seconds without a byte after which a request is tried again, at least 1; 30.
    pub timeout: Duration,
    /// `GITHUB_MAX_WAIT`: seconds that a run waits for GitHub's rate limit at most; 900.
    pub max_wait: Duration,
    /// The first pause before a request that failed is tried again; each further one is twice as long. One second.
    pub first_pause: Duration,
    /// How long one archive may take to come. Ten minutes.
    pub download_time: Duration,
}

impl Default for IndexConfig {
    fn default() -> Self {
        Self {
            interval: Duration::ZERO,
            concurrency: 4,
            exclude: Vec::new(),
            max_archive_bytes: 256 << 20,
            max_unpacked_bytes: 2_048 << 20,
            github: GithubConfig::default(),
        }
    }
}

impl Default for GithubConfig {
    fn default() -> Self {
        Self {
            api_url: SecretUrl::from("https://api.github.com".to_owned()),
            token: None,
            topics: Topic::defaults(),
            include_private: false,
            timeout: Duration::from_secs(30),
            max_wait: Duration::from_mins(15),
            first_pause: Duration::from_secs(1),
            download_time: Duration::from_mins(10),
        }
    }
}

/// An owner, or one repository, that is never indexed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclusion {
    owner: String,
    /// `None` = all of the owner's.
    name: Option<String>,
}

/// A text that names neither an owner nor a repository.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected owner or owner/name")]
pub struct ExclusionError;

impl Exclusion {
    /// Whether it is about a repository; case does not matter, as on GitHub.
    pub fn covers(&self, owner: &str, name: &str) -> bool {
        self.owner.eq_ignore_ascii_case(owner)
            && self.name.as_ref().is_none_or(|it| it.eq_ignore_ascii_case(name))
    }
}

impl FromStr for Exclusion {
    type Err = ExclusionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |part: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        let (owner, name) = match text.split_once('/') {
            Some((owner, name)) => (owner, Some(name)),
            None => (text, None),
        };
        if is_plain(owner) && name.is_none_or(is_plain) {
            Ok(Self {
                owner: owner.to_owned(),
                name: name.map(str::to_owned),
            })
        } else {
            Err(ExclusionError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exclusion_is_an_owner_or_one_repository() {
        let owner: Exclusion = "Frenck".parse().unwrap();
        assert!(owner.covers("frenck", "home") && !owner.covers("frenck2", "home"));
        let one: Exclusion = "frenck/home".parse().unwrap();
        assert!(one.covers("Frenck", "HOME") && !one.covers("frenck", "home2"));
        for text in ["", "/", "a/", "/b", "a/b/c", "a b"] {
            assert_eq!(text.parse::<Exclusion>(), Err(ExclusionError), "{text:?}");
        }
    }
}
