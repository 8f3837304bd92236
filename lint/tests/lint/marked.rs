//! Configurations with a mark on each line that holds a credential: every mark is found, and nothing beside them.
//!
//! `tests/marked` is where a miss or a false positive that was mended leaves its case.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use coffer_lint::run::{self, Options};

const MARK: &str = "<- secret";

#[test]
fn every_marked_line_is_found_and_no_other() {
    // Cargo runs tests in the folder of their package.
    let folder = PathBuf::from("tests/marked");
    let options = Options {
        paths: vec![folder.clone()],
        select: vec!["credentials".to_owned()],
        ..Options::default()
    };
    let outcome = run::run(options).unwrap();
    let found: BTreeSet<(PathBuf, usize)> = outcome
        .findings
        .iter()
        .map(|finding| {
            let file = outcome.file(finding.file).unwrap();
            (file.path.clone(), file.lines.line(finding.at.start))
        })
        .collect();
    let marked = marked(&folder);
    let missed: Vec<_> = marked.difference(&found).collect();
    let wrong: Vec<_> = found.difference(&marked).collect();
    assert!(
        missed.is_empty() && wrong.is_empty(),
        "missed: {missed:#?}\nnot marked: {wrong:#?}"
    );
    assert!(marked.len() > 200, "only {} lines are marked", marked.len());
}

/// All lines with a mark below the folder.
fn marked(folder: &Path) -> BTreeSet<(PathBuf, usize)> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(marked(&path));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = (1..).zip(text.lines());
        let marks = lines.filter(|(_, line)| line.contains(MARK));
        found.extend(marks.map(|(number, _)| (path.clone(), number)));
    }
    found
}
