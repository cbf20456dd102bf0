//! A database, the settings of a run against the fake, and what a run is told to have done.

use std::time::Duration;

use autodex::config::{Config, Environment, IndexConfig, Topic};
use autodex::db::{Database, NewRun};
use autodex::indexer::Running;
use autodex::indexer::github::{Event, Fate, Github, GithubRun, Pace, TooLarge, Wanted};
use autodex::model::{IndexRun, RunSource, RunStarter};
use tokio_util::sync::CancellationToken;

use crate::support::TestDatabase;
use crate::support::github::FakeGithub;

/// What an index run needs.
pub(crate) struct Place {
    pub(crate) github: FakeGithub,
    pub(crate) database: Database,
    pub(crate) config: IndexConfig,
    pub(crate) wanted: Wanted,
    /// What its runs know from one another, as those of one server do.
    pub(crate) too_large: TooLarge,
    _kept: TestDatabase,
}

/// What a run did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) run: IndexRun,
    /// Every repository and what became of it, in the order of their names.
    pub(crate) fates: Vec<(String, String)>,
    /// The waits it would have made.
    pub(crate) waited: Vec<Duration>,
}

impl Place {
    pub(crate) async fn new(database: TestDatabase, github: FakeGithub) -> Self {
        let variables = [
            ("GITHUB_API_URL", github.url.as_str()),
            ("GITHUB_TOKEN", "a-token"),
        ];
        let mut config = Config::read(&Environment::of(variables)).unwrap().index;
        // A machine under load is not a GitHub that is down.
        config.github.timeout = Duration::from_secs(20);
        Self {
            github,
            database: database.open().await,
            config,
            wanted: Wanted::All(Topic::defaults()),
            too_large: TooLarge::default(),
            _kept: database,
        }
    }

    pub(crate) async fn sqlite(repos: impl IntoIterator<Item = crate::support::github::Repo>) -> Self {
        Self::new(TestDatabase::sqlite(), FakeGithub::start(repos).await).await
    }

    /// What the index holds, a line each: `owner/name: alias`.
    pub(crate) async fn held(&self) -> Vec<String> {
        let scan = self.database.scan().await.unwrap();
        let mut held = Vec::new();
        for repository in scan.repositories().await.unwrap() {
            let name = format!("{}/{}", repository.repository.owner, repository.repository.name);
            for row in scan.automations_of(repository.id).await.unwrap() {
                held.push(format!("{name}: {}", row.automation.alias.unwrap_or_default()));
            }
        }
        held.sort();
        held
    }

    /// The names of the repositories that the index holds, automations or not.
    pub(crate) async fn repositories(&self) -> Vec<String> {
        let scan = self.database.scan().await.unwrap();
        let rows = scan.repositories().await.unwrap();
        let mut names: Vec<String> = rows
            .iter()
            .map(|row| format!("{}/{}", row.repository.owner, row.repository.name))
            .collect();
        names.sort();
        names
    }

    pub(crate) async fn data_version(&self) -> i64 {
        self.database.state().await.unwrap().data_version
    }

    /// For these repositories only.
    pub(crate) fn named(&mut self, names: &[&str]) {
        self.wanted = Wanted::Named(names.iter().map(|name| name.parse().unwrap()).collect());
    }
}

/// A run over all of GitHub, started by hand.
pub(crate) fn new_run() -> NewRun {
    NewRun {
        source: RunSource::Github,
        started_by: RunStarter::Command,
        requested: Vec::new(),
        unless_since: None,
    }
}

/// Runs to the end; waits are jumped over.
pub(crate) async fn index(place: &Place) -> Done {
    let stop = CancellationToken::new();
    let running = Running::begin(&place.database, &new_run(), &stop)
        .await
        .unwrap()
        .unwrap();
    run(place, running).await
}

pub(crate) async fn run(place: &Place, running: Running) -> Done {
    let pace = Pace::jumping();
    place.github.world().pace = pace.clone();
    let github = Github::new(&place.config.github, pace.clone(), running.stop().clone()).unwrap();
    let run = GithubRun {
        database: &place.database,
        running: &running,
        config: &place.config,
        github: &github,
        too_large: &place.too_large,
    };
    let mut fates = Vec::new();
    let ending = run
        .run(&place.wanted, |event| {
            if let Event::Done(report) = event {
                fates.push((report.name.clone(), told(&report.fate)));
            }
        })
        .await;
    fates.sort();
    Done {
        run: running.finish(ending).await.unwrap(),
        fates,
        waited: pace.waited(),
    }
}

fn told(fate: &Fate) -> String {
    match fate {
        Fate::Indexed(indexed) => format!("indexed {}", indexed.automations),
        Fate::Unchanged => "unchanged".to_owned(),
        Fate::Removed(reason) => format!("removed: {reason}"),
        Fate::Left => "left".to_owned(),
        Fate::Failed(error) => format!("failed: {error}"),
    }
}

impl Done {
    /// What became of a repository.
    #[track_caller]
    pub(crate) fn fate(&self, name: &str) -> &str {
        let mut fates = self.fates.iter().filter(|(it, _)| it == name);
        let (_, fate) = fates
            .next()
            .unwrap_or_else(|| panic!("nothing of {name} in {self:#?}"));
        assert_eq!(fates.next(), None, "{name} was done twice");
        fate
    }
}
