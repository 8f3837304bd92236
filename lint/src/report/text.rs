//! The report for people: one finding with its code frame after the other.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::look::Look;
use super::mask::Masks;
use super::sarif::PAGES;
use super::snippet;
use crate::fix::Safety;
use crate::rules::finding::{Finding, Severity};
use crate::run::{Outcome, slashed};

const BOLD: Style = Style::new().bold();
pub(super) const BLUE: Style = AnsiColor::Blue.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default().bold();

pub(super) fn style(severity: Severity) -> Style {
    match severity {
        Severity::Critical | Severity::High => AnsiColor::Red.on_default().bold(),
        Severity::Medium => AnsiColor::Yellow.on_default().bold(),
        Severity::Low => CYAN,
    }
}

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, look: Look, out: &mut impl Write) -> io::Result<()> {
    let masks = Masks::of(outcome);
    for finding in &outcome.findings {
        one(outcome, &masks, finding, look, out)?;
    }
    notes(outcome, out)?;
    summary(outcome, look, out)
}

/// What could not be read, or not in full.
pub(super) fn notes(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    for file in outcome.degraded() {
        if let Some(trouble) = file.troubles.first() {
            let place = file.lines.position(&file.text, trouble.at.start);
            let (path, line, column) = (slashed(&file.path), place.line, place.column);
            writeln!(
                out,
                "{CYAN}note{CYAN:#}: {path}:{line}:{column}: {}",
                trouble.message
            )?;
            writeln!(out, "      the rest of this file was checked")?;
        }
    }
    for (path, error) in &outcome.lost {
        writeln!(
            out,
            "{CYAN}note{CYAN:#}: {}: not checked: {error}",
            slashed(path)
        )?;
    }
    Ok(())
}

fn one(
    outcome: &Outcome,
    masks: &Masks,
    finding: &Finding,
    look: Look,
    out: &mut impl Write,
) -> io::Result<()> {
    let color = style(finding.severity);
    let severity = finding.severity.name();
    let rule = finding.rule.id;
    let rule = look.link(rule, &format!("{PAGES}/{rule}.md"));
    writeln!(
        out,
        "{color}{severity}{color:#}{BOLD}[{rule}]{BOLD:#}: {BOLD}{}{BOLD:#}",
        finding.message
    )?;
    snippet::write(outcome, masks, finding, color, look, out)?;
    let width = snippet::gutter(outcome, finding);
    // `26 = help: `
    let help = look.wrapped(&finding.help, width + 9);
    writeln!(
        out,
        "{:width$} {BLUE}={BLUE:#} {BOLD}help{BOLD:#}: {help}",
        ""
    )?;
    writeln!(out)
}

/// `1 file`, `2 files`.
pub(super) fn counted(n: usize, what: &str) -> String {
    match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

/// One line with the counts, and one with what can be done at once.
pub(super) fn summary(outcome: &Outcome, look: Look, out: &mut impl Write) -> io::Result<()> {
    let files = counted(outcome.checked, "file");
    let degraded = outcome.degraded().count();
    match outcome.findings.len() {
        0 => write!(out, "no findings in {files}")?,
        n => write!(
            out,
            "{}{} in {files}",
            counted(n, "finding"),
            by_severity(outcome)
        )?,
    }
    if !outcome.accepted.is_empty() {
        write!(out, ", {} accepted", outcome.accepted.len())?;
    }
    if degraded > 0 {
        write!(out, ", {} only in part", counted(degraded, "file"))?;
    }
    if !outcome.lost.is_empty() {
        write!(out, ", {} not read", counted(outcome.lost.len(), "file"))?;
    }
    if let Some(took) = look.took {
        write!(out, ", in {:.2} s", took.as_secs_f64())?;
    }
    writeln!(out)?;
    let fixes = outcome.findings.iter().filter_map(|one| one.fix.as_ref());
    let (safe, other): (Vec<_>, Vec<_>) = fixes.partition(|fix| fix.safety == Safety::Safe);
    match (safe.len(), other.len()) {
        (0, 0) => Ok(()),
        (0, other) => writeln!(out, "{other} can be mended with --fix --unsafe"),
        (safe, 0) => writeln!(out, "{safe} can be mended with --fix"),
        (safe, other) => {
            writeln!(
                out,
                "{safe} can be mended with --fix, {other} more with --fix --unsafe"
            )
        }
    }
}

/// ` (1 critical, 3 high)`
fn by_severity(outcome: &Outcome) -> String {
    let all = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
    ];
    let counts = all.iter().map(|severity| {
        let of = outcome
            .findings
            .iter()
            .filter(|one| one.severity == *severity);
        (of.count(), severity.name())
    });
    let told = counts
        .filter(|(n, _)| *n > 0)
        .map(|(n, name)| format!("{n} {name}"));
    format!(" ({})", told.collect::<Vec<_>>().join(", "))
}
