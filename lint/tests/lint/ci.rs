//! The files for CI run what they say they run.

use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

use crate::workspace::Workspace;

fn file(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join("..").join(name)).unwrap()
}

/// The folder of the linter in front of the search path.
fn path() -> std::ffi::OsString {
    let program = cargo_bin("coffer-lint");
    let mut folders: Vec<PathBuf> = vec![program.parent().unwrap().to_owned()];
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
    std::env::join_paths(folders).unwrap()
}

/// Lines below a key, with their indentation taken off.
fn below(text: &str, key: &str) -> String {
    let mut lines = text
        .lines()
        .skip_while(|line| line.trim() != key)
        .skip(1)
        .peekable();
    let depth = |line: &str| line.len() - line.trim_start().len();
    let first = depth(lines.peek().unwrap());
    lines
        .take_while(|line| line.trim().is_empty() || depth(line) >= first)
        .map(|line| format!("{}\n", line.get(first..).unwrap_or_default()))
        .collect()
}

const LEAK: &str = "resource \"aws_db_instance\" \"d\" {\n  password_wo = \"Tr0ub4dor\"\n}\n";

fn run(workspace: &Workspace, script: &str, variables: &[(&str, &str)]) -> (i32, String) {
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(workspace.path())
        .env("PATH", path())
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

#[test]
fn the_github_action_reports_and_fails_as_its_inputs_say() {
    let script = below(&file("lint/ci/action.yml"), "run: |");
    let workspace = Workspace::new(&[("a b/main.tf", LEAK), ("main.tf", "locals {}\n")]);
    let variables = |fail_on, select| {
        [
            ("INPUT_PATHS", "."),
            ("INPUT_SELECT", select),
            ("INPUT_FAIL_ON", fail_on),
            ("INPUT_DIFF_BASE", ""),
            ("INPUT_ARGUMENTS", "--no-ignore --statistics"),
            ("INPUT_SARIF", "out.sarif"),
            ("GITHUB_STEP_SUMMARY", "summary.md"),
        ]
    };
    let (code, text) = run(&workspace, &script, &variables("low", ""));
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("::error file=a b/main.tf,line=2"), "{text}");
    for name in ["out.sarif", "summary.md"] {
        let report = std::fs::read_to_string(workspace.path().join(name)).unwrap();
        assert!(report.contains("literal-in-secret-argument"), "{name}");
    }
    assert_eq!(run(&workspace, &script, &variables("critical", "")).0, 0);
    assert_eq!(
        run(&workspace, &script, &variables("low", "lifecycle")).0,
        0
    );
}

#[test]
fn the_gitlab_template_writes_the_reports_that_it_names() {
    let template = file("lint/ci/gitlab.yml");
    let script = below(&template, "script:");
    let script = script.trim_start().trim_start_matches("- ").to_owned();
    let workspace = Workspace::new(&[("main.tf", LEAK)]);
    let (code, text) = run(
        &workspace,
        &script,
        &[("COFFER_LINT_PATHS", "."), ("COFFER_LINT_FAIL_ON", "low")],
    );
    assert_eq!(code, 1, "{text}");
    for line in below(&template, "reports:").lines() {
        let (_, name) = line.split_once(": ").unwrap();
        let report = std::fs::read_to_string(workspace.path().join(name)).unwrap();
        serde_json::from_str::<serde_json::Value>(&report).unwrap();
    }
}

#[test]
fn the_hook_of_pre_commit_is_a_command_of_the_linter() {
    let hooks = file(".pre-commit-hooks.yaml");
    let entry = hooks
        .lines()
        .find_map(|line| line.trim().strip_prefix("entry: "))
        .unwrap();
    let workspace = Workspace::new(&[("main.tf", LEAK)]);
    let script = format!("git init --quiet . && git add --all && {entry}");
    let (code, text) = run(&workspace, &script, &[]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("literal-in-secret-argument"), "{text}");
}
