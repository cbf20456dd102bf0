//! `autodex index --github`

use std::process::ExitCode;
use std::time::Instant;

use super::index::printable;
use super::output::{Progress, count, counted};
use super::run_record::Recorder;
use crate::config::{Config, Topic};
use crate::indexer::github::{Event, Fate, Github, GithubRun, Pace, Report, TooLarge, Wanted};
use crate::model::{IndexRun, RepositoryName, RunSource, RunStatus};

/// Indexes repositories on GitHub: those named, or else those with a topic.
pub(super) async fn run(
    topics: Vec<Topic>,
    repositories: Vec<RepositoryName>,
    verbose: u8,
    config: Config,
) -> anyhow::Result<ExitCode> {
    let wanted = if !repositories.is_empty() {
        Wanted::Named(repositories)
    } else if topics.is_empty() {
        Wanted::All(config.index.github.topics.clone())
    } else {
        Wanted::Topics(topics)
    };
    let database = super::open_database(&config).await?;
    let recorder = Recorder::start()?;
    let running = recorder
        .begin(&database, RunSource::Github, wanted.requested())
        .await?;
    let started = Instant::now();
    let github = Github::new(&config.index.github, Pace::machine(), running.stop().clone());
    let github = match github {
        Ok(github) => github,
        Err(error) => {
            running
                .finish(crate::indexer::Ending::CutShort(error.to_string()))
                .await?;
            return Err(error.into());
        }
    };
    let mut progress = Progress::of_steps("indexing", 0);
    let run = GithubRun {
        database: &database,
        running: &running,
        config: &config.index,
        github: &github,
        too_large: &TooLarge::default(),
    };
    let ending = run
        .run(&wanted, |event| match event {
            Event::Found(found) => progress.of(u64::from(found)),
            Event::Done(report) => {
                tell(&progress, report, verbose);
                progress.advance(1);
            }
        })
        .await;
    progress.finish();
    let ended = running.finish(ending).await?;
    super::announce(&config, &database).await;
    database.close().await?;
    tell_sums(&ended, started.elapsed().as_secs_f64(), verbose);
    Ok(if ended.status == RunStatus::Completed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn tell(progress: &Progress, Report { name, fate }: &Report, verbose: u8) {
    match fate {
        Fate::Failed(error) => progress.line(&format!("{name}: failed: {error}")),
        Fate::Removed(reason) => progress.line(&format!("{name}: removed: {reason}")),
        Fate::Unchanged if verbose > 1 => progress.line(&format!("{name}: unchanged")),
        Fate::Unchanged | Fate::Left => {}
        Fate::Indexed(indexed) => {
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

fn tell_sums(run: &IndexRun, seconds: f64, verbose: u8) {
    let sums = &run.figures;
    let number = |number: u32| count(number as usize);
    let counted = |number: u32, one, many| counted(number as usize, one, many);
    eprintln!(
        "found {} in {seconds:.1} s: {} indexed, {} unchanged, {} removed, {} failed",
        counted(sums.found, "repository", "repositories"),
        number(sums.indexed),
        number(sums.unchanged),
        number(sums.removed),
        number(sums.failed),
    );
    eprintln!(
        "{} in {} read: {} added, {} updated, {} removed",
        counted(sums.automations, "automation", "automations"),
        counted(sums.files, "file", "files"),
        number(sums.automations_added),
        number(sums.automations_updated),
        number(sums.automations_removed),
    );
    eprintln!(
        "{} to GitHub, {} of {} KiB",
        counted(sums.requests, "request", "requests"),
        counted(sums.downloads, "download", "downloads"),
        number(sums.downloaded_kib),
    );
    if sums.warnings > 0 {
        let hint = if verbose == 0 { "; -v tells which" } else { "" };
        let warnings = counted(sums.warnings, "warning", "warnings");
        eprintln!("{warnings} (a broken file costs itself only){hint}");
    }
    if let Some(message) = &run.message {
        eprintln!("not complete: {message}");
    }
}
