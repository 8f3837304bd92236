//! Accepts a finding instead of mending it: a suppression whose reason is still to be written.

use super::Edit;
use super::body::{attribute_at, indent, line_end};
use crate::rules::finding::Finding;
use crate::source::node::{Entry, Node};
use crate::source::span::Span;
use crate::source::{Kind, SourceFile, Tree};

/// What stands for the reason until somebody writes it. A suppression with it does not count.
pub const REASON: &str = "<reason>";

/// The edit that puts a suppression of the finding into its file. `None` where the file has no comments.
pub fn suppress(file: &SourceFile, finding: &Finding) -> Option<Edit> {
    let at = finding.at.start;
    let rule = finding.rule.id;
    let start = match &file.tree {
        _ if file.name().ends_with(".json") || file.kind == Kind::State => {
            return metadata(file, finding);
        }
        // A comment within a heredoc would be a part of the text: it belongs before the argument.
        Tree::Hcl(_) => attribute_at(file, at).map_or(at, |(_, attribute)| attribute.name.start),
        Tree::Data(roots) => roots
            .iter()
            .find_map(|root| first_on_its_line(file, root, at))
            .unwrap_or(at),
        _ => at,
    };
    let line = file.lines.span(&file.text, file.lines.line(start)).start;
    let blanks = indent(file, start);
    Some(Edit {
        file: finding.file,
        at: Span {
            start: line,
            end: line,
        },
        text: format!(
            "{blanks}# coffer-lint: allow({rule}) {REASON}{}",
            line_end(file)
        ),
    })
}

/// The key or item that holds a byte, starts a line, and has no other such one within it.
fn first_on_its_line(file: &SourceFile, node: &Node, at: u32) -> Option<u32> {
    let starts_line = |start: u32| {
        let line = file.lines.span(&file.text, file.lines.line(start));
        let before = Span {
            start: line.start,
            end: start,
        };
        before.of(&file.text).chars().all(|c| c == ' ' || c == '-')
    };
    let entries = node.own_entries().iter();
    let mut held = entries
        .map(|Entry { key, value }| (key.span.start, value))
        .chain(node.own_items().iter().map(|item| (item.span.start, item)));
    let (start, value) =
        held.rfind(|(start, value)| *start <= at && at < value.span.end.max(*start + 1))?;
    first_on_its_line(file, value, at).or_else(|| starts_line(start).then_some(start))
}

/// `Metadata` of the resource, parameter or output around the finding, where it has none yet.
fn metadata(file: &SourceFile, finding: &Finding) -> Option<Edit> {
    let Tree::Data(roots) = &file.tree else {
        return None;
    };
    if file.kind != Kind::CloudFormation {
        return None;
    }
    let text = &file.text;
    let named = roots.iter().find_map(|root| {
        ["Resources", "Parameters", "Outputs"]
            .iter()
            .flat_map(|section| root.get(text, section).map_or(&[][..], Node::entries))
            .find(|entry| entry.key.span.join(entry.value.span).holds(finding.at))
    })?;
    if named.value.get(text, "Metadata").is_some() {
        return None;
    }
    let first = named.value.entries().first()?.key.span.start;
    let line = file.lines.span(text, file.lines.line(first));
    let before = Span {
        start: line.start,
        end: first,
    };
    let rest = match before.of(text).chars().all(char::is_whitespace) {
        true => format!("{}{}", line_end(file), indent(file, first)),
        false => " ".to_owned(),
    };
    Some(Edit {
        file: finding.file,
        at: Span {
            start: first,
            end: first,
        },
        text: format!(
            "\"Metadata\": {{\"coffer-lint\": {{\"allow\": [{{\"rule\": \"{}\", \"reason\": \"{REASON}\"}}]}}}},{rest}",
            finding.rule.id
        ),
    })
}
