//! Checkstyle's XML, which many editors and CI servers read.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::entry::entries;
use super::xml::escape;
use crate::rules::finding::Severity;
use crate::run::Outcome;

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let mut files: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for entry in entries(outcome) {
        files.entry(entry.file.clone()).or_default().push(entry);
    }
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<checkstyle version=\"4.3\">")?;
    for (file, found) in files {
        writeln!(out, "  <file name=\"{}\">", escape(&file))?;
        for entry in found {
            let severity = match entry.severity {
                Severity::Critical | Severity::High => "error",
                Severity::Medium => "warning",
                Severity::Low => "info",
            };
            writeln!(
                out,
                "    <error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" source=\"coffer-lint.{}\"/>",
                entry.start.line,
                entry.start.column,
                escape(&format!("{}; {}", entry.message, entry.help)),
                entry.rule,
            )?;
        }
        writeln!(out, "  </file>")?;
    }
    writeln!(out, "</checkstyle>")
}
