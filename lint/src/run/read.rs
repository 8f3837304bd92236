//! The files of a run: found, read and parsed.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::RunError;
use crate::config::globs::Globs;
use crate::source::discover;
use crate::source::{Kind, SourceFile, linked};

/// Files that could not be read, and why.
type Lost = Vec<(PathBuf, std::io::Error)>;

/// Reads and parses the files of a run.
///
/// # Errors
/// A path that does not exist.
pub fn read(paths: &[PathBuf], exclude: &Globs) -> Result<(Vec<SourceFile>, Lost), RunError> {
    let here = vec![PathBuf::from(".")];
    let mut paths = discover::files(if paths.is_empty() { &here } else { paths })?;
    paths.retain(|path| !exclude.is_match(path));
    let working = std::env::current_dir().unwrap_or_default();
    let read: Vec<_> = paths
        .par_iter()
        .map(|path| match read_bounded(path) {
            Ok(bytes) => Ok(SourceFile::parse(&relative(path, &working), bytes)),
            Err(error) => Err((path.clone(), error)),
        })
        .collect();
    let (mut files, mut lost) = (Vec::new(), Vec::new());
    for result in read {
        match result {
            Ok(file) => files.push(file),
            Err(error) => lost.push(error),
        }
    }
    add_linked(&mut files);
    Ok((files, lost))
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
        if let Ok(bytes) = read_bounded(&path) {
            files.push(SourceFile::parse_linked(&path, bytes));
        }
    }
}

fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?
        .take(discover::MAX_SIZE)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn relative(path: &Path, working: &Path) -> PathBuf {
    let path = path.strip_prefix("./").unwrap_or(path);
    path.strip_prefix(working).unwrap_or(path).to_owned()
}
