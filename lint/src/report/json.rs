//! The report for programs. The form is versioned; fields are only ever added. Its schema:
//! `docs/lint/report.schema.json`.

use std::io::{self, Write};

use serde::Serialize;

use super::entry::{Entry, accepted, entries};
use crate::run::Outcome;

/// Version of the form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'r> {
    version: u32,
    findings: Vec<Entry<'r>>,
    accepted: Vec<Entry<'r>>,
    summary: Summary,
}

/// Counts of a run.
#[derive(Serialize)]
struct Summary {
    files: usize,
    degraded: usize,
    lost: usize,
    findings: usize,
    accepted: usize,
}

fn summary(outcome: &Outcome) -> Summary {
    Summary {
        files: outcome.checked,
        degraded: outcome.degraded().count(),
        lost: outcome.lost.len(),
        findings: outcome.findings.len(),
        accepted: outcome.accepted.len(),
    }
}

/// Writes one document.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let report = Report {
        version: VERSION,
        findings: entries(outcome),
        accepted: accepted(outcome),
        summary: summary(outcome),
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'r> {
    Finding(Box<Entry<'r>>),
    Summary(Summary),
}

/// Writes one line for each finding, and one with the summary.
///
/// # Errors
/// When the output cannot be written.
pub fn write_lines(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let findings = entries(outcome)
        .into_iter()
        .map(|entry| Line::Finding(Box::new(entry)));
    for line in findings.chain([Line::Summary(summary(outcome))]) {
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}
