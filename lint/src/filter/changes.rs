//! Lines that a change touches, as git tells them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::rules::finding::Finding;
use crate::source::SourceFile;
use crate::source::git::{self, GitError};

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
    root: PathBuf,
    files: HashMap<PathBuf, Vec<(usize, usize)>>,
}

impl Changes {
    /// Asks git.
    ///
    /// # Errors
    /// When git is missing or refuses.
    pub fn read(since: &Since) -> Result<Self, GitError> {
        let here = Path::new(".");
        let root = git::root(here)?;
        let diff = match since {
            Since::Staged => git::ask(here, &diff_of(&["--cached"]))?,
            Since::Base(base) => {
                let fork = git::ask(here, &["merge-base", "--end-of-options", base, "HEAD"])?;
                git::ask(here, &diff_of(&[fork.trim_end()]))?
            }
        };
        Ok(Self::parse(&root, &diff))
    }

    /// Reads a diff without context lines.
    fn parse(root: &Path, diff: &str) -> Self {
        let mut changes = Self {
            root: root.to_owned(),
            files: HashMap::new(),
        };
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

    /// What is staged of the files with changed lines: it may differ from what is on disk.
    ///
    /// # Errors
    /// When git is missing or refuses.
    pub fn staged(&self) -> Result<Vec<(PathBuf, Vec<u8>)>, GitError> {
        let mut paths: Vec<&PathBuf> = self.files.keys().collect();
        paths.sort();
        let read = |path: &PathBuf| {
            let name = path.strip_prefix(&self.root).unwrap_or(path);
            Ok((path.clone(), git::staged(&self.root, name)?))
        };
        paths.into_iter().map(read).collect()
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

/// `-1,2 +3,4 @@` -> lines 3 to 6.
fn new_lines(hunk: &str) -> Option<(usize, usize)> {
    let new = hunk.split(' ').find_map(|part| part.strip_prefix('+'))?;
    let (start, count) = new.split_once(',').unwrap_or((new, "1"));
    let (start, count): (usize, usize) = (start.parse().ok()?, count.parse().ok()?);
    (count > 0).then(|| (start, start + count - 1))
}
