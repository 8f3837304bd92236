//! One line for each finding, grouped by file.

use std::io::{self, Write};

use super::entry::entries;
use super::look::Look;
use super::sarif::PAGES;
use super::text::{notes, style, summary};
use crate::run::Outcome;

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, look: Look, out: &mut impl Write) -> io::Result<()> {
    let mut file = String::new();
    for entry in entries(outcome) {
        let name = match entry.commit {
            Some(commit) => format!("{} in {}", entry.file, commit.named()),
            None => entry.file,
        };
        if name != file {
            if !file.is_empty() {
                writeln!(out)?;
            }
            writeln!(out, "{name}")?;
            file = name;
        }
        let color = style(entry.severity);
        let place = format!("{}:{}", entry.start.line, entry.start.column);
        writeln!(
            out,
            "  {place:9} {color}{:8}{color:#} {}: {}",
            entry.severity.name(),
            look.link(entry.rule, &format!("{PAGES}/{}.md", entry.rule)),
            look.wrapped(entry.message, 22)
        )?;
    }
    if !file.is_empty() {
        writeln!(out)?;
    }
    notes(outcome, out)?;
    summary(outcome, look, out)
}
