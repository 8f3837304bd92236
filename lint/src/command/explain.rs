//! `coffer-lint explain RULE`: the rule's page, dressed for a terminal.

use std::io::Write;
use std::process::ExitCode;

use anstyle::Style;
use coffer_lint::rules;

use super::Outcome;

const TITLE: Style = Style::new().bold().underline();
const CODE: Style = Style::new().dimmed();

pub(crate) fn run(id: &str, out: &mut impl Write) -> Outcome {
    let rule = rules::find(id)
        .ok_or_else(|| format!("there is no rule `{id}`; `coffer-lint rules` lists them all"))?;
    let mut in_code = false;
    for line in rule.page.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
            writeln!(out, "{CODE}{line}{CODE:#}")?;
        } else if !in_code && line.starts_with('#') {
            writeln!(out, "{TITLE}{line}{TITLE:#}")?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
