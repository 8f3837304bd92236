//! `coffer-lint config`: which files hold and what they come to, and the schema of the file.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use coffer_lint::config::{self, Config};

use super::Outcome;
use super::cli::{ConfigAction, ConfigPlace};

/// The schema of the file.
const SCHEMA: &str = include_str!("../../../docs/lint/configuration.schema.json");

pub(crate) fn run(
    action: Option<ConfigAction>,
    place: &ConfigPlace,
    out: &mut impl Write,
) -> Outcome {
    if let Some(ConfigAction::Schema) = action {
        write!(out, "{SCHEMA}")?;
        return Ok(ExitCode::SUCCESS);
    }
    let found = match &place.config {
        Some(path) => Some(path.clone()),
        None => config::find(Path::new(".")),
    };
    let Some(path) = found else {
        writeln!(
            out,
            "no {} here or above; all defaults hold",
            config::FILE_NAME
        )?;
        return Ok(ExitCode::SUCCESS);
    };
    let config = Config::read(&path)?;
    for file in &config.files {
        writeln!(out, "read             {}", file.display())?;
    }
    let list = |names: &[String]| match names {
        [] => "all".to_owned(),
        names => names.join(", "),
    };
    writeln!(out, "select           {}", list(&config.select))?;
    let fail_on = config.fail_on.map_or("low", |severity| severity.name());
    writeln!(out, "fail-on          {fail_on}")?;
    if let Some(baseline) = &config.baseline {
        writeln!(out, "baseline         {}", baseline.display())?;
    }
    for schema in &config.schemas {
        writeln!(out, "schema           {}", schema.display())?;
    }
    for rule in &config.rules {
        let state = if rule.enabled { "on" } else { "off" };
        let severity = rule.severity.map_or("", |severity| severity.name());
        writeln!(out, "rule             {} {state} {severity}", rule.rule)?;
    }
    writeln!(out, "settings of paths {}", config.paths.len())?;
    writeln!(out, "own token formats {}", config.formats.len())?;
    let reason = if config.suppressions.require_reason {
        "required"
    } else {
        "not required"
    };
    writeln!(out, "reasons          {reason}")?;
    if !config.suppressions.honour.is_empty() {
        writeln!(
            out,
            "honoured         {}",
            config.suppressions.honour.join(", ")
        )?;
    }
    Ok(ExitCode::SUCCESS)
}
