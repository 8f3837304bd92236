//! The report for people: one finding with its code frame after the other.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::frame;
use super::mask::Masks;
use crate::rules::finding::{Finding, Severity};
use crate::run::{Outcome, slashed};

const BOLD: Style = Style::new().bold();
const BLUE: Style = AnsiColor::Blue.on_default().bold();
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
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let masks = Masks::of(outcome);
    for finding in &outcome.findings {
        one(outcome, &masks, finding, out)?;
    }
    notes(outcome, out)?;
    summary(outcome, out)
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
    out: &mut impl Write,
) -> io::Result<()> {
    let color = style(finding.severity);
    let severity = finding.severity.name();
    writeln!(
        out,
        "{color}{severity}{color:#}{BOLD}[{}]{BOLD:#}: {BOLD}{}{BOLD:#}",
        finding.rule.id, finding.message
    )?;
    let Some(file) = outcome.file(finding.file) else {
        return Ok(());
    };
    let place = file.lines.position(&file.text, finding.at.start);
    let width = place.line.to_string().len();
    let (path, line, column) = (slashed(&file.path), place.line, place.column);
    write!(out, "{:width$}{BLUE}-->{BLUE:#} {path}:{line}:{column}", "")?;
    if let Some(commit) = &file.commit {
        write!(out, " in {}", commit.named())?;
    }
    writeln!(out)?;
    if let Some(frame) = frame::line(outcome, masks, finding.file, finding.at) {
        let (from, to) = frame.marked;
        writeln!(out, "{:width$} {BLUE}|{BLUE:#}", "")?;
        writeln!(out, "{BLUE}{line} |{BLUE:#} {}", frame.text)?;
        let marks = "^".repeat(to.saturating_sub(from).max(1));
        writeln!(
            out,
            "{:width$} {BLUE}|{BLUE:#} {:from$}{color}{marks}{color:#}",
            "", ""
        )?;
    }
    for hop in &finding.hops {
        let Some(file) = outcome.file(hop.file) else {
            continue;
        };
        let line = file.lines.line(hop.at.start);
        let path = slashed(&file.path);
        writeln!(
            out,
            "{:width$} {BLUE}={BLUE:#} through {} `{}` at {path}:{line}",
            "",
            hop.kind.name(),
            hop.name
        )?;
    }
    writeln!(
        out,
        "{:width$} {BLUE}={BLUE:#} {BOLD}help{BOLD:#}: {}",
        "", finding.help
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

/// One line with the counts.
pub(super) fn summary(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let files = counted(outcome.checked, "file");
    let degraded = outcome.degraded().count();
    match outcome.findings.len() {
        0 => write!(out, "no findings in {files}")?,
        n => write!(out, "{} in {files}", counted(n, "finding"))?,
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
    writeln!(out)
}
