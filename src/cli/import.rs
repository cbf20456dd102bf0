//! `autodex import FILE`

use std::fs::File;
use std::io::{BufRead, BufReader, Seek};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use clap::Args;

use super::output::{Progress, count, counted};
use crate::config::Config;
use crate::transfer;

/// Read the lines an export wrote. What the file says of a repository replaces what the database held of it;
/// repositories the file does not name stay as they are.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file; - = standard input.
    file: PathBuf,
}

impl Import {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let (input, bytes) = open(&self.file)?;
        let database = super::open_database(&config).await?;
        let started = Instant::now();
        let mut progress = Progress::of_bytes("importing", bytes);
        let ended = transfer::import(&database, input, |bytes| progress.advance(bytes as u64)).await;
        progress.finish();
        let done = ended.with_context(|| format!("importing {}", self.file.display()))?;
        super::announce(&config, &database).await;
        database.close().await?;
        eprintln!(
            "imported {} of {} in {:.1} s: {} added, {} updated, {} removed",
            counted(done.automations, "automation", "automations"),
            counted(done.repositories, "repository", "repositories"),
            started.elapsed().as_secs_f64(),
            count(done.added),
            count(done.updated),
            count(done.removed),
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Opens the input, and tells how many bytes will be read: twice its length. Standard input can be read only once, and
/// goes through a temporary file.
fn open(path: &Path) -> anyhow::Result<(impl BufRead + Seek, u64)> {
    let file = if path.as_os_str() == "-" {
        let mut spool = tempfile::tempfile().context("cannot make a temporary file")?;
        std::io::copy(&mut std::io::stdin().lock(), &mut spool).context("cannot read standard input")?;
        spool.rewind()?;
        spool
    } else {
        File::open(path).with_context(|| format!("cannot open {}", path.display()))?
    };
    let bytes = file.metadata()?.len();
    Ok((BufReader::with_capacity(1 << 20, file), 2 * bytes))
}
