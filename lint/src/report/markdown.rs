//! A summary for pull requests.

use std::io::{self, Write};

use super::entry::entries;
use super::sarif::PAGES;
use super::text::counted;
use crate::run::Outcome;

/// Rows of the table; the rest is counted.
const MAX_ROWS: usize = 100;

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let mut all = entries(outcome);
    let files = counted(outcome.checked, "file");
    if all.is_empty() {
        return writeln!(out, "### coffer-lint: no findings in {files}");
    }
    all.sort_by_key(|entry| std::cmp::Reverse(entry.severity));
    writeln!(
        out,
        "### coffer-lint: {} in {files}\n",
        counted(all.len(), "finding")
    )?;
    writeln!(
        out,
        "| severity | where | rule | what |\n| --- | --- | --- | --- |"
    )?;
    for entry in all.iter().take(MAX_ROWS) {
        writeln!(
            out,
            "| {} | `{}:{}` | [{}]({PAGES}/{}.md) | {}<br>{} |",
            entry.severity.name(),
            entry.file.replace('`', "'").replace('|', "\\|"),
            entry.start.line,
            entry.rule,
            entry.rule,
            cell(entry.message),
            cell(entry.help),
        )?;
    }
    if let Some(more) = all.len().checked_sub(MAX_ROWS).filter(|more| *more > 0) {
        writeln!(out, "\n… and {more} more.")?;
    }
    Ok(())
}

fn cell(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('|', "\\|")
        .replace('\n', " ")
}
