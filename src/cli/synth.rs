//! `autodex synth`

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::output::{Progress, counted};
use crate::synth::Level;
use crate::transfer::Line;

/// Write a synthetic data set as lines of JSON, for tests and measurements. The same level and seed, the same lines.
#[derive(Debug, Args)]
pub(super) struct Synth {
    /// How large: 1 = 50 repositories with 500 automations, 2 = 500 / 5,000, 3 = 2,000 / 20,000, 4 = 10,000 / 200,000,
    /// 5 = 50,000 / 1,000,000.
    #[arg(long, value_parser = level)]
    level: Level,
    /// Which of the many possible data sets.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Write to FILE; standard output if left out.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn level(text: &str) -> Result<Level, String> {
    let number: u8 = text.parse().map_err(|_| "expected a number, 1 to 5".to_owned())?;
    Level::try_from(number).map_err(|error| error.to_string())
}

impl Synth {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut output: Box<dyn Write> = match &self.output {
            Some(path) => {
                let file = File::create(path).with_context(|| format!("cannot create {}", path.display()))?;
                Box::new(BufWriter::new(file))
            }
            None => Box::new(BufWriter::new(std::io::stdout().lock())),
        };
        let mut progress = Progress::of_steps("making", self.level.automations() as u64);
        let mut lines = 0;
        for (repository, automations) in crate::synth::Synth::new(self.level, self.seed) {
            let made = automations.len();
            for automation in automations {
                serde_json::to_writer(&mut output, &Line::new(automation, &repository))?;
                output.write_all(b"\n")?;
            }
            lines += made;
            progress.advance(made as u64);
        }
        output.flush()?;
        progress.finish();
        eprintln!("made {}", counted(lines, "automation", "automations"));
        Ok(ExitCode::SUCCESS)
    }
}
