//! Fixes applied to files: none overlap, and what comes out is read again before it is written.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use super::{Edit, Fix, Safety};
use crate::run::Outcome;
use crate::source::span::Span;
use crate::source::{FileId, SourceFile};

/// A file with its fixes.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The file.
    pub file: FileId,
    /// Where it is.
    pub path: PathBuf,
    /// What becomes of it.
    pub text: String,
    /// The edits that make it so, in file order.
    pub edits: Vec<Edit>,
}

impl Changed {
    /// A file that becomes another one, as one edit.
    pub(crate) fn whole(id: FileId, old: &SourceFile, new: SourceFile) -> Self {
        let edit = Edit {
            file: id,
            at: Span::new(0, old.text.len()),
            text: new.text.clone(),
        };
        Self {
            file: id,
            path: new.path,
            text: new.text,
            edits: vec![edit],
        }
    }
}

/// Why fixes could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}; the file is as it was", path.display())]
pub struct FixError {
    path: PathBuf,
    error: std::io::Error,
}

/// What the fixes of a run make of its files, and how many fixes that are. A fix is applied whole or not at
/// all; of two that touch the same bytes the first one wins.
pub fn changes(outcome: &Outcome, with_unsafe: bool) -> (Vec<Changed>, usize) {
    let wanted = |fix: &&Fix| with_unsafe || fix.safety == Safety::Safe;
    let fixes = outcome.findings.iter();
    let fixes = fixes.filter_map(|finding| finding.fix.as_ref());
    let (fitting, applied) = fitting(fixes.filter(wanted));
    let mut edits: BTreeMap<FileId, Vec<Edit>> = BTreeMap::new();
    for edit in fitting {
        edits.entry(edit.file).or_default().push(edit);
    }
    let mut changed = Vec::new();
    for (id, mut edits) in edits {
        let Some(file) = outcome.file(id) else {
            continue;
        };
        edits.sort_by_key(|edit| (edit.at.start, edit.at.end));
        let text = edited(&file.text, &edits);
        // A fix never breaks a file: what comes out is read as well as what went in.
        let after = SourceFile::parse(&file.path, text.clone().into_bytes());
        if after.troubles.len() <= file.troubles.len() && after.kind == file.kind {
            changed.push(Changed {
                file: id,
                path: file.path.clone(),
                text,
                edits,
            });
        }
    }
    (changed, applied)
}

/// The edits of the fixes that go together, and how many fixes that are. A fix is taken whole or not at all; of
/// two that touch the same bytes the first one wins.
pub fn fitting<'f>(fixes: impl Iterator<Item = &'f Fix>) -> (Vec<Edit>, usize) {
    let mut taken: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    let mut applied = 0;
    for fix in fixes {
        let is_free = |edit: &Edit| {
            let of_file = taken.get(&edit.file).map_or(&[][..], Vec::as_slice);
            of_file.iter().all(|other| !collide(edit, other))
        };
        if fix.edits.iter().all(is_free) {
            applied += 1;
            for edit in &fix.edits {
                taken.entry(edit.file).or_default().push(edit);
            }
        }
    }
    (taken.into_values().flatten().cloned().collect(), applied)
}

/// Whether two edits touch the same bytes. Two different insertions at one place do not: new blocks at the
/// end of a file come one after the other.
fn collide(one: &Edit, other: &Edit) -> bool {
    match (one.at.is_empty(), other.at.is_empty()) {
        (true, true) => one.at == other.at && one.text == other.text,
        _ => one.at.start < other.at.end && other.at.start < one.at.end || one.at == other.at,
    }
}

/// A text after its edits, which are in order.
pub(crate) fn edited(text: &str, edits: &[Edit]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let range = edit.at.range();
        result.push_str(text.get(at..range.start).unwrap_or_default());
        result.push_str(&edit.text);
        at = range.end;
    }
    result.push_str(text.get(at..).unwrap_or_default());
    result
}

/// Writes the files, each in one step.
///
/// # Errors
/// The first file that could not be written; it is as it was.
pub fn write(changed: &[Changed]) -> Result<(), FixError> {
    for one in changed {
        replace(one).map_err(|error| FixError {
            path: one.path.clone(),
            error,
        })?;
    }
    Ok(())
}

fn replace(changed: &Changed) -> std::io::Result<()> {
    // Through a link, the file that it leads to is changed.
    let path = std::fs::canonicalize(&changed.path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new = path.with_file_name(format!(".{name}.coffer-lint"));
    let result = (|| {
        let mut file = std::fs::File::create(&new)?;
        file.write_all(changed.text.as_bytes())?;
        file.set_permissions(std::fs::metadata(&path)?.permissions())?;
        file.sync_all()?;
        std::fs::rename(&new, &path)
    })();
    if result.is_err() {
        // What is left over is of no use; the error that is told is the first one.
        let _ = std::fs::remove_file(&new);
    }
    result
}
