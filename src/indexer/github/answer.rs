//! Answers of GitHub's API and their bodies, which are read within bounds.

use reqwest::{Response, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::error::GithubError;

/// Bytes of an answer that is JSON: a page of 100 repositories has some 600 KB.
const JSON_BYTES: usize = 16 << 20;
/// Bytes of a commit's name or of a refusal that are looked at.
const TEXT_BYTES: usize = 64 << 10;

/// An answer: 200, 304, or one of those that say that there is nothing (404, 409, 422, 451).
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) response: Response,
    /// What was asked for, where it was not to be left.
    pub(super) body: Vec<u8>,
}

/// What the body of an answer is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// JSON.
    Json,
    /// The name of a commit and nothing else.
    Commit,
    /// Whatever it is: it is left to be read as it comes.
    Left,
}

/// Why a body was not read.
#[derive(Debug)]
pub(super) enum BodyError {
    /// It broke off, or is not what it is to be: asking again may help.
    Broken(String),
    /// It has more bytes than this.
    TooLong(usize),
}

impl Body {
    /// Reads it to its end.
    pub(super) async fn read(self, response: &mut Response) -> Result<Vec<u8>, BodyError> {
        match self {
            Self::Left => Ok(Vec::new()),
            Self::Commit => {
                let bytes = read(response, TEXT_BYTES).await?;
                let name = bytes.trim_ascii();
                if (7..=64).contains(&name.len()) && name.iter().all(u8::is_ascii_hexdigit) {
                    Ok(name.to_owned())
                } else {
                    Err(BodyError::Broken("a commit that is none".to_owned()))
                }
            }
            Self::Json => {
                let bytes = read(response, JSON_BYTES).await?;
                // A page of a proxy or of a server in distress, or half an answer that says it is whole.
                match serde_json::from_slice::<IgnoredAny>(&bytes) {
                    Ok(_) => Ok(bytes),
                    Err(error) => Err(BodyError::Broken(format!("no JSON: {error}"))),
                }
            }
        }
    }
}

impl Answer {
    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let value = self.response.headers().get(name)?;
        Some(value.to_str().ok()?.to_owned())
    }

    /// The body, which was asked for as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, GithubError> {
        serde_json::from_slice(&self.body).map_err(|error| GithubError::Unusable(error.to_string()))
    }

    /// The body, which was asked for as the name of a commit.
    pub(super) fn commit(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What a refusal says, as far as it can be read.
pub(super) async fn message_of(response: &mut Response) -> String {
    #[derive(serde::Deserialize)]
    struct Refusal {
        message: String,
    }
    let body = read(response, TEXT_BYTES).await.unwrap_or_default();
    serde_json::from_slice::<Refusal>(&body).map_or_else(|_| String::new(), |refusal| refusal.message)
}

async fn read(response: &mut Response, limit: usize) -> Result<Vec<u8>, BodyError> {
    let broken = |error| BodyError::Broken(plain(error));
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > limit {
            return Err(BodyError::TooLong(limit));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// What went wrong, without the address: one to which a private archive was redirected is as good as a key.
pub(super) fn plain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(deeper) = cause {
        text = format!("{text}: {deeper}");
        cause = deeper.source();
    }
    text
}
