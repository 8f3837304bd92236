//! Comments by which other scanners are told to look away.

use super::markers::covered;
use crate::source::SourceFile;

/// The tool and the text of its comment; whether it speaks of the next line wherever it stands.
const COMMENTS: &[(&str, &str)] = &[
    ("gitleaks", "gitleaks:allow"),
    ("tfsec", "tfsec:ignore:"),
    ("trivy", "trivy:ignore:"),
    ("checkov", "checkov:skip="),
    ("kics", "kics-scan ignore-line"),
    ("kics", "kics-scan ignore-block"),
    ("detect-secrets", "pragma: allowlist secret"),
    ("detect-secrets", "pragma: whitelist secret"),
    ("detect-secrets", "pragma: allowlist nextline secret"),
    ("semgrep", "nosemgrep"),
];

/// The lines of a file that comments of these tools cover, with the tool.
pub(super) fn find(file: &SourceFile, honour: &[String]) -> Vec<(&'static str, (usize, usize))> {
    let mut found = Vec::new();
    for (tool, comment) in COMMENTS {
        if !honour.iter().any(|name| name == tool) {
            continue;
        }
        for at in memchr::memmem::find_iter(file.text.as_bytes(), comment) {
            let Ok(start) = u32::try_from(at) else {
                continue;
            };
            let number = file.lines.line(start);
            let line = file.lines.span(&file.text, number);
            let mut lines = covered(file, at, number, line);
            // checkov writes its comment into the block that it speaks of.
            if *tool == "checkov" {
                lines = around(file, number).unwrap_or(lines);
            }
            found.push((*tool, lines));
        }
    }
    found
}

/// The top-level block around a line.
fn around(file: &SourceFile, number: usize) -> Option<(usize, usize)> {
    use crate::source::hcl::ast::Item;
    file.items().iter().find_map(|item| match item {
        Item::Block(block) => {
            let first = file.lines.line(block.span.start);
            let last = file.lines.line(block.span.end.saturating_sub(1));
            (first <= number && number <= last).then_some((first, last))
        }
        Item::Attribute(_) => None,
    })
}
