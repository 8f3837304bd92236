//! Marks a variable or an output as sensitive.

use super::body::{append, block_at};
use super::{Edit, Fix, Safety};
use crate::resolve::modules::find;
use crate::rules::finding::Finding;
use crate::run::Run;

pub(super) fn fix(run: &Run<'_>, finding: &Finding) -> Option<Fix> {
    let file = run.file(finding.file)?;
    if file.name().ends_with(".json") {
        return None;
    }
    let block = block_at(file, finding.at.start)?;
    let edits = match find(&file.text, &block.body, "sensitive") {
        Some(attribute) => vec![(attribute.value.span, "true".to_owned())],
        None => append(file, block, "sensitive", "true"),
    };
    let edit = |(at, text)| Edit {
        file: finding.file,
        at,
        text,
    };
    Some(Fix {
        title: "add `sensitive = true`".to_owned(),
        safety: Safety::Safe,
        edits: edits.into_iter().map(edit).collect(),
    })
}
