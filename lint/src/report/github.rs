//! Workflow commands of GitHub Actions: one annotation for each finding.

use std::io::{self, Write};

use super::entry::entries;
use crate::rules::finding::Severity;
use crate::run::Outcome;

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    for entry in entries(outcome) {
        let command = match entry.severity {
            Severity::Critical | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low => "notice",
        };
        writeln!(
            out,
            "::{command} file={},line={},col={},endLine={},title={}::{}",
            property(&entry.file),
            entry.start.line,
            entry.start.column,
            entry.end.line,
            property(&format!("coffer-lint: {}", entry.rule)),
            data(&format!("{}\nhelp: {}", entry.message, entry.help)),
        )?;
    }
    Ok(())
}

/// Text of a command, as the runner reads it back.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
