//! Lines that a change touches, as git tells them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::rules::finding::Finding;
use crate::source::SourceFile;

/// Why changes could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ChangesError {
    /// git could not be started.
    #[error("git could not be started ({0}); it has to be on the PATH to tell what changed")]
    NoGit(std::io::Error),
    /// git refused.
    #[error("git: {0}")]
    Refused(String),
}

/// What to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// What is staged, against the last commit.
    Staged,
    /// The working tree, against where the branch left another one.
    Base(String),
}

/// Changed lines by file, from first to last.
#[derive(Debug, Default)]
pub struct Changes {
    files: HashMap<PathBuf, Vec<(usize, usize)>>,
}

impl Changes {
    /// Asks git.
    ///
    /// # Errors
    /// When git is missing or refuses.
    pub fn read(since: &Since) -> Result<Self, ChangesError> {
        let root = PathBuf::from(git(&["rev-parse", "--show-toplevel"])?.trim_end());
        let diff = match since {
            Since::Staged => git(&diff_of(&["--cached"]))?,
            Since::Base(base) => {
                let fork = git(&["merge-base", "--end-of-options", base, "HEAD"])?;
                git(&diff_of(&[fork.trim_end()]))?
            }
        };
        Ok(Self::parse(&root, &diff))
    }

    /// Reads a diff without context lines.
    fn parse(root: &Path, diff: &str) -> Self {
        let mut changes = Self::default();
        let mut file = None;
        for line in diff.lines() {
            if let Some(path) = line.strip_prefix("+++ ") {
                file = path
                    .strip_prefix("b/")
                    .map(|path| root.join(path.trim_end()));
            } else if let Some(hunk) = line.strip_prefix("@@ ")
                && let Some(file) = &file
                && let Some(lines) = new_lines(hunk)
            {
                changes.files.entry(file.clone()).or_default().push(lines);
            }
        }
        changes
    }

    /// Files with changed lines.
    pub fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.files.keys()
    }

    /// Keeps the findings that stand on changed lines, or whose way leads over one.
    pub fn apply(&self, findings: &mut Vec<Finding>, files: &[SourceFile]) {
        let absolute: Vec<PathBuf> = files
            .iter()
            .map(|file| std::path::absolute(&file.path).unwrap_or_else(|_| file.path.clone()))
            .collect();
        let touches = |file: crate::source::FileId, at: crate::source::span::Span| {
            let index = file.0 as usize;
            let (Some(path), Some(file)) = (absolute.get(index), files.get(index)) else {
                return false;
            };
            let first = file.lines.line(at.start);
            let last = file.lines.line(at.end.saturating_sub(1).max(at.start));
            self.files
                .get(path)
                .into_iter()
                .flatten()
                .any(|(from, to)| *from <= last && first <= *to)
        };
        findings.retain(|finding| {
            touches(finding.file, finding.at)
                || finding.hops.iter().any(|hop| touches(hop.file, hop.at))
        });
    }
}

fn diff_of<'a>(what: &[&'a str]) -> Vec<&'a str> {
    let fixed = [
        "-c",
        "core.quotePath=false",
        "diff",
        "--no-ext-diff",
        "--no-color",
        "--unified=0",
        "--diff-filter=d",
        "--src-prefix=a/",
        "--dst-prefix=b/",
    ];
    fixed.into_iter().chain(what.iter().copied()).collect()
}

fn git(arguments: &[&str]) -> Result<String, ChangesError> {
    let output = Command::new("git")
        .args(arguments)
        .output()
        .map_err(ChangesError::NoGit)?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(ChangesError::Refused(text.trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `-1,2 +3,4 @@` -> lines 3 to 6.
fn new_lines(hunk: &str) -> Option<(usize, usize)> {
    let new = hunk.split(' ').find_map(|part| part.strip_prefix('+'))?;
    let (start, count) = new.split_once(',').unwrap_or((new, "1"));
    let (start, count): (usize, usize) = (start.parse().ok()?, count.parse().ok()?);
    (count > 0).then(|| (start, start + count - 1))
}
