//! Reads a secret with an ephemeral resource in place of a data source, and follows to its consumers.

use super::body::{attribute_at, block_at};
use super::{Edit, Fix, Safety};
use crate::knowledge::terraform::{argument, storing_data_source};
use crate::resolve::references::each;
use crate::rules::finding::Finding;
use crate::run::Run;
use crate::source::SourceFile;
use crate::source::hcl::ast::{Body, Expr, ExprKind, Item, Step};
use crate::source::span::Span;

pub(super) fn fix(run: &Run<'_>, finding: &Finding) -> Option<Fix> {
    let file = run.file(finding.file)?;
    let block = block_at(file, finding.at.start)?;
    let [kind, name] = block.labels.as_slice() else {
        return None;
    };
    let (kind, name) = (kind.of(&file.text), name.of(&file.text));
    // Of another type the arguments differ as well.
    let same = storing_data_source(kind).is_none_or(|storing| storing.ephemeral == kind);
    if !same || run.added.schemas.has_ephemeral(kind) == Some(false) {
        return None;
    }
    let mut edits = vec![Edit {
        file: finding.file,
        at: block.name,
        text: "ephemeral".to_owned(),
    }];
    let module = run.modules.all.get(run.modules.of_file(finding.file)?)?;
    for id in &module.files {
        let consumer = run.file(*id)?;
        for root in consumers(consumer, kind, name) {
            if !takes_ephemeral(consumer, root) {
                return None;
            }
            edits.push(Edit {
                file: *id,
                at: root,
                text: "ephemeral".to_owned(),
            });
        }
    }
    Some(Fix {
        title: format!("read `{kind}.{name}` with an ephemeral resource"),
        safety: Safety::Unsafe,
        edits,
    })
}

/// Where `data` stands in the references to a data source.
fn consumers(file: &SourceFile, kind: &str, name: &str) -> Vec<Span> {
    let text = &file.text;
    let mut found = Vec::new();
    let mut look = |expr: &Expr| {
        if let ExprKind::Reference(root, steps) = &expr.kind
            && root.of(text) == "data"
            && let [Step::Name(first), Step::Name(second), ..] = steps.as_slice()
            && first.of(text) == kind
            && second.of(text) == name
        {
            found.push(*root);
        }
    };
    expressions(file.items(), &mut look);
    found
}

fn expressions(items: &[Item], look: &mut impl FnMut(&Expr)) {
    for item in items {
        match item {
            Item::Attribute(attribute) => each(&attribute.value, &mut |expr| look(expr)),
            Item::Block(block) => {
                let Body { items, .. } = &block.body;
                expressions(items, look);
            }
        }
    }
}

/// Whether the argument around a reference accepts ephemeral values.
fn takes_ephemeral(file: &SourceFile, at: Span) -> bool {
    let Some((blocks, attribute)) = attribute_at(file, at.start) else {
        return false;
    };
    let (Some(outer), name) = (blocks.first(), attribute.name.of(&file.text)) else {
        return false;
    };
    let kind = outer
        .labels
        .first()
        .map_or("", |label| label.of(&file.text));
    match outer.name.of(&file.text) {
        "provider" | "ephemeral" | "locals" => true,
        "resource" => {
            let known = argument(kind, name).is_some_and(|facts| facts.write_only);
            blocks.len() == 1 && (known || name.ends_with("_wo"))
                || blocks
                    .iter()
                    .any(|block| matches!(block.name.of(&file.text), "connection" | "provisioner"))
        }
        _ => false,
    }
}
