//! Where the time of an answer goes that no cache has: parsing, validating, the catalog, SQL, serialising.
//!
//! A server of its own answers distinct requests one after another, and the spans of each are added up. Tracing costs
//! time itself: what answers take without it is measured by the `stress` example.
//!
//! ```sh
//! cargo run --release --example miss_parts -- --level 2
//! ```

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use autodex::app::App;
use autodex::config::{Config, Environment};
use autodex::db::{Database, IncomingAutomation};
use autodex::synth::{Level, Synth};
use clap::Parser;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context as LayerContext, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Repositories of one transaction while the data is loaded.
const BATCH: usize = 500;
/// Requests that are not counted.
const WARM_UP: usize = 50;
/// The spans of the parts, as they are named in the code and as they are told.
const PARTS: [(&str, &str); 7] = [
    ("parse", "parse and guard"),
    ("validate", "validate"),
    ("catalog search", "catalog: search"),
    ("catalog facets", "catalog: facets"),
    ("sql automations and repositories", "SQL"),
    ("serialise", "serialise"),
    ("graphql", "the whole operation"),
];

/// What the site asks when it opens; `NAME` makes it another document.
const HOME: &str = "query NAME($text: String, $order: AutomationOrder! = RELEVANCE, $page: Int! = 1, $size: Int! = 15,
  $top: Int! = 10) {
  search(text: $text, orderBy: $order, page: $page, perPage: $size) { total page perPage pageCount results { ...Card } }
  facets(text: $text, top: $top) { total repositories { ...Values } blueprints { ...Values } triggers { ...Values }
    actionDomains { ...Values } actions { ...Values } }
  stats { totalRepositories totalAutomations totalBlueprints totalTriggers totalActions lastIndexedAt dataVersion } }
fragment Card on Automation { id alias description triggerTypes actionCalls actionDomains blueprintPath sourceFilePath
  startLine endLine githubUrl repository { fullName description url stars } }
fragment Values on Facet { totalValues values { value count selected } }";

/// Measures where the time of a miss goes.
#[derive(Parser)]
struct Arguments {
    /// The size of the data, 1 to 5.
    #[arg(long, default_value_t = 2)]
    level: u8,
    /// An empty database; a SQLite file of its own where none is named.
    #[arg(long)]
    database: Option<String>,
    /// Distinct requests that are counted.
    #[arg(long, default_value_t = 500)]
    requests: usize,
}

/// How long the spans of a name were open, since it was last asked.
#[derive(Clone, Debug, Default)]
struct Spans(Arc<Mutex<BTreeMap<String, Duration>>>);

/// A span under way.
struct Open {
    name: String,
    since: Instant,
}

struct Asked(String);

impl Visit for Asked {
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "asked" {
            self.0 = format!(" {value}");
        }
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: LayerContext<'_, S>) {
        let mut asked = Asked(String::new());
        attributes.record(&mut asked);
        if let Some(span) = context.span(id) {
            let name = format!("{}{}", span.name(), asked.0);
            let since = Instant::now();
            span.extensions_mut().insert(Open { name, since });
        }
    }

    fn on_close(&self, id: Id, context: LayerContext<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        if let Some(Open { name, since }) = span.extensions_mut().remove::<Open>() {
            *self.sums().entry(name).or_default() += since.elapsed();
        }
    }
}

impl Spans {
    fn sums(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Duration>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> BTreeMap<String, Duration> {
        std::mem::take(&mut *self.sums())
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let spans = Spans::default();
    tracing_subscriber::registry()
        .with(spans.clone().with_filter(EnvFilter::new("autodex=debug")))
        .init();
    let folder = tempfile::tempdir()?;
    let file = format!("sqlite://{}?mode=rwc", folder.path().join("parts.db").display());
    let url = arguments.database.clone().unwrap_or(file);
    let words = load(&url, Level::try_from(arguments.level)?).await?;

    let config = Config::read(&Environment::of([
        ("DATABASE_URL", url.as_str()),
        ("PORT", "0"),
        ("RATELIMIT_ENABLED", "false"),
        ("CACHE_WARM_OPERATIONS", "0"),
    ]))?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let app = App::build(config).await?;
    let serving = tokio::spawn(app.serve(listener, async move { drop(stopped.await) }));
    until_ready(&address).await?;
    println!("level {}, {} requests", arguments.level, arguments.requests);
    for (what, new_documents) in [("known document", false), ("new document", true)] {
        let asked = Questions {
            address: &address,
            words: &words,
            new_documents,
        };
        let seen = asked.ask(arguments.requests, &spans).await?;
        tell(what, &seen);
    }
    drop(stop);
    Ok(serving.await?)
}

/// Loads the data, and gives the words that most aliases begin with.
async fn load(url: &str, level: Level) -> anyhow::Result<Vec<String>> {
    let database = Database::connect(url).await?;
    database.migrate().await?;
    ensure!(database.is_empty().await?, "the database is not empty");
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let content: Vec<_> = Synth::new(level, 42).collect();
    for some in content.chunks(BATCH) {
        let mut writer = database.write().await?;
        for (repository, automations) in some {
            for alias in automations.iter().filter_map(|it| it.alias.as_deref()) {
                let words = alias
                    .split_whitespace()
                    .filter(|word| word.chars().all(char::is_alphabetic));
                words.for_each(|word| *counts.entry(word.to_lowercase()).or_default() += 1);
            }
            let incoming = automations
                .iter()
                .cloned()
                .map(IncomingAutomation::from)
                .collect();
            writer.sync(repository, incoming).await?;
        }
        writer.commit().await?;
    }
    let mut words: Vec<_> = counts.into_iter().collect();
    words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Ok(words.into_iter().map(|(word, _)| word).take(75).collect())
}

async fn until_ready(address: &str) -> anyhow::Result<()> {
    let client = Client::new();
    while client.get(format!("{address}/ready")).send().await?.status() != 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Requests of which each is new.
struct Questions<'a> {
    address: &'a str,
    words: &'a [String],
    new_documents: bool,
}

/// What one request took: as the client sees it, and by part.
struct Seen {
    whole: Duration,
    parts: BTreeMap<String, Duration>,
}

impl Questions<'_> {
    async fn ask(&self, requests: usize, spans: &Spans) -> anyhow::Result<Vec<Seen>> {
        let client = Client::new();
        let mut seen = Vec::new();
        for number in 0..WARM_UP + requests {
            let body = self.request(number)?;
            spans.take();
            let started = Instant::now();
            let response = client
                .post(format!("{}/graphql", self.address))
                .json(&body)
                .send()
                .await?;
            let state = response.headers().get("x-cache").cloned();
            let answer = response.bytes().await?;
            let whole = started.elapsed();
            ensure!(
                answer.starts_with(b"{\"data\""),
                "{}",
                String::from_utf8_lossy(&answer)
            );
            // Stats, and facets on another page, may be known: only search never is.
            ensure!(
                state.is_some_and(|state| state != "HIT"),
                "request {number} was asked before"
            );
            seen.push(Seen {
                whole,
                parts: spans.take(),
            });
        }
        Ok(seen.split_off(WARM_UP))
    }

    /// Each word on another page or in another order each time; another `top`, so that no facets are asked twice.
    fn request(&self, number: usize) -> anyhow::Result<Value> {
        let turn = number / self.words.len();
        let order = ["RELEVANCE", "STARS", "RECENT"]
            .get(turn % 3)
            .context("an order")?;
        // Values that the other round has not left in the cache.
        let (name, size, top) = if self.new_documents {
            (format!("Home{number}"), 16, 11 + 2 * turn)
        } else {
            ("Home".to_owned(), 15, 10 + 2 * turn)
        };
        let text = &self.words[number % self.words.len()];
        Ok(json!({
            "query": HOME.replace("NAME", &name),
            "variables": {"text": text, "page": 1 + turn / 3, "size": size, "order": order, "top": top},
        }))
    }
}

fn tell(what: &str, seen: &[Seen]) {
    let median = |of: &dyn Fn(&Seen) -> Duration| {
        let mut all: Vec<_> = seen.iter().map(of).collect();
        all.sort_unstable();
        all[all.len() / 2].as_secs_f64() * 1e6
    };
    let whole = median(&|seen| seen.whole);
    println!("\n{what}: {:.0} us, medians of {}", whole, seen.len());
    let mut rest = whole;
    for (name, told) in PARTS {
        let part = median(&|seen| seen.parts.get(name).copied().unwrap_or_default());
        if name != "graphql" {
            rest -= part;
        }
        println!("  {told:<22} {part:>7.0} us  {:>4.0} %", part / whole * 100.0);
    }
    println!(
        "  {:<22} {rest:>7.0} us  {:>4.0} %",
        "all the rest",
        rest / whole * 100.0
    );
}
