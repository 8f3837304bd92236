//! `coffer-lint baseline`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use coffer_lint::config::{self, Config};
use coffer_lint::filter::baseline::Baseline;
use coffer_lint::run::{self, Options};

use super::Outcome;
use super::cli::BaselineAction;

pub(crate) fn run(action: BaselineAction, out: &mut impl Write) -> Outcome {
    let BaselineAction::Prune { file, paths } = action;
    let start = paths.first().map_or(Path::new("."), |path| path.as_path());
    let config =
        config::find(start).map_or_else(|| Ok(Config::default()), |path| Config::read(&path))?;
    let baseline = Baseline::read(&file)?;
    let outcome = run::run(Options {
        paths,
        config: Config {
            baseline: Some(file.clone()),
            ..config
        },
        ..Options::default()
    })?;
    let (kept, gone) = baseline.pruned(&outcome);
    kept.write(&file)?;
    writeln!(
        out,
        "{gone} removed, {} kept in {}",
        kept.len(),
        file.display()
    )?;
    Ok(ExitCode::SUCCESS)
}
