//! Starting a run, and waiting for its end.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use reqwest::Client;
use serde_json::{Value, json};

use crate::server::Server;

/// The operator's token.
pub(crate) const TOKEN: &str = "an operator of the load test";
/// How often it is looked whether a run has ended.
const LOOK: Duration = Duration::from_millis(200);

/// Starts a run and waits for its end; tells in a line what it did.
///
/// # Errors
/// It did not end well, or not in time.
pub(crate) async fn to_its_end(server: SocketAddr, patience: Duration) -> anyhow::Result<String> {
    let (client, started) = (Client::new(), Instant::now());
    let begun = ask(&client, server, "mutation { startIndexRun { id } }").await?;
    begun["startIndexRun"]["id"]
        .as_str()
        .context("no run was started")?;
    let query = "{ indexRuns(last: 1) { status repositoriesFound repositoriesIndexed automations automationsAdded downloads
        downloadedKib message } }";
    while started.elapsed() < patience {
        tokio::time::sleep(LOOK).await;
        let run = ask(&client, server, query).await?["indexRuns"][0].clone();
        match run["status"].as_str() {
            Some("RUNNING") => {}
            Some("COMPLETED") => return Ok(format!("{:.1} s, {run}", started.elapsed().as_secs_f64())),
            _ => bail!("the run did not end well: {run}"),
        }
    }
    bail!("the run did not end in {} s", patience.as_secs())
}

async fn ask(client: &Client, server: SocketAddr, query: &str) -> anyhow::Result<Value> {
    let request = client.post(format!("http://{server}/graphql")).bearer_auth(TOKEN);
    let mut answer: Value = request
        .json(&json!({"query": query}))
        .send()
        .await?
        .json()
        .await?;
    Ok(answer["data"].take())
}

/// The most memory a server has held, as Linux tells it.
pub(crate) fn most_memory(server: &Server) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "not told".to_owned(), |it| it.trim().to_owned())
}
