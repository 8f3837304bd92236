//! `cargo xtask`: the project's tasks.
#![forbid(unsafe_code)]
#![allow(clippy::print_stderr)]

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tasks of the coffer project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Show coffer's main job on real input: a vault, a real `terraform apply`, a leak search, a lint run.
    Quickstart,
    /// Write the registry's pages from the catalogue and the examples.
    Docs,
    /// Score the linter on labelled files, and show what changed since the last accepted table.
    Accuracy {
        /// The folder with `cases.jsonl` and the files.
        #[arg(env = "COFFER_ACCURACY")]
        folder: std::path::PathBuf,
        /// Write the table in place of the accepted one.
        #[arg(long)]
        accept: bool,
    },
    /// Check formatting, lints and licences, then run all tests.
    Test {
        /// Packages to test, as `lint`, `vault` or `coffer-lint`; all when none is named.
        packages: Vec<String>,
        /// Fetch the tools that the tests need, and stop there.
        #[arg(long)]
        fetch_only: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Docs => xtask::docs::run(),
        Task::Quickstart => xtask::quickstart::run(),
        Task::Accuracy { folder, accept } => xtask::accuracy::run(&folder, accept),
        Task::Test {
            packages,
            fetch_only,
        } => xtask::test_run::run(&packages, fetch_only),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nfailed: {failure}");
            ExitCode::FAILURE
        }
    }
}
