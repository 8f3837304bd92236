//! Versions of providers, as `.terraform.lock.hcl` of an initialised folder holds them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::modules::{constant, find};
use crate::source::hcl;
use crate::source::hcl::ast::Item;

/// Folders above a module in which its root, and so its lock file, may lie.
const MAX_ABOVE: usize = 6;
/// Larger files are no lock files.
const MAX_SIZE: u64 = 1 << 20;

/// Locked versions by folder.
#[derive(Debug, Default)]
pub struct Versions {
    folders: HashMap<PathBuf, HashMap<String, String>>,
}

impl Versions {
    /// Reads the lock files in these folders and above them.
    pub fn of<'f>(folders: impl Iterator<Item = &'f Path>) -> Self {
        let mut versions = Self::default();
        for folder in folders {
            for folder in folder.ancestors().take(MAX_ABOVE) {
                if versions.folders.contains_key(folder) {
                    break;
                }
                let locked = read(&folder.join(".terraform.lock.hcl"));
                versions.folders.insert(folder.to_owned(), locked);
            }
        }
        versions
    }

    /// The version of the provider that a type of resource belongs to, as locked for a folder.
    pub fn provider(&self, folder: &Path, kind: &str) -> Option<&str> {
        let provider = kind.split('_').next().unwrap_or(kind);
        folder
            .ancestors()
            .take(MAX_ABOVE)
            .find_map(|folder| self.folders.get(folder)?.get(provider))
            .map(String::as_str)
    }
}

fn read(path: &Path) -> HashMap<String, String> {
    let mut locked = HashMap::new();
    let is_small =
        std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() < MAX_SIZE);
    let text = match is_small {
        true => std::fs::read_to_string(path).unwrap_or_default(),
        false => return locked,
    };
    for item in hcl::parse(&text).body.items {
        let Item::Block(block) = item else { continue };
        let source = block.labels.first().map_or("", |label| label.of(&text));
        let version = find(&text, &block.body, "version").and_then(|at| constant(&text, at));
        if let Some(version) = version {
            let name = source.rsplit('/').next().unwrap_or(source);
            locked.insert(name.to_owned(), version.to_owned());
        }
    }
    locked
}

/// Whether a version comes before another; parts that are no numbers count as 0.
pub fn is_before(version: &str, other: &str) -> bool {
    let parts = |text: &str| -> Vec<u64> {
        text.split(['.', '-', '+'])
            .map(|part| part.parse().unwrap_or_default())
            .collect()
    };
    parts(version) < parts(other)
}

#[cfg(test)]
mod tests {
    use super::is_before;

    #[test]
    fn versions_are_ordered_by_number() {
        assert!(is_before("5.9.0", "5.87.0"));
        assert!(!is_before("5.100.0", "5.87.0"));
        assert!(!is_before("5.87.0", "5.87.0"));
    }
}
