//! A topic of GitHub.

use std::fmt;
use std::str::FromStr;

/// What GitHub takes for a topic: small letters, digits and hyphens, not a hyphen first, at most 50.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Topic(String);

/// A text that is no topic.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a topic is made of small letters, digits and hyphens, at most 50")]
pub struct TopicError;

impl Topic {
    /// By which owners opt in.
    pub fn defaults() -> Vec<Self> {
        ["hadiscover", "ha-discover"]
            .map(|it| Self(it.to_owned()))
            .to_vec()
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Topic {
    type Err = TopicError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if (1..=50).contains(&text.len()) && text.chars().all(allowed) && !text.starts_with('-') {
            Ok(Self(text.to_owned()))
        } else {
            Err(TopicError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_what_github_takes() {
        for text in ["hadiscover", "ha-discover", "2026"] {
            assert_eq!(text.parse::<Topic>().unwrap().as_str(), text);
        }
        for text in ["", "-a", "Home", "a b", "a:b", &"a".repeat(51)] {
            assert_eq!(text.parse::<Topic>(), Err(TopicError), "{text:?}");
        }
    }
}
