//! What is known of the value under the cursor: where it comes from and what it ends up in.

use std::path::Path;

use coffer_lint::inspect;
use coffer_lint::report::sarif::PAGES;
use coffer_lint::run::{Policy, Run};
use coffer_lint::source::span::Span;
use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};

use super::groups::Group;

/// What to show at a byte of a file; `None` where nothing is known.
pub(super) fn at(group: &Group, policy: &Policy, path: &Path, byte: u32) -> Option<Hover> {
    let id = group.id(path)?;
    let mut parts = Vec::new();
    let here = group
        .findings
        .iter()
        .filter(|finding| finding.file == id && finding.at.start <= byte && byte <= finding.at.end);
    for finding in here {
        let rule = finding.rule.id;
        parts.push(format!(
            "**{}** [{rule}]({PAGES}/{rule}.md): {}\n\n{}",
            finding.severity.name(),
            finding.message,
            finding.help
        ));
    }
    let run = Run::new(&group.files, policy.added());
    let cursor = Span {
        start: byte,
        end: byte,
    };
    let known = inspect::at(&run, id, cursor);
    if !known.is_empty() {
        parts.push(format!("```text\n{known}```"));
    }
    (!parts.is_empty()).then(|| Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value: parts.join("\n\n"),
        }),
        range: None,
    })
}
