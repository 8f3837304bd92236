//! JUnit's XML: one suite for each file, one failed test for each finding.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::entry::entries;
use super::xml::escape;
use crate::run::{Outcome, slashed};

/// Writes the report. Files without a finding are tests that passed.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let mut files: BTreeMap<String, Vec<_>> = outcome
        .files
        .iter()
        .map(|file| (slashed(&file.path), Vec::new()))
        .collect();
    let all = entries(outcome);
    let failures = all.len();
    for entry in all {
        files.entry(entry.file.clone()).or_default().push(entry);
    }
    let tests: usize = files.values().map(|found| found.len().max(1)).sum();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"coffer-lint\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">"
    )?;
    for (file, found) in &files {
        let name = escape(file);
        writeln!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"0\">",
            found.len().max(1),
            found.len()
        )?;
        if found.is_empty() {
            writeln!(
                out,
                "    <testcase name=\"no secrets\" classname=\"{name}\"/>"
            )?;
        }
        for entry in found {
            let (line, column) = (entry.start.line, entry.start.column);
            writeln!(
                out,
                "    <testcase name=\"{} at {line}:{column}\" classname=\"{name}\" file=\"{name}\" line=\"{line}\">",
                entry.rule
            )?;
            writeln!(
                out,
                "      <failure type=\"{}\" message=\"{}\">{}</failure>",
                entry.severity.name(),
                escape(entry.message),
                escape(&format!(
                    "{file}:{line}:{column}\n{}\nhelp: {}",
                    entry.message, entry.help
                )),
            )?;
            writeln!(out, "    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}
