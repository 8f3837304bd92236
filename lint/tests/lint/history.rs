//! What was ever committed, and what is staged, in repositories that the real git makes.

use std::process::Command;

use coffer_lint::run::{self, Options, Outcome};
use serde_json::Value;

use crate::workspace::Workspace;

fn git(workspace: &Workspace, arguments: &[&str]) {
    let output = Command::new("git")
        .arg("-C")
        .arg(workspace.path())
        .args([
            "-c",
            "user.name=Tester",
            "-c",
            "user.email=tester@example.invalid",
        ])
        .args([
            "-c",
            "commit.gpgsign=false",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .env("GIT_COMMITTER_DATE", "2030-01-02T03:04:05Z")
        .env("GIT_AUTHOR_DATE", "2030-01-02T03:04:05Z")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Writes files and commits them.
fn commit(workspace: &Workspace, files: &[(&str, &str)], message: &str) {
    for (name, text) in files {
        let path = workspace.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    git(workspace, &["add", "--all"]);
    git(workspace, &["commit", "--quiet", "--message", message]);
}

fn repository(files: &[(&str, &str)]) -> Workspace {
    let workspace = Workspace::new::<&str, &str>(&[]);
    git(&workspace, &["init", "--quiet"]);
    commit(&workspace, files, "first");
    workspace
}

fn history(workspace: &Workspace, select: &[&str]) -> Outcome {
    run::run(Options {
        paths: vec![workspace.path()],
        select: select.iter().map(|name| (*name).to_owned()).collect(),
        history: true,
        ..Options::default()
    })
    .unwrap()
}

fn found(outcome: &Outcome) -> Vec<(String, String)> {
    let found = outcome.findings.iter().map(|finding| {
        let file = outcome.file(finding.file).unwrap();
        let name = file.path.file_name().unwrap().to_str().unwrap();
        (finding.rule.id.to_owned(), name.to_owned())
    });
    found.collect()
}

const LEAK: &str = "resource \"aws_db_instance\" \"d\" {\n  password_wo = \"Tr0ub4dor\"\n}\n";
const RULE: &str = "literal-in-secret-argument";

#[test]
fn what_was_removed_is_found_at_the_commit_that_brought_it() {
    let workspace = repository(&[("main.tf", ""), ("notes.txt", LEAK)]);
    commit(&workspace, &[("main.tf", LEAK)], "leak");
    let leak = Command::new("git")
        .arg("-C")
        .arg(workspace.path())
        .args(["rev-parse", "HEAD"])
        .output()
        .unwrap();
    let leak = String::from_utf8(leak.stdout).unwrap();
    commit(
        &workspace,
        &[("main.tf", &format!("# moved\n\n{LEAK}"))],
        "move",
    );
    commit(&workspace, &[("main.tf", "")], "mend");
    assert!(workspace.run(&[]).findings.is_empty());
    let outcome = history(&workspace, &[]);
    assert_eq!(found(&outcome), [(RULE.to_owned(), "main.tf".to_owned())]);
    let commit = outcome.files[0].commit.as_ref().unwrap();
    assert_eq!(commit.id, leak.trim());
    assert_eq!(
        (commit.date.as_str(), commit.author.as_str()),
        ("2030-01-02", "Tester")
    );
    // The empty file of the first and of the last commit is one content.
    assert_eq!(outcome.checked, 3);
}

#[test]
fn branches_tags_and_merges_belong_to_the_history() {
    let other = LEAK.replace("\"d\"", "\"e\"");
    let merged = LEAK.replace("\"d\"", "\"f\"");
    let workspace = repository(&[("main.tf", "locals {}\n")]);
    git(&workspace, &["checkout", "--quiet", "-b", "side"]);
    commit(&workspace, &[("side.tf", LEAK)], "side");
    git(&workspace, &["checkout", "--quiet", "main"]);
    commit(&workspace, &[("main.tf", &other)], "main");
    git(
        &workspace,
        &["merge", "--quiet", "--no-commit", "--no-ff", "side"],
    );
    // What only the merge itself brings.
    commit(&workspace, &[("side.tf", &merged)], "merge");
    git(&workspace, &["checkout", "--quiet", "--orphan", "new"]);
    git(&workspace, &["rm", "-rf", "--quiet", "."]);
    commit(&workspace, &[("a.tf", "")], "new");
    let outcome = history(&workspace, &[]);
    let sinks: Vec<&str> = outcome
        .findings
        .iter()
        .map(|one| one.sink.as_str())
        .collect();
    for name in ["d", "e", "f"] {
        let sink = format!("aws_db_instance.{name}.password_wo");
        assert!(sinks.contains(&sink.as_str()), "{sink}: {sinks:?}");
    }
    assert_eq!(sinks.len(), 3, "{sinks:?}");
}

#[test]
fn what_has_no_value_is_told_where_it_is_asked_for() {
    let workspace = repository(&[("main.tf", "variable \"db_password\" {}\n")]);
    assert!(history(&workspace, &[]).findings.is_empty());
    let asked = history(&workspace, &["protection"]);
    assert_eq!(found(&asked)[0].0, "variable-without-sensitive");
}

#[test]
fn names_of_any_kind_are_read_and_suppressions_and_limits_count() {
    let suppressed = LEAK.replace(
        "\"Tr0ub4dor\"",
        "\"Tr0ub4dor\" # coffer-lint: allow(credentials) a test",
    );
    let large = format!("{LEAK}# {}\n", "x".repeat(5000));
    let workspace = repository(&[
        ("ü \"quoted\"\n/a\tb.tf", LEAK),
        ("s.tf", &suppressed),
        ("large.tf", &large),
    ]);
    let outcome = run::run(Options {
        paths: vec![workspace.path()],
        history: true,
        walk: coffer_lint::source::discover::Walk {
            max_size: 4096,
            ..Default::default()
        },
        ..Options::default()
    })
    .unwrap();
    assert_eq!(found(&outcome), [(RULE.to_owned(), "a\tb.tf".to_owned())]);
    assert_eq!(outcome.accepted.len(), 1);
    assert_eq!(outcome.lost.len(), 1);
    assert!(
        outcome.lost[0]
            .1
            .to_string()
            .contains("larger than 4096 bytes")
    );
}

#[test]
fn reports_name_the_commit_and_show_no_value() {
    let workspace = repository(&[("main.tf", &LEAK.replace("Tr0ub4dor", "zq9Made0Up7Thing"))]);
    let head = Command::new("git")
        .arg("-C")
        .arg(workspace.path())
        .args(["rev-parse", "HEAD"])
        .output()
        .unwrap();
    let head = String::from_utf8(head.stdout).unwrap();
    for format in ["text", "json", "sarif", "html", "short", "gitlab-secrets"] {
        let output = assert_cmd::Command::cargo_bin("coffer-lint")
            .unwrap()
            .current_dir(workspace.path())
            .args(["--history", "--format", format])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("Made0Up7"), "{text}");
        match format {
            "sarif" | "gitlab-secrets" => assert!(text.contains(head.trim()), "{text}"),
            "text" | "short" | "html" => {
                assert!(text.contains("of 2030-01-02 by Tester"), "{text}")
            }
            "json" => {
                let report: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(report["findings"][0]["commit"]["author"], "Tester");
                assert_eq!(report["findings"][0]["file"], "main.tf");
            }
            _ => {}
        }
    }
}

#[test]
fn a_folder_without_a_repository_and_a_shallow_clone_are_refused() {
    let outside = Workspace::new(&[("main.tf", LEAK)]);
    let refused = |workspace: &Workspace| {
        let options = Options {
            paths: vec![workspace.path()],
            history: true,
            ..Options::default()
        };
        run::run(options).unwrap_err().to_string()
    };
    assert!(
        refused(&outside).contains("not a git repository"),
        "{}",
        refused(&outside)
    );
    let workspace = repository(&[("main.tf", LEAK)]);
    commit(&workspace, &[("main.tf", "")], "mend");
    let clone = Workspace::new::<&str, &str>(&[]);
    let from = format!("file://{}", workspace.path().display());
    git(&clone, &["clone", "--quiet", "--depth", "1", &from, "."]);
    assert!(
        refused(&clone).contains("git fetch --unshallow"),
        "{}",
        refused(&clone)
    );
}

#[test]
fn what_is_staged_counts_and_not_what_is_on_disk() {
    let workspace = repository(&[("main.tf", "locals {}\n")]);
    let main = workspace.path().join("main.tf");
    let staged = || {
        let output = assert_cmd::Command::cargo_bin("coffer-lint")
            .unwrap()
            .current_dir(workspace.path())
            .args(["--staged", "--format", "json"])
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["findings"].as_array().unwrap().len()
    };
    std::fs::write(&main, LEAK).unwrap();
    assert_eq!(staged(), 0, "it is on disk alone");
    git(&workspace, &["add", "--all"]);
    std::fs::write(&main, "locals {}\n").unwrap();
    assert_eq!(staged(), 1, "it is staged, and mended on disk alone");
    std::fs::remove_file(&main).unwrap();
    assert_eq!(staged(), 1, "it is staged, and removed on disk alone");
}

#[test]
fn a_diff_against_a_branch_tells_of_changed_lines_alone() {
    let workspace = repository(&[("main.tf", LEAK)]);
    git(&workspace, &["checkout", "--quiet", "-b", "work"]);
    let more = LEAK.replace("\"d\"", "\"e\"");
    commit(&workspace, &[("main.tf", &format!("{LEAK}{more}"))], "more");
    let output = assert_cmd::Command::cargo_bin("coffer-lint")
        .unwrap()
        .current_dir(workspace.path())
        .args(["--diff-base", "main", "--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0]["sink"], "aws_db_instance.e.password_wo");
}
