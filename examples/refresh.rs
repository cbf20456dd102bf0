//! How long after the commit of one repository's update a search sees it, through a running server; and what of that is
//! the making of the new catalog, beside building one from all rows.
//!
//! ```sh
//! cargo run --release --example refresh -- --level 4
//! cargo run --release --example refresh -- --level 4 --database postgres://localhost/empty --redis redis://localhost
//! ```

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use autodex::app::{self, App};
use autodex::catalog::Live;
use autodex::config::{Config, Environment};
use autodex::db::{Database, IncomingAutomation};
use autodex::model::{Automation, Repository};
use autodex::synth::{Level, Synth};
use clap::Parser;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Repositories of one transaction while the data is loaded.
const BATCH: usize = 500;
/// How long an update may take to be seen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Measures how fast a change is seen.
#[derive(Parser)]
struct Arguments {
    /// The size of the data, 1 to 5.
    #[arg(long, default_value_t = 4)]
    level: u8,
    /// An empty database; a SQLite file of its own where none is named.
    #[arg(long)]
    database: Option<String>,
    /// The Redis over which the server is told of changes; without one it asks every so often.
    #[arg(long)]
    redis: Option<String>,
    /// How many updates are measured in each way.
    #[arg(long, default_value_t = 25)]
    rounds: u32,
    /// Milliseconds between two looks of the server at the database.
    #[arg(long, default_value_t = 1_000)]
    poll: u64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir()?;
    let file = format!("sqlite://{}?mode=rwc", folder.path().join("refresh.db").display());
    let url = arguments.database.clone().unwrap_or(file);
    let database = Database::connect(&url).await?;
    database.migrate().await?;
    ensure!(database.is_empty().await?, "the database is not empty");
    let content = load(&database, Level::try_from(arguments.level)?).await?;
    println!(
        "{}, level {}, {} rounds",
        database.engine().name(),
        arguments.level,
        arguments.rounds
    );

    alone(&database, &content, arguments.rounds).await?;
    through_a_server(&url, &database, &content, &arguments).await
}

type Content = Vec<(Repository, Vec<Automation>)>;

async fn load(database: &Database, level: Level) -> anyhow::Result<Content> {
    let content: Content = Synth::new(level, 42).collect();
    for some in content.chunks(BATCH) {
        let mut writer = database.write().await?;
        for (repository, automations) in some {
            writer.sync(repository, incoming(automations)).await?;
        }
        writer.commit().await?;
    }
    Ok(content)
}

fn incoming(automations: &[Automation]) -> Vec<IncomingAutomation> {
    automations
        .iter()
        .cloned()
        .map(IncomingAutomation::from)
        .collect()
}

/// Changes one automation of a repository, another one each round; gives the word that finds it.
async fn change(database: &Database, content: &Content, round: u32) -> anyhow::Result<String> {
    let (repository, automations) = &content[round as usize * 397 % content.len()];
    // Near no other word: a search for a misspelt one finds what the catalog knew before.
    let version = database.state().await?.data_version.unsigned_abs();
    let word = format!("z{:016x}", version.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut automations = automations.clone();
    automations.first_mut().context("an automation")?.alias = Some(word.clone());
    let mut writer = database.write().await?;
    writer.sync(repository, incoming(&automations)).await?;
    writer.commit().await?;
    Ok(word)
}

/// The making of catalogs alone: from all rows, and from those that changed.
async fn alone(database: &Database, content: &Content, rounds: u32) -> anyhow::Result<()> {
    let mut times = Vec::new();
    for _ in 0..3 {
        let started = Instant::now();
        Live::default().refresh(database).await?;
        times.push(started.elapsed());
    }
    tell("catalog from all rows", times);
    let live = Arc::<Live>::default();
    live.refresh(database).await?;
    let mut times = Vec::new();
    for round in 0..rounds {
        change(database, content, round).await?;
        let started = Instant::now();
        ensure!(live.refresh(database).await?, "there is something new");
        times.push(started.elapsed());
    }
    tell("catalog after one repository's update", times);
    Ok(())
}

async fn through_a_server(
    url: &str,
    database: &Database,
    content: &Content,
    arguments: &Arguments,
) -> anyhow::Result<()> {
    let poll = arguments.poll.to_string();
    let mut variables = vec![
        ("DATABASE_URL", url),
        ("PORT", "0"),
        ("RATELIMIT_ENABLED", "false"),
        ("CATALOG_POLL_INTERVAL_MS", &poll),
    ];
    if let Some(redis) = &arguments.redis {
        variables.extend([("REDIS_ENABLED", "true"), ("REDIS_URL", redis)]);
    }
    let config = Config::read(&Environment::of(variables))?;
    let redis = config.redis.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(
        App::build(config)
            .await?
            .serve(listener, async move { drop(stopped.await) }),
    );
    let client = Client::new();
    while client.get(format!("{address}/ready")).send().await?.status() != 200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut times = Vec::new();
    for round in 0..arguments.rounds {
        // At another point of the server's interval each time.
        tokio::time::sleep(Duration::from_millis(u64::from(round) * 37 % 400)).await;
        let word = change(database, content, round).await?;
        let committed = Instant::now();
        if arguments.redis.is_some() {
            app::announce(&redis, database).await?;
        }
        until_found(&client, &address, &word).await?;
        times.push(committed.elapsed());
    }
    let told = if arguments.redis.is_some() {
        "told over Redis"
    } else {
        "not told"
    };
    tell(
        &format!("from commit to a search that sees it, {told}, a look every {poll} ms"),
        times,
    );
    drop(stop);
    Ok(serving.await?)
}

async fn until_found(client: &Client, address: &str, word: &str) -> anyhow::Result<()> {
    let query = format!("{{ search(text: \"{word}\") {{ total }} }}");
    let started = Instant::now();
    loop {
        let request = client
            .post(format!("{address}/graphql"))
            .json(&json!({"query": query}));
        let answer: Value = request.send().await?.json().await?;
        if answer["data"]["search"]["total"] == 1 {
            return Ok(());
        }
        ensure!(started.elapsed() < PATIENCE, "{word} is not found: {answer}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn tell(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let (Some(&least), Some(&most)) = (times.first(), times.last()) else {
        return;
    };
    println!(
        "{what}: median {:.1} ms, {:.1} to {:.1}",
        milliseconds(times[times.len() / 2]),
        milliseconds(least),
        milliseconds(most),
    );
}
