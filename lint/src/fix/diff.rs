//! Fixes as a unified diff.

use similar::TextDiff;

use super::Changed;
use crate::run::slashed;
use crate::source::SourceFile;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// The diff from a file to what its fixes make of it.
pub fn unified(file: &SourceFile, changed: &Changed) -> String {
    let path = slashed(&changed.path);
    TextDiff::from_lines(&file.text, &changed.text)
        .unified_diff()
        .context_radius(CONTEXT)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}
