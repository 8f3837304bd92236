//! Every rule has a page; what the page calls bad is found by the rule, what it calls good is not.

use std::path::Path;
use std::process::Command;

use coffer_lint::config::Config;
use coffer_lint::rules::RULES;

use crate::workspace::Workspace;

/// An example as people have it: in a git repository.
fn repository(files: &[(String, String)]) -> Workspace {
    let workspace = Workspace::new(files);
    for arguments in [&["init", "--quiet"][..], &["add", "--all"]] {
        let git = Command::new("git")
            .arg("-C")
            .arg(workspace.path())
            .args(arguments)
            .status();
        assert!(git.unwrap().success());
    }
    workspace
}

/// The fenced files below a heading: ```` ```hcl main.tf ````.
fn files(page: &str, heading: &str) -> Vec<(String, String)> {
    let section = page
        .split("\n## ")
        .find(|part| part.starts_with(heading))
        .unwrap_or_default();
    let mut files = Vec::new();
    for fence in section.split("```").skip(1).step_by(2) {
        let (header, text) = fence.split_once('\n').unwrap();
        let name = header
            .split_whitespace()
            .nth(1)
            .expect("a fence names its file");
        files.push((name.to_owned(), text.to_owned()));
    }
    files
}

#[test]
fn bad_examples_are_found_and_good_ones_are_not() {
    for rule in RULES {
        for (heading, wanted) in [("Bad", true), ("Good", false)] {
            let files = files(rule.page, heading);
            assert!(
                !files.is_empty(),
                "{} has no example under {heading}",
                rule.id
            );
            let found = repository(&files).find(&[rule.id]);
            assert_eq!(
                !found.is_empty(),
                wanted,
                "{}, {heading}: {found:?}",
                rule.id
            );
        }
    }
}

#[test]
fn good_examples_of_the_credentials_family_hold_no_credential() {
    for rule in RULES {
        let found = Workspace::new(&files(rule.page, "Good")).find(&["credentials"]);
        assert!(found.is_empty(), "{}: {found:?}", rule.id);
    }
}

#[test]
fn every_page_has_a_rule_and_all_its_sections() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/lint/rules");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let rule = RULES
            .iter()
            .find(|rule| rule.id == id)
            .unwrap_or_else(|| panic!("{id}"));
        let (first, rest) = rule.summary.split_at(1);
        let head = format!("# {id}\n\n{}{rest}.\n", first.to_uppercase());
        assert!(
            rule.page.starts_with(&head),
            "{id} does not start with its summary"
        );
        for heading in [
            "What it finds",
            "Why it matters",
            "Bad",
            "Good",
            "How to mend it",
            "Limits",
            "Settings",
        ] {
            assert!(
                rule.page.contains(&format!("\n## {heading}\n")),
                "{id} lacks {heading}"
            );
        }
    }
}

/// The settings of a page are those that hold without it.
#[test]
fn pages_tell_the_settings_that_hold() {
    for rule in RULES {
        let (id, family, severity) = (rule.id, rule.family.name(), rule.severity.name());
        let settings = rule.page.split("\n## Settings\n").nth(1).unwrap();
        let told = format!("Family `{family}`; severity {severity} where nothing says otherwise.");
        assert!(settings.contains(&told), "{id} lacks: {told}");
        let block =
            format!("```toml\n[rules.{id}]\nenabled = true\nseverity = \"{severity}\"\n```\n");
        assert!(settings.ends_with(&block), "{id} lacks: {block}");
        let block = block
            .trim_start_matches("```toml\n")
            .trim_end_matches("```\n");
        let workspace = Workspace::new(&[("coffer-lint.toml", block)]);
        Config::read(&workspace.path().join("coffer-lint.toml")).unwrap();
    }
}

#[test]
fn names_of_rules_are_unique_and_plain() {
    let mut seen = std::collections::BTreeSet::new();
    for rule in RULES {
        assert!(seen.insert(rule.id), "{} stands twice", rule.id);
        assert!(
            rule.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
            "{}",
            rule.id
        );
        assert!(
            rule.summary.len() < 90 && !rule.summary.ends_with('.'),
            "{}",
            rule.id
        );
    }
}
