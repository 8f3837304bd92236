//! The report for programs. The form is versioned; fields are only ever added.

use std::io::{self, Write};

use serde::Serialize;

use crate::detect::judge::Confidence;
use crate::resolve::value::Hop;
use crate::rules::Family;
use crate::rules::finding::{Finding, Severity};
use crate::run::{Outcome, slashed};
use crate::source::span::Position;

/// Version of the form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'r> {
    version: u32,
    findings: Vec<Entry<'r>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Entry<'r> {
    rule: &'static str,
    family: Family,
    severity: Severity,
    confidence: Confidence,
    file: String,
    start: Place,
    end: Place,
    message: &'r str,
    help: &'r str,
    value: &'r str,
    sink: &'r str,
    hops: Vec<Step<'r>>,
    fingerprint: &'r str,
}

#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
}

#[derive(Serialize)]
struct Step<'r> {
    file: String,
    line: usize,
    column: usize,
    kind: &'static str,
    name: &'r str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    degraded: usize,
    lost: usize,
    findings: usize,
}

impl From<Position> for Place {
    fn from(position: Position) -> Self {
        Self {
            line: position.line,
            column: position.column,
        }
    }
}

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let report = Report {
        version: VERSION,
        findings: outcome
            .findings
            .iter()
            .filter_map(|found| entry(outcome, found))
            .collect(),
        summary: Summary {
            files: outcome.files.len(),
            degraded: outcome.degraded().count(),
            lost: outcome.lost.len(),
            findings: outcome.findings.len(),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn entry<'r>(outcome: &'r Outcome, finding: &'r Finding) -> Option<Entry<'r>> {
    let file = outcome.file(finding.file)?;
    Some(Entry {
        rule: finding.rule.id,
        family: finding.rule.family,
        severity: finding.severity,
        confidence: finding.confidence,
        file: slashed(&file.path),
        start: file.lines.position(&file.text, finding.at.start).into(),
        end: file.lines.position(&file.text, finding.at.end).into(),
        message: &finding.message,
        help: &finding.help,
        value: &finding.value,
        sink: &finding.sink,
        hops: finding
            .hops
            .iter()
            .filter_map(|hop| step(outcome, hop))
            .collect(),
        fingerprint: &finding.fingerprint,
    })
}

fn step<'r>(outcome: &'r Outcome, hop: &'r Hop) -> Option<Step<'r>> {
    let file = outcome.file(hop.file)?;
    let Position { line, column } = file.lines.position(&file.text, hop.at.start);
    Some(Step {
        file: slashed(&file.path),
        line,
        column,
        kind: hop.kind.name(),
        name: &hop.name,
    })
}
