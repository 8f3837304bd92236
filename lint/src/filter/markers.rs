//! `coffer-lint: allow(rule) reason` in comments and in the metadata of templates.

use crate::fix::REASON;
use crate::source::hcl::ast::{Body, Item};
use crate::source::node::{Entry, Node};
use crate::source::span::Span;
use crate::source::{SourceFile, Tree};

const MARKER: &str = "coffer-lint: allow(";

/// A suppression as it stands in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Its place.
    pub at: Span,
    /// Rules and families that it names.
    pub rules: Vec<String>,
    /// Why; empty where no reason is given.
    pub reason: String,
    /// The last day on which it counts.
    pub until: Option<String>,
    /// The lines that it covers.
    pub lines: (usize, usize),
}

/// All suppressions of a file.
pub fn find(file: &SourceFile) -> Vec<Marker> {
    let mut markers = Vec::new();
    for at in memchr::memmem::find_iter(file.text.as_bytes(), MARKER) {
        markers.extend(comment(file, at));
    }
    if let Tree::Data(roots) = &file.tree {
        for root in roots {
            metadata(file, root, &mut markers);
        }
    }
    markers
}

fn comment(file: &SourceFile, at: usize) -> Option<Marker> {
    let number = file.lines.line(u32::try_from(at).ok()?);
    let line = file.lines.span(&file.text, number);
    let rest = file.text.get(at + MARKER.len()..line.end as usize)?;
    let (rules, rest) = rest.split_once(')')?;
    let (reason, until) = reason(rest.trim_end_matches("*/").trim_end_matches("-->"));
    Some(Marker {
        at: Span::new(at, line.end as usize),
        rules: names(rules),
        reason,
        until,
        lines: covered(file, at, number, line),
    })
}

/// The lines that a comment speaks of: its own, or what follows where it stands alone.
pub(super) fn covered(file: &SourceFile, at: usize, number: usize, line: Span) -> (usize, usize) {
    let before = file.text.get(line.start as usize..at).unwrap_or_default();
    let stands_alone = before
        .chars()
        .all(|c| c.is_whitespace() || "#/*;-<!".contains(c));
    if !stands_alone {
        return (number, number);
    }
    let is_comment = |text: &str| {
        let text = text.trim_start();
        text.is_empty()
            || ["#", "//", "/*", "*", ";", "--", "<!--"]
                .iter()
                .any(|mark| text.starts_with(mark))
    };
    let mut next = number + 1;
    while next <= file.lines.count() && is_comment(file.lines.span(&file.text, next).of(&file.text))
    {
        next += 1;
    }
    (number, block_end(file, next))
}

/// The last line of the block, argument or entry that starts on a line.
fn block_end(file: &SourceFile, start: usize) -> usize {
    let mut end = start;
    let mut extend = |first: u32, last: u32| {
        if file.lines.line(first) == start {
            end = end.max(file.lines.line(last.saturating_sub(1)));
        }
    };
    match &file.tree {
        Tree::Hcl(body) => hcl_extents(body, &mut extend),
        Tree::Data(roots) => roots
            .iter()
            .for_each(|root| node_extents(root, &mut extend)),
        _ => {}
    }
    end
}

fn hcl_extents(body: &Body, extend: &mut impl FnMut(u32, u32)) {
    for item in &body.items {
        match item {
            Item::Attribute(attribute) => extend(attribute.name.start, attribute.value.span.end),
            Item::Block(block) => {
                extend(block.span.start, block.span.end);
                hcl_extents(&block.body, extend);
            }
        }
    }
}

fn node_extents(node: &Node, extend: &mut impl FnMut(u32, u32)) {
    for item in node.own_items() {
        extend(item.span.start, item.span.end);
        node_extents(item, extend);
    }
    for Entry { key, value } in node.own_entries() {
        extend(key.span.start, value.span.end);
        node_extents(value, extend);
    }
}

/// `Metadata: { coffer-lint: { allow: [{ rule, reason, until }] } }` of a template or a resource.
fn metadata(file: &SourceFile, root: &Node, markers: &mut Vec<Marker>) {
    let text = &file.text;
    let whole = (1, file.lines.count());
    if let Some(node) = root.get(text, "Metadata") {
        allowed(file, node, whole, markers);
    }
    for section in ["Resources", "Parameters", "Outputs"] {
        for entry in root.get(text, section).map_or(&[][..], Node::entries) {
            let Some(node) = entry.value.get(text, "Metadata") else {
                continue;
            };
            let lines = (
                file.lines.line(entry.key.span.start),
                file.lines.line(entry.value.span.end.saturating_sub(1)),
            );
            allowed(file, node, lines, markers);
        }
    }
}

fn allowed(file: &SourceFile, node: &Node, lines: (usize, usize), markers: &mut Vec<Marker>) {
    let text = &file.text;
    let list = node
        .get(text, "coffer-lint")
        .and_then(|node| node.get(text, "allow"));
    for item in list.map_or(&[][..], Node::items) {
        let field = |name: &str| item.get(text, name).and_then(|node| node.text(text));
        let Some(rule) = field("rule") else { continue };
        markers.push(Marker {
            at: item.span,
            rules: names(rule),
            reason: given(field("reason").unwrap_or_default()),
            until: field("until").map(str::to_owned),
            lines,
        });
    }
}

fn names(list: &str) -> Vec<String> {
    let names = list.split(',').map(|name| name.trim().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

/// The reason without the date that it may hold.
fn reason(text: &str) -> (String, Option<String>) {
    let mut until = None;
    let words = text
        .split_whitespace()
        .filter(|word| match word.strip_prefix("until=") {
            Some(date) => {
                until = Some(date.to_owned());
                false
            }
            None => true,
        });
    let reason = words.collect::<Vec<_>>().join(" ");
    (given(reason.trim_start_matches([':', '-']).trim()), until)
}

/// A reason that somebody wrote, not the one that an editor put there to be replaced.
fn given(reason: &str) -> String {
    match reason {
        REASON => String::new(),
        reason => reason.to_owned(),
    }
}
