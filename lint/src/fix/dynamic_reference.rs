//! Takes a literal out of a template: a dynamic reference stands in its place.

use super::{Edit, Fix, Safety};
use crate::rules::finding::Finding;
use crate::run::Run;
use crate::source::Tree;
use crate::source::node::Node;

pub(super) fn fix(run: &Run<'_>, finding: &Finding) -> Option<Fix> {
    let file = run.file(finding.file)?;
    let Tree::Data(roots) = &file.tree else {
        return None;
    };
    if !finding.hops.is_empty() {
        return None;
    }
    let scalar = roots
        .iter()
        .find_map(|root| scalar(root, finding.at.start))?;
    // The whole property is one plain value.
    if scalar.tag.is_some() || scalar.inner_span() != finding.at {
        return None;
    }
    let (resource, path) = finding.sink.split_once('.')?;
    let property = path.rsplit('.').next()?;
    let quote = if file.text.trim_start().starts_with('{') {
        '"'
    } else {
        '\''
    };
    let reference =
        format!("{quote}{{{{resolve:secretsmanager:{resource}:SecretString:{property}}}}}{quote}");
    Some(Fix {
        title: format!("read the value from the secret `{resource}` of Secrets Manager"),
        safety: Safety::Unsafe,
        edits: vec![Edit {
            file: finding.file,
            at: scalar.span,
            text: reference,
        }],
    })
}

/// The scalar whose text starts at a byte.
fn scalar(node: &Node, at: u32) -> Option<&Node> {
    let is_leaf = node.own_items().is_empty() && node.own_entries().is_empty();
    if is_leaf && node.inner_span().start == at {
        return Some(node);
    }
    let inner = node
        .own_items()
        .iter()
        .chain(node.own_entries().iter().map(|entry| &entry.value));
    inner
        .filter(|inner| inner.span.start <= at && at <= inner.span.end)
        .find_map(|inner| scalar(inner, at))
}
