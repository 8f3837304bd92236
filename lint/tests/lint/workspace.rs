//! A folder with files for one test.

use std::path::PathBuf;

use coffer_lint::run::{self, Options, Outcome};

/// A finding in the terms of a test.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) rule: String,
    pub(crate) file: String,
    pub(crate) line: usize,
    /// The bytes that the finding points at.
    pub(crate) text: String,
    pub(crate) hops: Vec<String>,
}

pub(crate) struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    pub(crate) fn new<N: AsRef<str>, T: AsRef<str>>(files: &[(N, T)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name.as_ref());
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text.as_ref()).unwrap();
        }
        Self { folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(crate) fn run(&self, select: &[&str]) -> Outcome {
        let select = select.iter().map(|name| (*name).to_owned()).collect();
        run::run(Options {
            paths: vec![self.path()],
            select,
            ..Options::default()
        })
        .unwrap()
    }

    pub(crate) fn find(&self, select: &[&str]) -> Vec<Found> {
        let outcome = self.run(select);
        let found = outcome.findings.iter().map(|finding| {
            let file = outcome.file(finding.file).unwrap();
            Found {
                rule: finding.rule.id.to_owned(),
                file: file
                    .path
                    .strip_prefix(self.folder.path())
                    .unwrap()
                    .display()
                    .to_string(),
                line: file.lines.line(finding.at.start),
                text: finding.at.of(&file.text).to_owned(),
                hops: finding
                    .hops
                    .iter()
                    .map(|hop| hop.kind.name().to_owned())
                    .collect(),
            }
        });
        found.collect()
    }
}

/// The places of credentials in a single file.
pub(crate) fn credentials(name: &str, text: &str) -> Vec<(usize, String)> {
    let found = Workspace::new(&[(name, text)]).find(&["credentials"]);
    found
        .into_iter()
        .map(|found| (found.line, found.text))
        .collect()
}
