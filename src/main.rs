//! The `autodex` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    autodex::cli::main()
}
