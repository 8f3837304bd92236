//! Files that can change what is found in one another: a module with its callers and what it calls.
//!
//! After a keystroke only the group of the file is resolved anew, so the time depends on the size of the
//! modules at hand and not on that of the repository.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use coffer_lint::resolve::modules::normal;
use coffer_lint::rules::finding::Finding;
use coffer_lint::source::{FileId, Kind, SourceFile, linked};

/// Definitions files count for a module so many folders above them.
const ABOVE: usize = 4;

/// Files that belong together, and what was found in them.
#[derive(Debug, Default)]
pub(super) struct Group {
    /// The files.
    pub(super) files: Vec<SourceFile>,
    /// What was found when they were last checked.
    pub(super) findings: Vec<Finding>,
    /// Whether a file changed since.
    pub(super) is_stale: bool,
}

impl Group {
    /// The number of a file.
    pub(super) fn id(&self, path: &Path) -> Option<FileId> {
        let n = self.files.iter().position(|file| file.path == path)?;
        u32::try_from(n).ok().map(FileId)
    }

    /// A file.
    pub(super) fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }
}

/// What ties a file to others: the folders and files that it names.
pub(super) fn ties(file: &SourceFile) -> Vec<PathBuf> {
    let mut ties = linked::folders(file);
    ties.extend(linked::paths(file));
    ties.iter().map(|path| normal(path)).collect()
}

/// Puts files into groups. All of them are stale.
pub(super) fn of(files: Vec<SourceFile>) -> Vec<Group> {
    let mut sets = Sets::default();
    let mut modules = HashMap::new();
    for file in &files {
        if file.kind == Kind::Terraform {
            modules.insert(folder(file), ());
        }
    }
    let mut of_file = Vec::with_capacity(files.len());
    for file in &files {
        let own = match file.kind {
            // Exports of any template count for every other one.
            Kind::CloudFormation => sets.number(PathBuf::from("\0templates")),
            Kind::Text | Kind::State => sets.number(normal(&file.path)),
            _ => sets.number(folder(file)),
        };
        for tie in ties(file) {
            let other = sets.number(tie);
            sets.join(own, other);
        }
        if file.kind == Kind::Tfvars {
            let folder = folder(file);
            let module = folder
                .ancestors()
                .take(ABOVE)
                .find(|above| modules.contains_key(*above));
            if let Some(module) = module {
                let other = sets.number(module.to_owned());
                sets.join(own, other);
            }
        }
        of_file.push(own);
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut by_set: HashMap<usize, usize> = HashMap::new();
    for (file, own) in files.into_iter().zip(of_file) {
        let index = *by_set.entry(sets.root(own)).or_insert_with(|| {
            groups.push(Group {
                is_stale: true,
                ..Group::default()
            });
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(index) {
            group.files.push(file);
        }
    }
    groups
}

fn folder(file: &SourceFile) -> PathBuf {
    normal(file.path.parent().unwrap_or(Path::new("")))
}

/// Disjoint sets of paths.
#[derive(Default)]
struct Sets {
    numbers: HashMap<PathBuf, usize>,
    parents: Vec<usize>,
}

impl Sets {
    fn number(&mut self, path: PathBuf) -> usize {
        let next = self.parents.len();
        let number = *self.numbers.entry(path).or_insert(next);
        if number == next {
            self.parents.push(next);
        }
        number
    }

    fn root(&self, mut of: usize) -> usize {
        while let Some(parent) = self.parents.get(of).filter(|parent| **parent != of) {
            of = *parent;
        }
        of
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(parent) = self.parents.get_mut(one.max(other)) {
            *parent = one.min(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let parse = |(name, text): &(&str, &str)| {
            SourceFile::parse(Path::new(name), text.as_bytes().to_vec())
        };
        let groups = of(files.iter().map(parse).collect());
        let names = |group: &Group| {
            let paths = group.files.iter();
            paths.map(|file| file.path.display().to_string()).collect()
        };
        groups.iter().map(names).collect()
    }

    #[test]
    fn a_module_stands_with_its_callers_and_its_values() {
        let call = "module \"b\" {\n  source = \"../b\"\n}\n";
        let found = groups(&[
            ("a/main.tf", call),
            ("b/main.tf", ""),
            ("c/main.tf", ""),
            ("a/env/prod.tfvars", ""),
            ("x/stack.yaml", "AWSTemplateFormatVersion: 1"),
            ("y/stack.yaml", "AWSTemplateFormatVersion: 1"),
        ]);
        assert_eq!(
            found,
            [
                &["a/main.tf", "b/main.tf", "a/env/prod.tfvars"][..],
                &["c/main.tf"],
                &["x/stack.yaml", "y/stack.yaml"],
            ]
        );
    }
}
