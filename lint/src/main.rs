//! The coffer-lint command.
#![forbid(unsafe_code)]

mod command;
mod lsp;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser as _;
use command::cli::{Cli, Command};

/// Half of a run is the making of small trees; the system's allocator, musl's above all, is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const COULD_NOT_RUN: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    cli.check.color.apply();
    let mut out = BufWriter::new(anstream::stdout().lock());
    let result = match cli.command {
        None => command::check::run(cli.check, &mut out),
        Some(Command::Rules { format }) => command::list::run(format, &mut out),
        Some(Command::Inspect { place }) => command::inspect::run(&place, &mut out),
        Some(Command::Explain { rule }) => command::explain::run(&rule, &mut out),
        Some(Command::Baseline { action }) => command::baseline::run(action, &mut out),
        Some(Command::Config { action, place }) => command::config::run(action, &place, &mut out),
        Some(Command::Completions { shell }) => command::completions::script(shell, &mut out),
        Some(Command::Man { folder }) => command::completions::man(&folder, &mut out),
        Some(Command::Lsp) => lsp::run(),
        Some(Command::Hash { key }) => command::hash::run(&key, &mut out),
    };
    let result = result.and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match result {
        Ok(code) => code,
        Err(error) => {
            // A reader that has seen enough needs no word.
            let gone = error
                .downcast_ref::<io::Error>()
                .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
            if !gone {
                // Nothing is left to be told if standard error is gone as well.
                let _ = writeln!(anstream::stderr(), "coffer-lint: {error}");
            }
            ExitCode::from(COULD_NOT_RUN)
        }
    }
}
