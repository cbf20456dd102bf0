//! `autodex export`

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::output::counted;
use crate::config::Config;
use crate::transfer;

/// Write every automation as a line of JSON.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// Write to FILE; standard output if left out.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Export {
    pub(super) async fn run(self, config: Config) -> anyhow::Result<ExitCode> {
        let database = super::open_database(&config).await?;
        let output: Box<dyn Write> = match &self.output {
            Some(path) => {
                let file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
                Box::new(BufWriter::new(file))
            }
            None => Box::new(BufWriter::new(std::io::stdout())),
        };
        let lines = transfer::export(&database, output).await?;
        database.close().await?;
        eprintln!("exported {}", counted(lines, "automation", "automations"));
        Ok(ExitCode::SUCCESS)
    }
}
