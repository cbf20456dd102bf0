//! `autodex index DIR...` and `autodex index --github`: what is given, and what is told.

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{ArgAction, Args};

use super::output::{Progress, count, counted};
use super::run_record::Recorder;
use crate::config::{Config, Topic};
use crate::indexer::{self, Candidate, Ending, RepositoryReport, SourceError, Summary};
use crate::model::{RepositoryName, RunSource};

/// The exit code of bad use, as clap's own.
const BAD_USE: u8 = 2;

/// Index Home Assistant configurations into the database. What is unchanged since the last time stays as it is.
#[derive(Debug, Args)]
pub(super) struct Index {
    /// Folders with a configuration each, or with `<owner>/<name>/` folders (see --tree).
    #[arg(required_unless_present = "github", value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Index repositories on GitHub: those with a topic (see --topic), or those named by --repository.
    #[arg(long, conflicts_with_all = ["folders", "tree"])]
    github: bool,
    /// The topic by which repositories are found instead of those that `GITHUB_TOPICS` names; may be repeated.
    #[arg(long = "topic", value_name = "TOPIC", conflicts_with = "repositories")]
    topics: Vec<Topic>,
    /// Every DIR holds `<owner>/<name>/` folders, each with an optional META.json (`owner`, `name`, `description`,
    /// `url`, `default_branch`, `stars`).
    #[arg(long, conflicts_with = "repositories")]
    tree: bool,
    /// What repository DIR is; asked of its git remote if left out. With --github: the repository to index; may be
    /// repeated.
    #[arg(long = "repository", value_name = "OWNER/NAME")]
    repositories: Vec<RepositoryName>,
    /// Tell what could not be read, file by file; given twice, of every repository what was done.
    #[arg(short, long, action = ArgAction::Count)]
    verbose: u8,
}

impl Index {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        if self.github {
            let run = super::index_github::run(self.topics, self.repositories, self.verbose, config);
            return Box::pin(run).await;
        }
        // Not left to `requires`, which gives way where what is required conflicts with DIR.
        if !self.topics.is_empty() {
            return Ok(bad_use(
                &"--topic finds repositories on GitHub: give --github instead of DIR",
            ));
        }
        let several = self.repositories.len() > 1 || self.folders.len() > 1;
        if !self.repositories.is_empty() && several {
            return Ok(bad_use(
                &"--repository names one configuration; give one DIR with it",
            ));
        }
        let candidates = match self.candidates() {
            Ok(candidates) => candidates,
            Err(error) => return Ok(bad_use(&error)),
        };
        let (candidates, twins) = without_twins(candidates);
        let database = super::open_database(&config).await?;
        let recorder = Recorder::start()?;
        let requested = self.repositories.iter().map(ToString::to_string).collect();
        let running = recorder.begin(&database, RunSource::Folders, requested).await?;
        let started = Instant::now();
        let mut progress = Progress::of_steps("indexing", candidates.len() as u64);
        for name in &twins {
            progress.line(&format!(
                "{name}: failed: another folder is this repository too, and was taken"
            ));
        }
        let mut summary = indexer::run_recorded(&database, &running, candidates, |report| {
            tell(&progress, report, self.verbose);
            progress.advance(1);
        })
        .await;
        summary.failed += twins.len();
        progress.finish();
        let is_stopped = running.stop().is_cancelled();
        let ending = if is_stopped {
            Ending::Stopped
        } else {
            Ending::Through
        };
        running.finish(ending).await?;
        super::announce(&config, &database).await;
        database.close().await?;
        tell_sums(&summary, started.elapsed().as_secs_f64(), self.verbose);
        if is_stopped {
            eprintln!("stopped; what was indexed stays");
        }
        Ok(if summary.failed == 0 && !is_stopped {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn candidates(&self) -> Result<Vec<Candidate>, SourceError> {
        let mut candidates = Vec::new();
        for folder in &self.folders {
            if self.tree {
                candidates.extend(indexer::tree(folder)?);
            } else {
                candidates.push(indexer::folder(folder, self.repositories.first())?);
            }
        }
        Ok(candidates)
    }
}

/// A text of strangers without what a terminal would obey: control characters are written out.
pub(super) fn printable(text: &str) -> String {
    let shown = |c: char| {
        if c.is_control() {
            c.escape_default().to_string()
        } else {
            c.to_string()
        }
    };
    text.chars().map(shown).collect()
}

/// The first of those that name the same repository, and the names of the others: indexed both, each would undo the other.
fn without_twins(candidates: Vec<Candidate>) -> (Vec<Candidate>, Vec<String>) {
    let (mut seen, mut twins) = (HashSet::new(), Vec::new());
    let firsts = candidates.into_iter().filter(|candidate| {
        let is_first = seen.insert(candidate.name().to_lowercase());
        if !is_first {
            twins.push(candidate.name());
        }
        is_first
    });
    (firsts.collect(), twins)
}

fn bad_use(error: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("autodex: {error}");
    ExitCode::from(BAD_USE)
}

fn tell(progress: &Progress, RepositoryReport { name, result }: &RepositoryReport, verbose: u8) {
    match result {
        Err(error) => progress.line(&format!("{name}: failed: {error}")),
        Ok(indexed) => {
            if verbose > 1 {
                let found = counted(indexed.automations, "automation", "automations");
                let files = counted(indexed.files, "file", "files");
                progress.line(&format!("{name}: {found} in {files}"));
            }
            if verbose > 0 {
                for warning in &indexed.warnings {
                    progress.line(&format!("{name}: {}", printable(&warning.to_string())));
                }
            }
        }
    }
}

fn tell_sums(sums: &Summary, seconds: f64, verbose: u8) {
    eprintln!(
        "indexed {} in {} of {} in {seconds:.1} s: {} added, {} updated, {} removed",
        counted(sums.automations, "automation", "automations"),
        counted(sums.files, "file", "files"),
        counted(sums.repositories, "repository", "repositories"),
        count(sums.added),
        count(sums.updated),
        count(sums.removed),
    );
    if sums.warnings > 0 {
        let hint = if verbose == 0 { "; -v tells which" } else { "" };
        eprintln!(
            "{} (a broken file costs itself only){hint}",
            counted(sums.warnings, "warning", "warnings")
        );
    }
    if sums.failed > 0 {
        eprintln!("{} failed", counted(sums.failed, "repository", "repositories"));
    }
}
