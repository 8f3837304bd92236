//! The HCL parser against an independent one. `COFFER_LINT_CORPUS=FOLDER` compares them on every
//! HCL file below the folder; otherwise on the examples of this repository.

use std::path::{Path, PathBuf};

use coffer_lint::source::hcl;
use coffer_lint::source::hcl::ast::{Body, Item};
use hcl_edit::structure::{Body as OtherBody, Structure};

/// Names of arguments and blocks with their depth, in file order.
fn outline(text: &str, body: &Body, depth: usize, found: &mut Vec<String>) {
    for item in &body.items {
        match item {
            Item::Attribute(attribute) => {
                found.push(format!("{depth} {} =", attribute.name.of(text)));
            }
            Item::Block(block) => {
                found.push(format!(
                    "{depth} {} {}",
                    block.name.of(text),
                    block.labels.len()
                ));
                outline(text, &block.body, depth + 1, found);
            }
        }
    }
}

fn other_outline(body: &OtherBody, depth: usize, found: &mut Vec<String>) {
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                found.push(format!("{depth} {} =", attribute.key.as_str()));
            }
            Structure::Block(block) => {
                found.push(format!(
                    "{depth} {} {}",
                    block.ident.as_str(),
                    block.labels.len()
                ));
                other_outline(&block.body, depth + 1, found);
            }
        }
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            files(&path, found);
        } else if matches!(extension, Some("tf" | "tfvars" | "hcl" | "tofu")) {
            found.push(path);
        }
    }
}

#[test]
fn what_another_parser_accepts_gives_the_same_outline() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let folder = std::env::var_os("COFFER_LINT_CORPUS").map_or(examples, PathBuf::from);
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    assert!(!paths.is_empty());
    let mut differ = Vec::new();
    for path in &paths {
        let Ok(text) = std::fs::read_to_string(path) else {
            continue;
        };
        let Ok(other) = hcl_edit::parser::parse_body(&text) else {
            continue;
        };
        let tree = hcl::parse(&text);
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        outline(&text, &tree.body, 0, &mut ours);
        other_outline(&other, 0, &mut theirs);
        if !tree.errors.is_empty() || ours != theirs {
            differ.push((path, tree.errors));
        }
    }
    assert!(
        differ.is_empty(),
        "{} of {} files: {differ:?}",
        differ.len(),
        paths.len()
    );
}
