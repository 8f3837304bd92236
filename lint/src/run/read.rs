//! The files of a run: found, read and parsed.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::{Progress, RunError};
use crate::config::globs::Globs;
use crate::source::discover::{self, Walk};
use crate::source::{Kind, SourceFile, Tree, archive, linked};

/// Files that could not be read, and why.
pub type Lost = Vec<(PathBuf, std::io::Error)>;

/// Reads and parses the files of a run.
///
/// # Errors
/// A path that does not exist.
pub fn read(
    paths: &[PathBuf],
    exclude: &Globs,
    walk: &Walk,
) -> Result<(Vec<SourceFile>, Lost), RunError> {
    watched(paths, exclude, walk, &Progress::default())
}

/// [`read`], telling how far it is.
pub(super) fn watched(
    paths: &[PathBuf],
    exclude: &Globs,
    walk: &Walk,
    progress: &Progress,
) -> Result<(Vec<SourceFile>, Lost), RunError> {
    let here = vec![PathBuf::from(".")];
    let mut paths = discover::files(if paths.is_empty() { &here } else { paths }, walk)?;
    paths.retain(|path| !exclude.is_match(path));
    progress.expect(paths.len());
    let working = std::env::current_dir().unwrap_or_default();
    let read: Vec<(Vec<SourceFile>, Lost)> = paths
        .par_iter()
        .map(|path| {
            let read = match archive::is_archive(path) {
                true => read_archive(path, exclude, walk, &working),
                false => read_file(path, walk, &working),
            };
            progress.advance();
            read
        })
        .collect();
    let (mut files, mut lost) = (Vec::new(), Vec::new());
    for (read, failed) in read {
        files.extend(read);
        lost.extend(failed);
    }
    add_linked(&mut files);
    Ok((files, lost))
}

fn read_file(path: &Path, walk: &Walk, working: &Path) -> (Vec<SourceFile>, Lost) {
    match read_bounded(path, walk.max_size) {
        Ok(bytes) => {
            let file = SourceFile::parse(&relative(path, working), bytes);
            (vec![file], Vec::new())
        }
        Err(error) => (Vec::new(), vec![(path.to_owned(), error)]),
    }
}

fn read_archive(
    path: &Path,
    exclude: &Globs,
    walk: &Walk,
    working: &Path,
) -> (Vec<SourceFile>, Lost) {
    let is_wanted = |path: &Path| discover::is_candidate(path) && !exclude.is_match(path);
    let unpacked = archive::read(path, walk.max_size, is_wanted);
    let files = unpacked.files.into_iter();
    let files = files.map(|(path, bytes)| SourceFile::parse(&relative(&path, working), bytes));
    let lost = unpacked.trouble.into_iter();
    (
        files.collect(),
        lost.map(|error| (path.to_owned(), error)).collect(),
    )
}

/// Puts what is staged in place of what is on disk. Of files that are not on disk those below the paths count.
pub(super) fn stage(
    files: &mut Vec<SourceFile>,
    paths: &[PathBuf],
    staged: Vec<(PathBuf, Vec<u8>)>,
) {
    let working = std::env::current_dir().unwrap_or_default();
    for (path, bytes) in staged {
        let shown = relative(&path, &working);
        let is_below = || {
            let mut named = paths.iter();
            named.any(|named| path.starts_with(working.join(named)))
                || paths.is_empty() && path.starts_with(&working)
        };
        if let Some(file) = files.iter_mut().find(|file| file.path == shown) {
            *file = match file.tree {
                Tree::Template(_) => SourceFile::parse_linked(&shown, bytes),
                _ => SourceFile::parse(&shown, bytes),
            };
        } else if !path.exists() && discover::is_candidate(&path) && is_below() {
            files.push(SourceFile::parse(&shown, bytes));
        }
    }
}

/// Adds files of values for the configuration at the first path, as `terraform -var-file` has it.
pub(super) fn add_values(
    files: &mut Vec<SourceFile>,
    values: &[PathBuf],
    paths: &[PathBuf],
    max_size: u64,
) -> Result<(), RunError> {
    let working = std::env::current_dir().unwrap_or_default();
    let first = paths.first().map_or(Path::new(""), PathBuf::as_path);
    let folder = match first.is_file() {
        true => first.parent().unwrap_or(Path::new("")),
        false => first,
    };
    for path in values {
        let bytes = read_bounded(path, max_size).map_err(|source| RunError::Values {
            path: path.clone(),
            source,
        })?;
        let shown = relative(path, &working);
        files.retain(|file| file.path != shown);
        files.push(SourceFile::parse_values(
            &shown,
            bytes,
            &relative(folder, &working),
        ));
    }
    Ok(())
}

/// Adds the scripts and templates that configurations read, each once.
pub fn add_linked(files: &mut Vec<SourceFile>) {
    let known: HashSet<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
    let linked: BTreeSet<PathBuf> = files
        .iter()
        .filter(|file| file.kind == Kind::Terraform)
        .flat_map(linked::paths)
        .filter(|path| !known.contains(path))
        .collect();
    for path in linked {
        // What cannot be read is not a part of the run; Terraform itself will say so.
        if let Ok(bytes) = read_bounded(&path, discover::MAX_SIZE) {
            files.push(SourceFile::parse_linked(&path, bytes));
        }
    }
}

fn read_bounded(path: &Path, max_size: u64) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(max_size.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_size {
        return Err(std::io::Error::other(format!(
            "larger than {max_size} bytes; --max-size sets another limit"
        )));
    }
    Ok(bytes)
}

/// A path seen from the working directory, where it lies below it.
pub(super) fn relative(path: &Path, working: &Path) -> PathBuf {
    let path = path.strip_prefix("./").unwrap_or(path);
    path.strip_prefix(working).unwrap_or(path).to_owned()
}
