//! Comma-separated values (RFC 4180).

use std::io::{self, Write};

use super::entry::entries;
use crate::run::Outcome;

const HEADER: &str =
    "file,line,column,rule,family,severity,confidence,sink,value,message,help,fingerprint";

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    write!(out, "{HEADER}\r\n")?;
    for entry in entries(outcome) {
        let confidence = format!("{:?}", entry.confidence).to_lowercase();
        let cells = [
            entry.file.as_str(),
            &entry.start.line.to_string(),
            &entry.start.column.to_string(),
            entry.rule,
            entry.family.name(),
            entry.severity.name(),
            &confidence,
            entry.sink,
            entry.value,
            entry.message,
            entry.help,
            entry.fingerprint,
        ];
        let quoted: Vec<String> = cells.iter().map(|cell| quote(cell)).collect();
        write!(out, "{}\r\n", quoted.join(","))?;
    }
    Ok(())
}

/// A cell. One that a spreadsheet would take for a formula starts with an apostrophe.
fn quote(cell: &str) -> String {
    let guarded = match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    };
    match guarded.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}
