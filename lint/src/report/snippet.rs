//! Code frames with several places: where the secret stands, each step of its way, and where it is used.

use std::io::{self, Write};

use anstyle::Style;

use super::frame::{self, Line};
use super::look::Look;
use super::mask::{MASK, Masks};
use super::text::BLUE;
use crate::rules::finding::Finding;
use crate::run::{Outcome, slashed};
use crate::source::span::Span;
use crate::source::{FileId, Kind};

/// A place and what is to be said of it.
struct Label {
    file: FileId,
    at: Span,
    line: usize,
    text: String,
    is_first: bool,
}

/// Where the finding stands, the way of its value, and where it ends up, each once.
fn labels(outcome: &Outcome, finding: &Finding) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    let mut add = |file: FileId, at: Span, text: String| {
        let Some(source) = outcome.file(file) else {
            return;
        };
        let line = source.lines.line(at.start);
        // A step on the line of another place says nothing new; the name of it does.
        let same = labels
            .iter_mut()
            .find(|one| one.file == file && one.line == line);
        match same {
            Some(known) if known.is_first && known.text.is_empty() => {
                known.text = text.replace("passed on as", "stands here, as");
            }
            Some(_) => {}
            None => {
                let is_first = labels.is_empty();
                labels.push(Label {
                    file,
                    at,
                    line,
                    text,
                    is_first,
                });
            }
        }
    };
    add(finding.file, finding.at, String::new());
    for hop in &finding.hops {
        add(
            hop.file,
            hop.at,
            format!("passed on as {} `{}`", hop.kind.name(), hop.name),
        );
    }
    if let Some((file, at)) = finding.used {
        add(file, at, "used here".to_owned());
    }
    labels
}

/// Width of the column of line numbers.
pub(super) fn gutter(outcome: &Outcome, finding: &Finding) -> usize {
    let lines = labels(outcome, finding).into_iter().map(|label| label.line);
    lines.max().unwrap_or(1).to_string().len()
}

/// Writes the frames of a finding, file by file, the one that it stands in first.
pub(super) fn write(
    outcome: &Outcome,
    masks: &Masks,
    finding: &Finding,
    color: Style,
    look: Look,
    out: &mut impl Write,
) -> io::Result<()> {
    let labels = labels(outcome, finding);
    let width = gutter(outcome, finding);
    let mut files: Vec<FileId> = Vec::new();
    for label in &labels {
        if !files.contains(&label.file) {
            files.push(label.file);
        }
    }
    for id in files {
        let mut of_file: Vec<&Label> = labels.iter().filter(|label| label.file == id).collect();
        let (Some(file), Some(first)) = (outcome.file(id), of_file.first()) else {
            continue;
        };
        let place = file.lines.position(&file.text, first.at.start);
        let arrow = if first.is_first { "-->" } else { ":::" };
        let path = slashed(&file.path);
        write!(
            out,
            "{:width$}{BLUE}{arrow}{BLUE:#} {path}:{}:{}",
            "", place.line, place.column
        )?;
        if let Some(commit) = &file.commit {
            write!(out, " in {}", commit.named())?;
        }
        writeln!(out, "\n{:width$} {BLUE}|{BLUE:#}", "")?;
        of_file.sort_by_key(|label| label.line);
        let mut before = None;
        for label in of_file {
            if before.is_some_and(|before| label.line > before + 1) {
                writeln!(out, "{BLUE}...{BLUE:#}")?;
            }
            before = Some(label.line);
            let Some(mut line) = frame::line(outcome, masks, id, label.at) else {
                continue;
            };
            // A step may add a piece to the secret.
            if !label.is_first {
                line.text = match file.kind {
                    Kind::CloudFormation => key_alone(&line.text),
                    _ => without_literals(&line.text),
                };
            }
            one(label, &line, width, color, look, out)?;
        }
    }
    Ok(())
}

/// A line whose strings are hidden; what they interpolate stays.
fn without_literals(line: &str) -> String {
    let mut text = String::new();
    // Inside of strings (true) and interpolations (false), the innermost last.
    let mut within: Vec<bool> = Vec::new();
    let mut is_hidden = false;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let in_string = within.last() == Some(&true);
        match c {
            '"' if in_string => drop(within.pop()),
            '"' => within.push(true),
            '$' if in_string && rest.peek() == Some(&'{') => {
                text.push('$');
                text.extend(rest.next());
                within.push(false);
                is_hidden = false;
                continue;
            }
            '{' if !in_string && !within.is_empty() => within.push(false),
            '}' if within.last() == Some(&false) => drop(within.pop()),
            _ if in_string => {
                // The character after a backslash is a part of the string, whatever it is.
                if c == '\\' {
                    rest.next();
                }
                if !is_hidden {
                    text.push_str(MASK);
                    is_hidden = true;
                }
                continue;
            }
            _ => {}
        }
        is_hidden = false;
        text.push(c);
    }
    text
}

/// The key of a line of a template.
fn key_alone(line: &str) -> String {
    match line.split_once(':') {
        Some((key, rest)) if !rest.trim().is_empty() => format!("{key}: …"),
        _ => line.to_owned(),
    }
}

/// A line with its marks.
fn one(
    label: &Label,
    line: &Line,
    width: usize,
    color: Style,
    look: Look,
    out: &mut impl Write,
) -> io::Result<()> {
    let (text, (from, to)) = window(line, look.width.saturating_sub(width + 3));
    writeln!(out, "{BLUE}{:>width$} |{BLUE:#} {text}", line.number)?;
    let (style, mark) = if label.is_first {
        (color, "^")
    } else {
        (BLUE, "-")
    };
    let marks = mark.repeat(to.saturating_sub(from).max(1));
    let said = match label.text.as_str() {
        "" => String::new(),
        text => format!(" {text}"),
    };
    writeln!(
        out,
        "{:width$} {BLUE}|{BLUE:#} {:from$}{style}{marks}{said}{style:#}",
        "", ""
    )
}

/// The part of a line that holds the marks and is no wider than may be.
fn window(line: &Line, width: usize) -> (String, (usize, usize)) {
    let width = width.max(20);
    let count = line.text.chars().count();
    let (from, to) = line.marked;
    if count <= width {
        return (line.text.clone(), line.marked);
    }
    let skip = match to <= width {
        true => 0,
        // The mark stands in the middle, as far as there is text.
        false => from
            .saturating_sub(width / 3)
            .min(count.saturating_sub(width)),
    };
    let mut text: String = line.text.chars().skip(skip).take(width).collect();
    if skip > 0 {
        text = format!("…{}", text.chars().skip(1).collect::<String>());
    }
    if skip + width < count {
        text = format!("{}…", text.chars().take(width - 1).collect::<String>());
    }
    let moved = |at: usize| at.saturating_sub(skip).min(width);
    (text, (moved(from), moved(to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_secret_are_hidden_and_interpolations_stay() {
        for (line, hidden) in [
            ("a = \"${local.b}!piece\"", "a = \"${local.b}********\""),
            (
                "a = join(\"-\", [var.x, \"p\\\"q\"])",
                "a = join(\"********\", [var.x, \"********\"])",
            ),
            (
                "a = \"x${f({ k = \"y\" })}z\" # end",
                "a = \"********${f({ k = \"********\" })}********\" # end",
            ),
            ("a = \"\"", "a = \"\""),
        ] {
            assert_eq!(without_literals(line), hidden);
        }
        assert_eq!(key_alone("  Default: piece"), "  Default: …");
    }

    #[test]
    fn a_long_line_is_cut_around_its_mark() {
        let text: String = ('a'..='z').cycle().take(300).collect();
        for (from, to) in [(0, 5), (150, 160), (290, 300), (10, 300)] {
            let line = Line {
                number: 1,
                text: text.clone(),
                marked: (from, to),
            };
            let (cut, (start, end)) = window(&line, 60);
            assert!(cut.chars().count() <= 60, "{cut}");
            assert!(start < end && end <= 60, "{start}..{end}");
            let marked: String = cut.chars().skip(start).take(1).collect();
            let meant: String = text.chars().skip(from).take(1).collect();
            assert!(marked == meant || marked == "…", "{cut}");
        }
    }
}
