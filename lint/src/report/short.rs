//! One line for each finding, grouped by file.

use std::io::{self, Write};

use super::entry::entries;
use super::text::{notes, style, summary};
use crate::run::Outcome;

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let mut file = String::new();
    for entry in entries(outcome) {
        if entry.file != file {
            if !file.is_empty() {
                writeln!(out)?;
            }
            writeln!(out, "{}", entry.file)?;
            file.clone_from(&entry.file);
        }
        let color = style(entry.severity);
        let place = format!("{}:{}", entry.start.line, entry.start.column);
        writeln!(
            out,
            "  {place:9} {color}{:8}{color:#} {}: {}",
            entry.severity.name(),
            entry.rule,
            entry.message
        )?;
    }
    if !file.is_empty() {
        writeln!(out)?;
    }
    notes(outcome, out)?;
    summary(outcome, out)
}
