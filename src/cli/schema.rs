//! `autodex schema`

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use similar::TextDiff;

use crate::graphql;

/// Print the GraphQL schema, or check a copy of it.
#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Compare with FILE: exit 1 and print the difference when it is not this schema.
    #[arg(long, value_name = "FILE")]
    check: Option<PathBuf>,
}

impl Schema {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let current = graphql::sdl();
        let Some(file) = self.check else {
            print!("{current}");
            return Ok(ExitCode::SUCCESS);
        };
        let name = file.display().to_string();
        let copy = std::fs::read_to_string(&file).with_context(|| format!("cannot read {name}"))?;
        if copy == current {
            return Ok(ExitCode::SUCCESS);
        }
        print!(
            "{}",
            TextDiff::from_lines(&copy, &current)
                .unified_diff()
                .header(&name, "the schema")
        );
        eprintln!("autodex: {name} is not the schema; renew it by `autodex schema > {name}`");
        Ok(ExitCode::FAILURE)
    }
}
