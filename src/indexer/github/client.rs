//! Asking GitHub: one question at a time with its retries, its rate limits and its deadlines.
//!
//! Invariants: the token goes to the API's own host alone, and into no log; no wait outlasts `GITHUB_MAX_WAIT`, and any is
//! cut short when the run is told to stop.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue, IF_NONE_MATCH, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, Body, BodyError, message_of, plain};
use super::error::GithubError;
use super::limits::{Budget, Resource, Verdict, judge};
use super::pace::{Pace, pause};
use crate::config::GithubConfig;

/// How often a question is asked at most, when it fails.
const TRIES: u32 = 4;
/// How often a question waits for a limit at most.
const LIMITED: u32 = 6;
/// Questions in a row that failed for good, after which GitHub counts as down.
const DOWN_AFTER: u32 = 8;
/// Redirects that are followed: a renamed repository is one, the archive's host another.
const REDIRECTS: usize = 5;

/// A GitHub to ask.
#[derive(Debug)]
pub struct Github {
    http: Client,
    base: Url,
    headers: HeaderMap,
    max_wait: Duration,
    first_pause: Duration,
    budget: Budget,
    pub(super) pace: Pace,
    chance: Mutex<fastrand::Rng>,
    pub(super) stop: CancellationToken,
    requests: AtomicU32,
    failed_in_a_row: AtomicU32,
    is_refused: AtomicBool,
}

/// A question.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The parts of the path below the API's address.
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
    pub(super) accept: &'static str,
    /// Of the answer that is known already.
    pub(super) etag: Option<String>,
    pub(super) resource: Resource,
    pub(super) body: Body,
}

impl Question {
    pub(super) fn new(path: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            path: path.into_iter().map(Into::into).collect(),
            query: Vec::new(),
            accept: "application/vnd.github+json",
            etag: None,
            resource: Resource::Core,
            body: Body::Json,
        }
    }
}

impl Github {
    /// By its settings, until told to stop.
    ///
    /// # Errors
    /// They cannot be used.
    pub fn new(config: &GithubConfig, pace: Pace, stop: CancellationToken) -> Result<Self, GithubError> {
        // The build may hold several TLS providers, and then one has to be named; whoever was first is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let settings = |error: &dyn std::fmt::Display| GithubError::Settings(error.to_string());
        let http = Client::builder()
            .user_agent(concat!("autodex/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(config.timeout.min(Duration::from_secs(10)))
            .read_timeout(config.timeout)
            .redirect(Policy::none())
            .referer(false)
            .build()
            .map_err(|error| settings(&error))?;
        let mut base = Url::parse(config.api_url.expose()).map_err(|error| settings(&error))?;
        if base.cannot_be_a_base() {
            return Err(GithubError::Settings("GITHUB_API_URL is no address".to_owned()));
        }
        base.set_query(None);
        let mut headers = HeaderMap::new();
        headers.insert("x-github-api-version", HeaderValue::from_static("2022-11-28"));
        if let Some(token) = &config.token {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
                .map_err(|error| settings(&error))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        Ok(Self {
            http,
            base,
            headers,
            max_wait: config.max_wait,
            first_pause: config.first_pause,
            budget: Budget::default(),
            pace,
            chance: Mutex::default(),
            stop,
            requests: AtomicU32::new(0),
            failed_in_a_row: AtomicU32::new(0),
            is_refused: AtomicBool::new(false),
        })
    }

    /// The host, by which repositories of one GitHub are told from those of another.
    pub fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        match self.base.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }
    }

    /// Requests made so far.
    pub fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Asks.
    ///
    /// # Errors
    /// There is no answer to be had.
    pub(super) async fn ask(&self, question: &Question) -> Result<Answer, GithubError> {
        let (mut tries, mut limited) = (0, 0);
        if let Some(error) = self.given_up() {
            return Err(error);
        }
        loop {
            self.wait_for_room(question.resource).await?;
            let (problem, retry_after) = match self.send(question).await? {
                Ok((Verdict::Answer, answer)) => {
                    self.failed_in_a_row.store(0, Ordering::Relaxed);
                    return Ok(answer);
                }
                Ok((Verdict::Blocked, answer)) => {
                    let status = StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS;
                    return Ok(Answer { status, ..answer });
                }
                Ok((Verdict::Unauthorized, _)) => {
                    self.is_refused.store(true, Ordering::Relaxed);
                    return Err(GithubError::Unauthorized);
                }
                Ok((Verdict::Forbidden, _)) => return Err(GithubError::Forbidden),
                Ok((Verdict::Limited(time, reach), _)) => {
                    limited += 1;
                    // A limit that is still there when its time is over is waited for longer.
                    let time = time.saturating_mul(1 << (limited - 1).min(5));
                    self.budget
                        .refused(question.resource, reach, time, self.pace.now());
                    if limited >= LIMITED {
                        return Err(self.rate_limited(time));
                    }
                    continue;
                }
                Ok((Verdict::Again(after), answer)) => (format!("status {}", answer.status.as_u16()), after),
                Err(problem) => (problem, None),
            };
            tries += 1;
            if tries >= TRIES {
                return Err(self.unanswered(problem));
            }
            self.pause(tries, retry_after).await?;
        }
    }

    /// Waits before something that failed is tried again.
    pub(super) async fn pause(&self, failures: u32, at_least: Option<Duration>) -> Result<(), GithubError> {
        let chance = match self.chance.lock() {
            Ok(mut chance) => chance.f64(),
            Err(_) => 1.0,
        };
        let time = pause(self.first_pause, failures, chance).max(at_least.unwrap_or_default());
        if time > self.max_wait.max(Duration::from_mins(1)) {
            return Err(self.rate_limited(time));
        }
        self.wait(time).await
    }

    async fn wait_for_room(&self, resource: Resource) -> Result<(), GithubError> {
        loop {
            let time = self.budget.wait(resource, self.pace.now());
            if time.is_zero() {
                return Ok(());
            }
            if time > self.max_wait {
                return Err(self.rate_limited(time));
            }
            tracing::info!(seconds = time.as_secs(), "waiting for GitHub's rate limit");
            self.wait(time).await?;
        }
    }

    async fn wait(&self, time: Duration) -> Result<(), GithubError> {
        tokio::select! {
            () = self.stop.cancelled() => Err(GithubError::Stopped),
            () = self.pace.wait(time) => Ok(()),
        }
    }

    fn rate_limited(&self, time: Duration) -> GithubError {
        let until = DateTime::<Utc>::from(self.pace.now() + time);
        GithubError::RateLimited { until }
    }

    /// Why nothing is asked any more, if so: what was found to be in vain is not tried for each repository again.
    fn given_up(&self) -> Option<GithubError> {
        if self.is_refused.load(Ordering::Relaxed) {
            return Some(GithubError::Unauthorized);
        }
        let is_down = self.failed_in_a_row.load(Ordering::Relaxed) >= DOWN_AFTER;
        is_down.then(|| GithubError::Down("its last answers were failures".to_owned()))
    }

    fn unanswered(&self, problem: String) -> GithubError {
        if self.failed_in_a_row.fetch_add(1, Ordering::Relaxed) + 1 >= DOWN_AFTER {
            GithubError::Down(problem)
        } else {
            GithubError::Unanswered(problem)
        }
    }

    /// Asks once. The outer error ends the run, the inner one is a fault of the network.
    async fn send(&self, question: &Question) -> Result<Result<(Verdict, Answer), String>, GithubError> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(&question.path);
        }
        if !question.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&question.query);
        }
        let mut redirects = 0;
        let mut response = loop {
            let response = match self.get(&url, question).await? {
                Ok(response) => response,
                Err(problem) => return Ok(Err(problem)),
            };
            // Each hop that the API answers is counted by it.
            self.budget
                .note(question.resource, response.headers(), self.pace.now());
            let Some(next) = redirect(&url, &response) else {
                break response;
            };
            redirects += 1;
            if redirects > REDIRECTS {
                return Ok(Err("too many redirects".to_owned()));
            }
            url = match next {
                Ok(next) => next,
                Err(problem) => return Ok(Err(problem)),
            };
        };
        let (status, now) = (response.status(), self.pace.now());
        let message = match status.as_u16() {
            403 | 429 => message_of(&mut response).await,
            _ => String::new(),
        };
        let verdict = judge(status, response.headers(), &message, now);
        let mut body = Vec::new();
        if status.is_success() {
            // An answer that breaks off is none: it is asked for again as any that failed.
            body = match self.read(&mut response, question.body).await? {
                Ok(body) => body,
                Err(problem) => return Ok(Err(problem)),
            };
        }
        let answer = Answer {
            status,
            response,
            body,
        };
        Ok(Ok((verdict, answer)))
    }

    /// Reads a body, as far as it is to be read here.
    async fn read(
        &self,
        response: &mut Response,
        body: Body,
    ) -> Result<Result<Vec<u8>, String>, GithubError> {
        tokio::select! {
            () = self.stop.cancelled() => Err(GithubError::Stopped),
            read = body.read(response) => match read {
                Err(BodyError::TooLong(limit)) => Err(GithubError::Unusable(format!("more than {limit} bytes"))),
                Err(BodyError::Broken(problem)) => Ok(Err(problem)),
                Ok(body) => Ok(Ok(body)),
            },
        }
    }
}

impl Github {
    /// Asks one address, with the token and all that is the API's business only where it is the API's.
    async fn get(&self, url: &Url, question: &Question) -> Result<Result<Response, String>, GithubError> {
        let mut request = self.http.get(url.clone());
        if url.origin() == self.base.origin() {
            request = request
                .headers(self.headers.clone())
                .header(ACCEPT, question.accept);
            if let Some(etag) = &question.etag {
                request = request.header(IF_NONE_MATCH, etag);
            }
            self.requests.fetch_add(1, Ordering::Relaxed);
        }
        tokio::select! {
            () = self.stop.cancelled() => Err(GithubError::Stopped),
            sent = request.send() => Ok(sent.map_err(plain)),
        }
    }
}

/// Where an answer sends on to; never from TLS to none.
fn redirect(from: &Url, response: &Response) -> Option<Result<Url, String>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok();
    let Some(next) = location.and_then(|location| from.join(location).ok()) else {
        return Some(Err("a redirect to no address".to_owned()));
    };
    let is_safe = next.scheme() == "https" || (next.scheme() == "http" && from.scheme() == "http");
    Some(if is_safe {
        Ok(next)
    } else {
        Err("a redirect away from https".to_owned())
    })
}
