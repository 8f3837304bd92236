//! The baseline: findings that were there before and are accepted for now.
//!
//! One finding a line, sorted, without line numbers, times or values, so that two branches merge.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Accepted, How};
use crate::rules::finding::Finding;
use crate::run::{Outcome, slashed};

const VERSION: u32 = 1;

/// Why a baseline could not be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// It cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It holds something else.
    #[error("{}: this is no baseline ({error}); write a new one with `coffer-lint --write-baseline`", path.display())]
    NotABaseline {
        /// The file.
        path: PathBuf,
        /// Why.
        error: serde_json::Error,
    },
    /// It was written by a later version.
    #[error("{}: this baseline has version {version}, and this program knows version {VERSION}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
}

/// A line of a baseline.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Line {
    rule: String,
    file: String,
    sink: String,
    fingerprint: String,
}

#[derive(Deserialize)]
struct File {
    version: u32,
    findings: BTreeSet<Line>,
}

/// Findings that were accepted.
#[derive(Debug, Default)]
pub struct Baseline {
    lines: BTreeSet<Line>,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// A file that cannot be read, or that is no baseline.
    pub fn read(path: &Path) -> Result<Self, BaselineError> {
        let bytes = std::fs::read(path).map_err(|error| BaselineError::Io {
            path: path.to_owned(),
            error,
        })?;
        let file: File =
            serde_json::from_slice(&bytes).map_err(|error| BaselineError::NotABaseline {
                path: path.to_owned(),
                error,
            })?;
        if file.version != VERSION {
            return Err(BaselineError::Version {
                path: path.to_owned(),
                version: file.version,
            });
        }
        Ok(Self {
            lines: file.findings,
        })
    }

    /// The baseline of what a run found, what it accepts already included.
    pub fn of(outcome: &Outcome) -> Self {
        let known = outcome
            .accepted
            .iter()
            .filter(|one| one.how == How::Baseline);
        let findings = outcome.findings.iter().chain(known.map(|one| &one.finding));
        let lines = findings.filter_map(|finding| {
            let file = outcome.file(finding.file)?;
            Some(Line {
                rule: finding.rule.id.to_owned(),
                file: slashed(&file.path),
                sink: finding.sink.clone(),
                fingerprint: finding.fingerprint.clone(),
            })
        });
        Self {
            lines: lines.collect(),
        }
    }

    /// The baseline without lines that nothing was found for; how many went.
    #[must_use]
    pub fn pruned(self, outcome: &Outcome) -> (Self, usize) {
        let found: BTreeSet<&str> = outcome
            .accepted
            .iter()
            .map(|one| one.finding.fingerprint.as_str())
            .collect();
        let before = self.lines.len();
        let lines: BTreeSet<Line> = self
            .lines
            .into_iter()
            .filter(|line| found.contains(line.fingerprint.as_str()))
            .collect();
        let gone = before - lines.len();
        (Self { lines }, gone)
    }

    /// Number of findings.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether it accepts nothing.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Writes the baseline, in one step: a reader sees the old one or the new one.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), BaselineError> {
        let write = || -> std::io::Result<()> {
            let mut text = format!("{{\"version\": {VERSION}, \"findings\": [\n").into_bytes();
            for (n, line) in self.lines.iter().enumerate() {
                let comma = if n + 1 < self.lines.len() { "," } else { "" };
                writeln!(text, "{}{comma}", serde_json::to_string(line)?)?;
            }
            text.extend_from_slice(b"]}\n");
            let new = path.with_extension("new");
            std::fs::write(&new, text)?;
            std::fs::rename(&new, path)
        };
        write().map_err(|error| BaselineError::Io {
            path: path.to_owned(),
            error,
        })
    }

    /// Takes the findings that it accepts out of the list.
    pub fn apply(&self, findings: &mut Vec<Finding>) -> Vec<Accepted> {
        let known: BTreeSet<&str> = self
            .lines
            .iter()
            .map(|line| line.fingerprint.as_str())
            .collect();
        let (old, new): (Vec<_>, Vec<_>) = findings
            .drain(..)
            .partition(|finding| known.contains(finding.fingerprint.as_str()));
        *findings = new;
        let accept = |finding| Accepted {
            finding,
            how: How::Baseline,
        };
        old.into_iter().map(accept).collect()
    }
}
