//! Writes the write-only argument in place of the one that is stored.

use super::body::{aligned, attribute_at};
use super::{Edit, Fix, Safety};
use crate::resolve::modules::find;
use crate::rules::finding::Finding;
use crate::rules::write_only_twin::twin;
use crate::run::Run;

pub(super) fn fix(run: &Run<'_>, finding: &Finding) -> Option<Fix> {
    let file = run.file(finding.file)?;
    if file.name().ends_with(".json") {
        return None;
    }
    let (blocks, attribute) = attribute_at(file, finding.at.start)?;
    let resource = blocks.first()?;
    let kind = resource.labels.first()?.of(&file.text);
    // Only arguments of the resource itself: where blocks repeat, so would the version.
    let name = attribute.name.of(&file.text);
    if blocks.len() != 1 {
        return None;
    }
    let twin = twin(run, finding.file, kind, name)?.name;
    let version = format!("{twin}_version");
    let added = find(&file.text, &resource.body, &version)
        .is_none()
        .then_some((version.as_str(), "1"));
    let edits = aligned(file, &resource.body.items, attribute, &twin, added);
    let edit = |(at, text)| Edit {
        file: finding.file,
        at,
        text,
    };
    let edits = edits.into_iter().map(edit).collect();
    Some(Fix {
        title: format!("write `{twin}` instead of `{name}`"),
        safety: Safety::Unsafe,
        edits,
    })
}
