//! What is found in the bytes of a file whatever its syntax: tokens, private keys, comments.

use super::{Exposure, Origin, Reason};
use crate::detect::embedded;
use crate::detect::judge::{Confidence, Verdict, is_random};
use crate::detect::{private_keys, tokens};
use crate::knowledge::Added;
use crate::run::slashed;
use crate::source::hcl::ast::{Body, ExprKind, Item};
use crate::source::span::Span;
use crate::source::{FileId, Kind, SourceFile, Tree};

/// Scans a file.
pub(super) fn scan(id: FileId, file: &SourceFile, added: &Added) -> Vec<Exposure> {
    let mut found = Vec::new();
    let mut add = |range: std::ops::Range<usize>, reason, confidence, weak, origin| {
        found.push(Exposure {
            file: id,
            at: Span::new(range.start, range.end),
            value: file.text.get(range).unwrap_or_default().to_owned(),
            origin,
            reason,
            sink: String::new(),
            target: (String::new(), String::new()),
            used: None,
            hops: Vec::new(),
            confidence,
            weak,
        });
    };
    let in_comment = |at: usize| {
        let index = file
            .comments
            .partition_point(|span| (span.start as usize) <= at);
        index
            .checked_sub(1)
            .and_then(|index| file.comments.get(index))
            .is_some_and(|span| at < span.end as usize)
    };
    let origin = |at: usize| {
        if in_comment(at) {
            Origin::Comment
        } else {
            Origin::Text
        }
    };
    let own = added.formats.find(&slashed(&file.path), &file.text);
    for token in tokens::find(&file.text).into_iter().chain(own) {
        let origin = origin(token.range.start);
        if token.example && origin == Origin::Comment {
            continue;
        }
        add(
            token.range,
            Reason::Token(token.format),
            token.confidence,
            token.example,
            origin,
        );
    }
    for key in private_keys(&file.text) {
        let origin = origin(key.range.start);
        let reason = Reason::PrivateKey {
            encrypted: key.encrypted,
        };
        add(
            key.body..key.range.end,
            reason,
            Confidence::High,
            false,
            origin,
        );
    }
    for comment in &file.comments {
        let text = comment.of(&file.text);
        for one in embedded::find(text, false) {
            let value = text.get(one.range.clone()).unwrap_or_default();
            let Verdict::Secret { weak, .. } = one.verdict else {
                continue;
            };
            if !is_random(value) || weak {
                continue;
            }
            let start = comment.start as usize;
            let range = start + one.range.start..start + one.range.end;
            add(range, Reason::Name, Confidence::Low, weak, Origin::Comment);
        }
    }
    for region in without_tree(file) {
        let text = region.of(&file.text);
        for one in embedded::find(text, false) {
            if let Verdict::Secret { confidence, weak } = one.verdict {
                let start = region.start as usize;
                let range = start + one.range.start..start + one.range.end;
                add(range, Reason::Script, confidence, weak, Origin::Text);
            }
        }
    }
    found
}

/// The parts of a file that no tree tells of: all of a script, what stands in a broken argument,
/// what follows an error in YAML or JSON.
fn without_tree(file: &SourceFile) -> Vec<Span> {
    let end = file.text.len();
    match (&file.tree, file.kind) {
        // Data of other programs: without its format there is nothing to go by.
        (_, Kind::Text) if file.name().ends_with(".json") || file.name().ends_with("ml") => {
            Vec::new()
        }
        (_, Kind::Text) => vec![Span::new(0, end)],
        (Tree::Hcl(body), _) if !file.troubles.is_empty() => {
            let mut broken = Vec::new();
            broken_arguments(body, &mut broken);
            broken
        }
        (Tree::Data(_), Kind::CloudFormation) => {
            let error = file
                .troubles
                .first()
                .map(|trouble| trouble.at.start as usize);
            error
                .map(|at| Span::new(line_start(&file.text, at), end))
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    memchr::memrchr(b'\n', before).map_or(0, |at| at + 1)
}

fn broken_arguments(body: &Body, found: &mut Vec<Span>) {
    for item in &body.items {
        match item {
            Item::Attribute(attribute) if matches!(attribute.value.kind, ExprKind::Broken) => {
                found.push(attribute.name.join(attribute.value.span));
            }
            Item::Attribute(_) => {}
            Item::Block(block) => broken_arguments(&block.body, found),
        }
    }
}
