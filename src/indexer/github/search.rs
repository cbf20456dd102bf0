//! Finding repositories by a topic, page by page. GitHub shows a thousand results of a search and no more: a search with
//! more is taken apart by the day and second of creation, until each part has few enough.
//!
//! Invariant: what is held is one page, however many repositories there are.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::client::{Github, Question};
use super::described::{Described, Found};
use super::error::GithubError;
use super::limits::Resource;
use super::window::Window;
use crate::config::Topic;

/// Results on a page: the most there are.
const PAGE: usize = 100;
/// Results of one search that GitHub shows.
const SHOWN: usize = 1_000;
/// How often a part is searched again that did not show all it said it had.
const AGAIN: u32 = 2;

/// A search under way.
pub(super) struct Search<'a> {
    github: &'a Github,
    topic: &'a Topic,
    include_private: bool,
    /// What is still to be searched, the next one last.
    parts: Vec<Part>,
    /// Whether all that GitHub has was shown, as far as it went.
    pub(super) is_complete: bool,
}

/// A part of a search.
struct Part {
    window: Window,
    page: usize,
    shown: HashSet<i64>,
    tries: u32,
}

impl Part {
    fn new(window: Window) -> Self {
        Self {
            window,
            page: 1,
            shown: HashSet::new(),
            tries: 0,
        }
    }
}

#[derive(Deserialize)]
struct Page {
    total_count: usize,
    #[serde(default)]
    incomplete_results: bool,
    /// Each taken by itself: one that is odd costs itself only.
    items: Vec<Value>,
}

impl<'a> Search<'a> {
    pub(super) fn new(github: &'a Github, topic: &'a Topic, include_private: bool) -> Self {
        let now = DateTime::<Utc>::from(github.pace.now());
        Self {
            github,
            topic,
            include_private,
            parts: vec![Part::new(Window::all(now))],
            is_complete: true,
        }
    }

    /// The next repositories; `None` at the end. The same one may come again.
    ///
    /// # Errors
    /// GitHub does not answer.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Found>>, GithubError> {
        while let Some(mut part) = self.parts.pop() {
            let page = self.page(&part).await?;
            if part.page == 1
                && page.total_count > SHOWN
                && let Some([later, earlier]) = part.window.halves()
            {
                self.parts.extend([later, earlier].map(Part::new));
                continue;
            }
            let reachable = page.total_count.min(SHOWN);
            // More than a thousand in one second: the rest is out of reach.
            self.is_complete &= page.total_count <= SHOWN;
            let is_last = page.items.is_empty() || part.page * PAGE >= reachable;
            part.shown
                .extend(page.items.iter().filter_map(|item| item["id"].as_i64()));
            let is_short = page.incomplete_results || part.shown.len() < reachable;
            let found: Vec<Found> = page.items.into_iter().filter_map(taken).collect();
            if !is_last {
                part.page += 1;
                self.parts.push(part);
            } else if is_short && part.tries < AGAIN {
                // Results move while one turns the pages, and a search that takes GitHub too long ends early.
                (part.page, part.tries) = (1, part.tries + 1);
                self.parts.push(part);
            } else {
                self.is_complete &= !is_short;
            }
            if !found.is_empty() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn page(&self, part: &Part) -> Result<Page, GithubError> {
        let visibility = if self.include_private { "" } else { " is:public" };
        let window = part.window.qualifier();
        // A fork is left out of a search unless asked for; a topic of its own is its owner's wish all the same.
        let sought = format!("topic:{}{visibility} fork:true {window}", self.topic);
        let question = Question {
            query: vec![
                ("q", sought),
                ("per_page", PAGE.to_string()),
                ("page", part.page.to_string()),
            ],
            resource: Resource::Search,
            ..Question::new(["search", "repositories"])
        };
        let answer = self.github.ask(&question).await?;
        if !answer.status.is_success() {
            let status = answer.status.as_u16();
            return Err(GithubError::Unusable(format!("status {status} to a search")));
        }
        answer.json()
    }
}

/// A result, if it can be used.
fn taken(item: Value) -> Option<Found> {
    let (id, name) = (item["id"].clone(), item["full_name"].clone());
    let found = serde_json::from_value(item).ok().and_then(Described::taken);
    if found.is_none() {
        tracing::warn!(%id, %name, "a result of GitHub's search cannot be used");
    }
    found
}
