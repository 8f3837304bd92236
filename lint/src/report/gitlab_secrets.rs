//! GitLab's secret detection report (`artifacts: reports: secret_detection`, schema 15).

use std::io::{self, Write};

use serde_json::{Value, json};

use super::entry::{Entry, entries};
use crate::rules::finding::Severity;
use crate::run::Outcome;

/// Writes the report. Times are those of no clock: two runs of one tree give one report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let tool = json!({
        "id": "coffer-lint",
        "name": "coffer-lint",
        "version": env!("CARGO_PKG_VERSION"),
        "vendor": {"name": "coffer"},
    });
    let report = json!({
        "version": "15.2.1",
        "vulnerabilities": entries(outcome).iter().map(vulnerability).collect::<Vec<_>>(),
        "scan": {
            "analyzer": tool,
            "scanner": tool,
            "type": "secret_detection",
            "start_time": "1970-01-01T00:00:00",
            "end_time": "1970-01-01T00:00:00",
            "status": "success",
        },
    });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn vulnerability(entry: &Entry<'_>) -> Value {
    let severity = match entry.severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
    };
    json!({
        "id": uuid(entry.fingerprint),
        "category": "secret_detection",
        "name": entry.of.summary,
        "description": entry.message,
        "solution": entry.help,
        "severity": severity,
        "raw_source_code_extract": entry.value,
        "location": {
            "file": entry.file,
            "start_line": entry.start.line,
            "end_line": entry.end.line,
            // Outside of a history it is for git to say where the file was changed last.
            "commit": {"sha": entry.commit.map_or("0000000", |commit| &commit.id)},
        },
        "identifiers": [{"type": "coffer_lint_rule", "name": entry.rule, "value": entry.rule}],
    })
}

/// The fingerprint in the form of a UUID, version 8: an id of our own making (RFC 9562, 5.8).
fn uuid(fingerprint: &str) -> String {
    let digits: String = fingerprint
        .chars()
        .filter(char::is_ascii_hexdigit)
        .rev()
        .chain(std::iter::repeat('0'))
        .take(32)
        .collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-8{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}
