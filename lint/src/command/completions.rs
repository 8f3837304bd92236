//! `coffer-lint completions` and `coffer-lint man`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Outcome;
use super::cli::Cli;

pub(crate) fn script(shell: Shell, out: &mut impl Write) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "coffer-lint", &mut script);
    out.write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn man(folder: &Path, out: &mut impl Write) -> Outcome {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Cli::command(), folder))
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    writeln!(out, "Wrote the pages to {}.", folder.display())?;
    Ok(ExitCode::SUCCESS)
}
