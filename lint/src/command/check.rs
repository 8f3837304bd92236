//! `coffer-lint [PATHS]`: the check itself.

use std::fs::File;
use std::io::{BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use coffer_lint::config::{self, Config};
use coffer_lint::filter::baseline::Baseline;
use coffer_lint::filter::changes::Since;
use coffer_lint::fix;
use coffer_lint::report::look::Look;
use coffer_lint::report::{Format, statistics};
use coffer_lint::rules::finding::Severity;
use coffer_lint::run::{self, Options};
use coffer_lint::source::discover::{MAX_SIZE, Walk};

use super::Outcome;
use super::cli::Check;
use super::watch::Watch;

/// One fix can make room for the next one; so many rounds are enough for the longest chain there is.
const MAX_ROUNDS: usize = 8;

pub(crate) fn run(mut check: Check, out: &mut impl Write) -> Outcome {
    let start = Instant::now();
    let fail_on = match check.fail_on {
        Some(level) => level.into(),
        None => configuration(&check)?.fail_on.unwrap_or(Severity::Low),
    };
    let stdin = stdin(&mut check)?;
    let first = options(&check, stdin.clone())?;
    let watch = Watch::over(&first.progress, check.quiet);
    let mut outcome = run::run(first)?;
    drop(watch);
    if check.fix {
        let mut mended = 0;
        for _ in 0..MAX_ROUNDS {
            let (changed, applied) = fix::changes(&outcome, check.with_unsafe);
            if changed.is_empty() {
                break;
            }
            fix::write(&changed)?;
            mended += applied;
            outcome = run::run(options(&check, None)?)?;
        }
        if !check.quiet {
            let word = if mended == 1 { "finding" } else { "findings" };
            writeln!(anstream::stderr(), "{mended} {word} mended")?;
        }
    }
    if let Some(path) = &check.write_baseline {
        let baseline = Baseline::of(&outcome);
        baseline.write(path)?;
        writeln!(
            out,
            "{} findings accepted in {}",
            baseline.len(),
            path.display()
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    for output in &check.outputs {
        let mut file = BufWriter::new(create(&output.path)?);
        output.format.write(&outcome, &mut file)?;
        file.flush()?;
    }
    if check.diff {
        for changed in fix::changes(&outcome, check.with_unsafe).0 {
            if let Some(file) = outcome.file(changed.file) {
                write!(out, "{}", fix::unified(file, &changed))?;
            }
        }
    } else if !check.quiet {
        check.format.write_for(&outcome, look(start), out)?;
        if check.statistics && matches!(check.format, Format::Text | Format::Short) {
            statistics::write(&outcome, out)?;
        }
    }
    let failed = outcome
        .findings
        .iter()
        .any(|finding| finding.severity >= fail_on);
    // The process ends here: to take all trees apart would be lost time.
    std::mem::forget(outcome);
    Ok(ExitCode::from(u8::from(failed)))
}

/// On a terminal a report is as wide as that, has links, and tells the time.
fn look(start: Instant) -> Look {
    let stdout = std::io::stdout();
    let has_color = anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never;
    match terminal_size::terminal_size_of(&stdout) {
        Some((width, _)) => Look {
            width: usize::from(width.0),
            wraps: true,
            links: has_color,
            took: Some(start.elapsed()),
        },
        None => Look::default(),
    }
}

fn create(path: &Path) -> Result<File, String> {
    File::create(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The configuration that holds for a check.
pub(super) fn configuration(check: &Check) -> Result<Config, config::ConfigError> {
    let start = check
        .paths
        .first()
        .map(PathBuf::as_path)
        .unwrap_or(Path::new("."));
    let folder = if start.is_dir() {
        start
    } else {
        start.parent().unwrap_or(Path::new("."))
    };
    let found = match (&check.config, check.no_config) {
        (Some(path), _) => Some(path.clone()),
        (None, true) => None,
        (None, false) => config::find(folder),
    };
    found.map_or_else(|| Ok(Config::default()), |path| Config::read(&path))
}

/// What stands for `-`: its name and its bytes.
fn stdin(check: &mut Check) -> Result<Option<(PathBuf, Vec<u8>)>, String> {
    if !check.paths.iter().any(|path| path.as_os_str() == "-") {
        return Ok(None);
    }
    if check.paths.len() > 1 || check.fix {
        return Err(
            "`-` reads standard input; it goes with no other path, and --fix has no file to change"
                .to_owned(),
        );
    }
    check.paths.clear();
    let name = check
        .stdin_filename
        .clone()
        .unwrap_or_else(|| PathBuf::from("stdin.tf"));
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(MAX_SIZE)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("standard input: {error}"))?;
    Ok(Some((name, bytes)))
}

fn options(
    check: &Check,
    stdin: Option<(PathBuf, Vec<u8>)>,
) -> Result<Options, config::ConfigError> {
    let mut config = configuration(check)?;
    config.baseline = match (&check.write_baseline, &check.baseline) {
        (Some(_), _) => None,
        (None, Some(path)) => Some(path.clone()),
        (None, None) => config.baseline,
    };
    let since = match (&check.diff_base, check.staged) {
        (Some(base), _) => Some(Since::Base(base.clone())),
        (None, true) => Some(Since::Staged),
        (None, false) => None,
    };
    Ok(Options {
        paths: check.paths.clone(),
        select: check.select.clone(),
        schemas: check.schemas.clone(),
        var_files: check.var_files.clone(),
        config,
        no_suppressions: check.no_suppressions,
        since,
        stdin,
        history: check.history,
        walk: Walk {
            hidden: !check.no_hidden,
            ignored: check.no_ignore,
            archives: check.archives,
            max_size: check.max_size.unwrap_or(MAX_SIZE),
        },
        progress: Arc::default(),
    })
}
