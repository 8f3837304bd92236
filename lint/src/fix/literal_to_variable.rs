//! Takes a literal out of the code: a sensitive variable without a default stands in its place.

use super::body::{attribute_at, line_end};
use super::{Edit, Fix, Safety};
use crate::rules::finding::Finding;
use crate::run::Run;
use crate::source::hcl::ast::{ExprKind, Part};
use crate::source::span::Span;

pub(super) fn fix(run: &Run<'_>, finding: &Finding) -> Option<Fix> {
    let file = run.file(finding.file)?;
    if file.name().ends_with(".json") || !finding.hops.is_empty() {
        return None;
    }
    let (blocks, attribute) = attribute_at(file, finding.at.start)?;
    // The whole argument is one plain string.
    let ExprKind::Template(template) = &attribute.value.kind else {
        return None;
    };
    if !matches!(template.parts.as_slice(), [Part::Literal(_)]) {
        return None;
    }
    let [_, label] = blocks.first()?.labels.as_slice() else {
        return None;
    };
    let name = attribute.name.of(&file.text);
    let variable =
        format!("{}_{}", label.of(&file.text), name.trim_end_matches("_wo")).replace('-', "_");
    let module = run.modules.all.get(run.modules.of_file(finding.file)?)?;
    if module.variables.contains_key(variable.as_str()) {
        return None;
    }
    let end = line_end(file);
    // A write-only argument takes what is never stored.
    let ephemeral = match name.ends_with("_wo") {
        true => format!("  ephemeral = true{end}"),
        false => String::new(),
    };
    let gap = if file.text.ends_with('\n') { "" } else { end };
    let block = format!(
        "{gap}{end}variable \"{variable}\" {{{end}  type      = string{end}  sensitive = true{end}{ephemeral}}}{end}"
    );
    let last = Span::new(file.text.len(), file.text.len());
    Some(Fix {
        title: format!("take the value from a sensitive variable `{variable}`"),
        safety: Safety::Unsafe,
        edits: vec![
            Edit {
                file: finding.file,
                at: attribute.value.span,
                text: format!("var.{variable}"),
            },
            Edit {
                file: finding.file,
                at: last,
                text: block,
            },
        ],
    })
}
