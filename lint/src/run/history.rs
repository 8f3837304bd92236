//! The whole history of a repository: each content that a commit brought is checked once, by itself.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::read::relative;
use super::{Checked, Outcome, Policy, Progress, RunError};
use crate::config::globs::Globs;
use crate::filter::Accepted;
use crate::rules::Family;
use crate::rules::finding::Finding;
use crate::source::git::{self, Blob, Contents};
use crate::source::{FileId, SourceFile, discover};

/// What of a history is to be told.
pub(super) struct Wanted {
    /// Bytes of a file that is looked at.
    pub(super) max_size: u64,
    /// Also what has no value of its own.
    pub(super) with_valueless: bool,
}

/// Checks all that the history of the repository around the paths holds below them.
///
/// A finding stands at the oldest commit that has it. What has no value of its own (a missing `sensitive`, say) is told
/// only where it is asked for: it can be mended in the newest commit alone.
pub(super) fn run(
    policy: &Policy,
    paths: &[PathBuf],
    exclude: &Globs,
    wanted: &Wanted,
    progress: &Progress,
) -> Result<Outcome, RunError> {
    let Wanted {
        max_size,
        with_valueless,
    } = *wanted;
    let here = paths.first().map_or(Path::new("."), PathBuf::as_path);
    let folder = match here.is_dir() {
        true => here,
        false => here
            .parent()
            .filter(|it| it.is_dir())
            .unwrap_or(Path::new(".")),
    };
    let root = git::root(folder)?;
    let working = std::env::current_dir().unwrap_or_default();
    // Which of them are there is of no matter: the history may know more.
    let below: Vec<PathBuf> = paths
        .iter()
        .map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone()))
        .collect();
    let is_wanted =
        |path: &Path| discover::is_candidate(path) && !exclude.is_match(&root.join(path));
    let blobs = git::blobs(&root, &below, is_wanted)?;
    progress.expect(blobs.len());
    let contents = Mutex::new((Contents::of(&root, &blobs, max_size)?, blobs.iter()));
    let read = || {
        let mut contents = contents.lock().ok()?;
        let blob = contents.1.next()?;
        Some((blob, contents.0.next()?))
    };
    let checked = AtomicUsize::new(0);
    let lost = Mutex::new(Vec::new());
    let mut found: Vec<(usize, SourceFile, Checked)> = std::iter::from_fn(read)
        .enumerate()
        .par_bridge()
        .filter_map(|(n, (blob, content))| {
            progress.advance();
            let path = relative(&root.join(&blob.path), &working);
            match content {
                Ok(bytes) => {
                    checked.fetch_add(1, Ordering::Relaxed);
                    check(policy, blob, &path, bytes, with_valueless)
                        .map(|(file, found)| (n, file, found))
                }
                Err(error) => {
                    if let Ok(mut lost) = lost.lock() {
                        lost.push((path, error));
                    }
                    None
                }
            }
        })
        .collect();
    found.sort_by_key(|(n, ..)| *n);
    let mut outcome = Outcome {
        checked: checked.into_inner(),
        lost: lost.into_inner().unwrap_or_default(),
        ..Outcome::default()
    };
    let mut seen = HashSet::new();
    for (_, file, found) in found {
        add(&mut outcome, file, found, &mut seen);
    }
    Ok(outcome)
}

/// A file of the history and what is found in it; `None` where that is nothing.
fn check(
    policy: &Policy,
    blob: &Blob,
    path: &Path,
    bytes: Vec<u8>,
    with_valueless: bool,
) -> Option<(SourceFile, Checked)> {
    let mut file = SourceFile::parse(path, bytes);
    file.commit = Some(std::sync::Arc::clone(&blob.commit));
    let files = [file];
    let mut checked = policy.check(&files);
    let counts = |finding: &Finding| {
        let is_about_code = finding.rule.family != Family::Suppressions;
        is_about_code && (with_valueless || !finding.value.is_empty())
    };
    checked.findings.retain(counts);
    checked
        .accepted
        .retain(|accepted| counts(&accepted.finding));
    let [file] = files;
    let is_empty = checked.findings.is_empty() && checked.accepted.is_empty();
    (!is_empty).then_some((file, checked))
}

/// Adds what is new, with the numbers that files have in the outcome.
fn add(outcome: &mut Outcome, file: SourceFile, checked: Checked, seen: &mut HashSet<String>) {
    let id = FileId(u32::try_from(outcome.files.len()).unwrap_or(u32::MAX));
    let mut renumbered = |mut finding: Finding| {
        finding.file = id;
        finding.used = finding.used.map(|(_, at)| (id, at));
        finding.hops.iter_mut().for_each(|hop| hop.file = id);
        // What is committed stays as it is.
        finding.fix = None;
        seen.insert(finding.fingerprint.clone()).then_some(finding)
    };
    let found = checked.findings.into_iter().filter_map(&mut renumbered);
    let before = outcome.findings.len() + outcome.accepted.len();
    outcome.findings.extend(found);
    for Accepted { finding, how } in checked.accepted {
        if let Some(finding) = renumbered(finding) {
            outcome.accepted.push(Accepted { finding, how });
        }
    }
    if outcome.findings.len() + outcome.accepted.len() > before {
        let hidden = checked.hidden.into_iter();
        outcome
            .hidden
            .extend(hidden.map(|(_, at, value)| (id, at, value)));
        outcome.files.push(file);
    }
}
