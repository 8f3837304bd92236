//! The command line of coffer's vault, rotation, audit and leak proofs.
#![forbid(unsafe_code)]

mod arguments;
mod command;
mod failure;
mod output;
mod progress;
mod proof;
mod runtime;
mod session;
mod terminal;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Parser;

use crate::arguments::Arguments;
use crate::failure::Failure;

fn main() -> ExitCode {
    coffer_vault::forbid_core_dumps();
    // A write beyond a limit on file sizes then fails with an error that is reported, instead of killing the process.
    let _ = signal_hook::flag::register(
        signal_hook::consts::SIGXFSZ,
        Arc::new(AtomicBool::new(false)),
    );
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Clap sends help to stdout and errors to stderr; a closed pipe is no failure.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let format = arguments.global.format;
    match command::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Err(failure @ Failure::Program(_)) => failure.exit_code(),
        Err(failure) => {
            failure.print(format);
            failure.exit_code()
        }
    }
}
