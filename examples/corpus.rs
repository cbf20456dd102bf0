//! Reads the whole corpus, compares it with its truth, and prints the figures: `cargo run --release --example corpus DIR`.

#[path = "../tests/corpus/compare.rs"]
mod compare;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let Some(corpus) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: corpus DIR");
        return ExitCode::from(2);
    };
    let start = Instant::now();
    match compare::compare(&corpus) {
        Ok(report) => {
            println!("{report}{:.2?}", start.elapsed());
            if report.unexplained() == 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            eprintln!("{}: {error}", corpus.display());
            ExitCode::from(2)
        }
    }
}
