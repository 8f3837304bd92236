//! One page that stands alone: no script, nothing that is fetched.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::entry::{Entry, entries};
use super::frame;
use super::mask::Masks;
use super::text::counted;
use super::xml::escape;
use crate::run::Outcome;

const STYLE: &str = include_str!("html.css");

/// Writes the report.
///
/// # Errors
/// When the output cannot be written.
pub fn write(outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
    let masks = Masks::of(outcome);
    let all = entries(outcome);
    let title = format!(
        "coffer-lint: {} in {}",
        counted(all.len(), "finding"),
        counted(outcome.checked, "file")
    );
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
    )?;
    writeln!(
        out,
        "<meta name=\"viewport\" content=\"width=device-width\">"
    )?;
    writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(
        out,
        "<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>"
    )?;
    counts(&all, out)?;
    let mut files: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (n, entry) in all.iter().enumerate() {
        let name = match entry.commit {
            Some(commit) => format!("{} in {}", entry.file, commit.named()),
            None => entry.file.clone(),
        };
        files.entry(name).or_default().push(n);
    }
    for (file, found) in files {
        writeln!(out, "<section>\n<h2>{}</h2>", escape(&file))?;
        for n in found {
            if let (Some(entry), Some(finding)) = (all.get(n), outcome.findings.get(n)) {
                let line = frame::line(outcome, &masks, finding.file, finding.at);
                one(entry, line.as_ref(), out)?;
            }
        }
        writeln!(out, "</section>")?;
    }
    writeln!(out, "</body>\n</html>")
}

fn counts(all: &[Entry<'_>], out: &mut impl Write) -> io::Result<()> {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in all {
        *rules.entry(entry.rule).or_default() += 1;
    }
    writeln!(
        out,
        "<table>\n<thead><tr><th>rule</th><th>findings</th></tr></thead>\n<tbody>"
    )?;
    for (rule, count) in rules {
        writeln!(out, "<tr><td>{rule}</td><td>{count}</td></tr>")?;
    }
    writeln!(out, "</tbody>\n</table>")
}

fn one(entry: &Entry<'_>, line: Option<&frame::Line>, out: &mut impl Write) -> io::Result<()> {
    let severity = entry.severity.name();
    writeln!(
        out,
        "<article class=\"{severity}\" id=\"{}\">",
        escape(entry.fingerprint)
    )?;
    writeln!(
        out,
        "<h3><span>{severity}</span> {} <code>{}</code></h3>",
        escape(entry.message),
        entry.rule
    )?;
    if let Some(frame::Line {
        number,
        text,
        marked,
    }) = line
    {
        let take = |from: usize, to: usize| -> String {
            escape(
                &text
                    .chars()
                    .skip(from)
                    .take(to.saturating_sub(from))
                    .collect::<String>(),
            )
        };
        let (from, to) = *marked;
        writeln!(
            out,
            "<pre><b>{number}</b> {}<mark>{}</mark>{}</pre>",
            take(0, from),
            take(from, to),
            take(to, text.chars().count()),
        )?;
    }
    if !entry.hops.is_empty() {
        writeln!(out, "<ol>")?;
        for hop in &entry.hops {
            writeln!(
                out,
                "<li>{} <code>{}</code> at {}:{}</li>",
                hop.kind,
                escape(hop.name),
                escape(&hop.file),
                hop.line
            )?;
        }
        writeln!(out, "</ol>")?;
    }
    writeln!(out, "<p>{}</p>\n</article>", escape(entry.help))
}
