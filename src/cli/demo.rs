//! `autodex demo`: all of it in a minute, on embedded defaults.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use rust_embed::RustEmbed;
use tokio::net::TcpListener;

use super::output::counted;
use super::serve::told_to_stop;
use crate::app::App;
use crate::config::{Config, SecretUrl};
use crate::indexer::files::MemoryTree;
use crate::indexer::{self, Candidate};
use crate::model::RepositoryName;

/// The sample homes, within the program.
#[derive(RustEmbed)]
#[folder = "examples/homes"]
struct Homes;

/// Try it: sample homes in a temporary database, served on 127.0.0.1:8000. Needs nothing.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The port to listen on; 0 = any free one.
    #[arg(long, default_value_t = 8000)]
    port: u16,
}

impl Demo {
    /// Serves until SIGINT or SIGTERM; the database goes with it. Of the environment only how to log is used.
    pub(super) async fn run(self, environment: Config) -> anyhow::Result<ExitCode> {
        let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
        let token = token();
        let app = App::build(config(environment.log, self.port, folder.path(), &token)?).await?;
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, self.port))
            .await
            .with_context(|| {
                format!(
                    "cannot listen on 127.0.0.1:{}; try `autodex demo --port 0`",
                    self.port
                )
            })?;
        println!(
            "Autodex finds Home Assistant automations. This is a demonstration: sample homes in a temporary database.\n"
        );
        let summary = indexer::run(app.database(), homes(), |_| {}).await;
        println!(
            "Indexed {} in {}, of eight layouts ({} about broken files, as meant).",
            counted(summary.automations, "automation", "automations"),
            counted(summary.repositories, "home", "homes"),
            counted(summary.warnings, "warning", "warnings"),
        );
        eprintln!("An operator's token, of this demonstration only: {token}\n");
        print_addresses(&format!("http://{}", listener.local_addr()?));
        app.serve(listener, told_to_stop()?).await;
        Ok(ExitCode::SUCCESS)
    }
}

/// 128 bits by chance, in hexadecimal digits.
fn token() -> String {
    use std::hash::{BuildHasher, RandomState};
    let half = || RandomState::new().hash_one("token");
    format!("{:016x}{:016x}", half(), half())
}

/// The defaults, whatever the environment says, but for the log and the database.
fn config(
    log: crate::config::LogConfig,
    port: u16,
    folder: &std::path::Path,
    token: &str,
) -> Result<Config, crate::config::ConfigError> {
    let mut config = Config::read(&crate::config::Environment::of([("ADMIN_TOKEN", token)]))?;
    config.log = log;
    config.http.port = port;
    let file = folder.join("demo.db");
    config.database.url = SecretUrl::from(format!("sqlite://{}?mode=rwc", file.display()));
    Ok(config)
}

/// The homes, from the paths `<owner>/<name>/...` within the program.
fn homes() -> Vec<Candidate> {
    let mut trees = std::collections::BTreeMap::<(String, String), (MemoryTree, Vec<u8>)>::new();
    for path in Homes::iter() {
        let mut parts = path.splitn(3, '/');
        let (Some(owner), Some(name), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let Some(file) = Homes::get(&path) else { continue };
        let (tree, meta) = trees.entry((owner.to_owned(), name.to_owned())).or_default();
        if rest == "META.json" {
            *meta = file.data.into_owned();
        } else {
            tree.insert(rest, file.data.into_owned());
        }
    }
    let candidate = |((owner, name), (tree, meta)): ((String, String), (MemoryTree, Vec<u8>))| {
        let name = RepositoryName { owner, name };
        Candidate::with_files(indexer::described_by(&meta, &name), tree)
    };
    trees.into_iter().map(candidate).collect()
}

fn print_addresses(base: &str) {
    println!(
        r#"
  Editor   {base}/graphiql
  GraphQL  {base}/graphql
  Schema   {base}/schema.graphql
  Health   {base}/health

Paste one of these into the editor, or into a shell:

  1. Which automations speak of lamps?

     {{ search(text: "lamp") {{ total results {{ alias repository {{ fullName }} githubUrl }} }} }}

     curl -s {base}/graphql -H 'content-type: application/json' \
       -d '{{"query": "{{ search(text: \"lamp\") {{ total results {{ alias repository {{ fullName }} }} }} }}"}}'

  2. What do the automations that switch lights react to?

     {{ facets(filter: {{actionDomains: ["light"]}}) {{ total triggers {{ values {{ value count }} }} }} }}

     curl -s {base}/graphql -H 'content-type: application/json' \
       -d '{{"query": "{{ facets(filter: {{actionDomains: [\"light\"]}}) {{ total triggers {{ values {{ value count }} }} }} }}"}}'

  3. How large is the index?

     {{ stats {{ totalRepositories totalAutomations totalBlueprints totalTriggers totalActions }} }}

     curl -s {base}/graphql -H 'content-type: application/json' \
       -d '{{"query": "{{ stats {{ totalRepositories totalAutomations totalBlueprints totalTriggers totalActions }} }}"}}'

Ctrl-C ends it.
"#
    );
}
