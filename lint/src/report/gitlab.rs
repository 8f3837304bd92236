//! GitLab's code quality report (`artifacts: reports: codequality`).

use std::io::{self, Write};

use serde_json::{Value, json};

use super::entry::{Entry, entries};
use crate::rules::finding::Severity;
use crate::run::Outcome;

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let issues: Vec<Value> = entries(outcome).iter().map(issue).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn issue(entry: &Entry<'_>) -> Value {
    let severity = match entry.severity {
        Severity::Critical => "blocker",
        Severity::High => "critical",
        Severity::Medium => "major",
        Severity::Low => "minor",
    };
    json!({
        "type": "issue",
        "description": format!("{}. {}", entry.message, entry.help),
        "check_name": entry.rule,
        "fingerprint": entry.fingerprint,
        "severity": severity,
        "categories": ["Security"],
        "location": {
            "path": entry.file,
            "lines": {"begin": entry.start.line, "end": entry.end.line},
        },
    })
}
