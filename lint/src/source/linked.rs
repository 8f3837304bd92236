//! Files that a configuration reads with `file` or `templatefile`: scripts, templates, keys.

use std::path::{Path, PathBuf};

use super::SourceFile;

/// Larger files are no scripts.
const MAX_LINKED: u64 = 1 << 20;

/// The files of the repository that a configuration reads by a constant path.
pub fn paths(file: &SourceFile) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for call in ["file(\"", "filebase64(\""] {
        for at in memchr::memmem::find_iter(file.text.as_bytes(), call.as_bytes()) {
            let rest = file.text.get(at + call.len()..).unwrap_or_default();
            let Some(path) = rest.split('"').next().filter(|path| path.len() < 256) else {
                continue;
            };
            let path = ["${path.module}/", "${path.root}/", "./"]
                .iter()
                .find_map(|prefix| path.strip_prefix(prefix))
                .unwrap_or(path);
            if path.contains("${") || path.starts_with(['/', '~']) || path.is_empty() {
                continue;
            }
            let path = file.path.parent().unwrap_or(Path::new("")).join(path);
            let is_small = std::fs::metadata(&path)
                .is_ok_and(|meta| meta.is_file() && meta.len() < MAX_LINKED);
            if is_small {
                found.push(path);
            }
        }
    }
    found
}
