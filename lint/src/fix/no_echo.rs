//! Marks a CloudFormation parameter with `NoEcho`.

use super::body::{indent, line_end};
use super::{Edit, Fix, Safety};
use crate::rules::finding::Finding;
use crate::run::Run;
use crate::source::Tree;
use crate::source::node::{Node, Style};
use crate::source::node::{NodeKind, Scalar};
use crate::source::span::Span;

pub(super) fn fix(run: &Run<'_>, finding: &Finding) -> Option<Fix> {
    let file = run.file(finding.file)?;
    let Tree::Data(roots) = &file.tree else {
        return None;
    };
    let parameters = roots.iter().find_map(|root| {
        root.get(&file.text, "Parameters")?
            .entries()
            .iter()
            .find(|entry| entry.key.span == finding.at)
    })?;
    let edit = match parameters.value.get(&file.text, "NoEcho") {
        Some(node) => (node.span, "true".to_owned()),
        None => {
            // Before the first key, on a line of its own where that key has one.
            let first = &parameters.value.entries().first()?.key;
            let start = first.span.start;
            let line = file.lines.span(&file.text, file.lines.line(start));
            let before = Span {
                start: line.start,
                end: start,
            }
            .of(&file.text);
            let alone = before.chars().all(char::is_whitespace);
            let is_json = is_quoted(first);
            let comma = if is_json || !alone { "," } else { "" };
            let key = if is_json { "\"NoEcho\"" } else { "NoEcho" };
            let rest = match alone {
                true => format!("{}{}", line_end(file), indent(file, start)),
                false => " ".to_owned(),
            };
            (
                Span { start, end: start },
                format!("{key}: true{comma}{rest}"),
            )
        }
    };
    Some(Fix {
        title: "add `NoEcho: true`".to_owned(),
        safety: Safety::Safe,
        edits: vec![Edit {
            file: finding.file,
            at: edit.0,
            text: edit.1,
        }],
    })
}

fn is_quoted(key: &Node) -> bool {
    matches!(
        key.kind,
        NodeKind::Scalar(Scalar {
            style: Style::Double,
            ..
        })
    )
}
