//! Queries no cache has seen: search, facets and stats with other arguments each time, over one connection.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::client::Request;
use crate::figures::Figures;
use crate::load::Load;
use crate::mode::Mode;
use crate::queries::{Shape, post};
use crate::rig::Rig;
use crate::vocabulary::Vocabulary;

/// How many of the commonest words are looked for.
const WORDS: usize = 75;
/// Pages of each.
const PAGES: usize = 3;
/// Requests that are not measured.
const WARM_UP: usize = 50;
/// How long they may last.
const PATIENCE: Duration = Duration::from_secs(10);

/// One mode's figures.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    /// Which.
    pub(crate) mode: Mode,
    /// What is new in each request.
    pub(crate) new: Novelty,
    /// The figures.
    pub(crate) figures: Figures,
}

/// What is new in each request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Novelty {
    /// The variables: what a visitor changes.
    Variables,
    /// The variables and the document, which has to be parsed and validated too.
    Document,
}

impl Novelty {
    const ALL: [Self; 2] = [Self::Variables, Self::Document];

    /// Its name, for people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Variables => "new variables",
            Self::Document => "new document",
        }
    }
}

/// Measures, each round and mode on a server of its own, with empty caches.
///
/// # Errors
/// A process does not start or answer.
pub(crate) async fn measure(rig: &Rig) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for new in Novelty::ALL {
        let mut requests = requests(rig.vocabulary(), rig.seed, new);
        let warm_up: Arc<[Request]> = requests.split_off(requests.len().saturating_sub(WARM_UP)).into();
        let measured: Arc<[Request]> = requests.into();
        let modes = rig.modes();
        let mut seen: Vec<(Mode, Vec<Figures>)> = modes.into_iter().map(|mode| (mode, Vec::new())).collect();
        for round in 1..=rig.rounds {
            for (mode, figures) in &mut seen {
                figures.push(look(rig, *mode, &warm_up, &measured).await?);
            }
            eprintln!("miss {round}/{}: {}", rig.rounds, new.name());
        }
        let row = |(mode, figures): (Mode, Vec<Figures>)| {
            let figures = Figures::median(&figures)?;
            Some(Row { mode, new, figures })
        };
        rows.extend(seen.into_iter().filter_map(row));
    }
    Ok(rows)
}

async fn look(
    rig: &Rig,
    mode: Mode,
    warm_up: &Arc<[Request]>,
    measured: &Arc<[Request]>,
) -> anyhow::Result<Figures> {
    let server = rig.start(mode).await?;
    // Each request once: the second time it would be a hit.
    let once =
        |requests: &Arc<[Request]>, time| Load::one_by_one(Arc::clone(requests), time, requests.len() as u64);
    once(warm_up, PATIENCE).run(server.address()).await?;
    rig.phase(&server, &once(measured, rig.time * 2)).await
}

/// Each word on each page in both orders, in a random order; `top` differs too, so that no facets are asked twice.
fn requests(vocabulary: &Vocabulary, seed: u64, new: Novelty) -> Vec<Request> {
    let mut variables: Vec<Value> = Vec::new();
    for word in vocabulary.words.iter().take(WORDS) {
        for page in 1..=PAGES {
            for (order, top) in [("RELEVANCE", 10 + page), ("STARS", 10 - page)] {
                variables.push(json!({"text": word, "page": page, "order": order, "top": top}));
            }
        }
    }
    Chance::new(seed, 0).shuffle(&mut variables);
    let request = |(number, variables): (usize, &Value)| match new {
        Novelty::Variables => Shape::Home.request(variables),
        Novelty::Document => post(&Shape::Home.document(Some(&format!("a{number}"))), variables),
    };
    variables.iter().enumerate().map(request).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_request_comes_twice_and_only_one_kind_keeps_its_document() {
        let vocabulary = Vocabulary {
            words: (0..100).map(|at| format!("word{at}")).collect(),
            ..Vocabulary::default()
        };
        let document = |request: &Request| {
            let text = String::from_utf8_lossy(request).into_owned();
            let (_, body) = text.split_once("\r\n\r\n").unwrap();
            serde_json::from_str::<Value>(body).unwrap()["query"].to_string()
        };
        for (new, documents) in [(Novelty::Variables, 1), (Novelty::Document, WORDS * PAGES * 2)] {
            let requests = requests(&vocabulary, 1, new);
            assert_eq!(requests.iter().collect::<HashSet<_>>().len(), WORDS * PAGES * 2);
            assert_eq!(
                requests.iter().map(document).collect::<HashSet<_>>().len(),
                documents
            );
        }
    }
}
