//! The command: reports, exit status, errors.

use std::path::Path;

use assert_cmd::Command;

use crate::workspace::Workspace;

fn command() -> Command {
    let mut command = Command::cargo_bin("coffer-lint").unwrap();
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command
}

fn output(arguments: &[&str]) -> (i32, String, String) {
    let output = command().args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn leaky_example_as_text() {
    // The example is read the same in a clone and in an archive of the sources.
    let output = command()
        .arg("examples/leaky")
        .env("GIT_DIR", "none")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!(text);
}

#[test]
fn leaky_example_as_json() {
    let (code, text, _) = output(&[
        "--format",
        "json",
        "--select",
        "credentials",
        "examples/leaky",
    ]);
    assert_eq!(code, 1);
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["version"], 1);
    assert_eq!(
        report["summary"]["findings"],
        report["findings"].as_array().unwrap().len()
    );
    insta::assert_snapshot!(text);
}

#[test]
fn no_report_shows_a_secret() {
    for format in ["text", "json"] {
        let (_, text, _) = output(&["--format", format, "examples/leaky"]);
        for secret in [
            "Winter2024",
            "n0t-a-real-pw",
            "kHJ4fake",
            "Tr0ub4dor",
            "tr0ub4dor",
            "c4che",
            "FAKE7Q2X",
            "h0rse",
            "0TOKEN1",
            "fakeFAKE",
        ] {
            assert!(!text.contains(secret), "{format} shows {secret}");
        }
    }
}

#[test]
fn status_is_0_for_clean_files_1_for_findings_2_for_errors() {
    let clean = Workspace::new(&[("main.tf", "locals {}\n")]);
    let path = clean.path().display().to_string();
    assert_eq!(output(&[&path]).0, 0);
    assert_eq!(output(&["examples/leaky"]).0, 1);
    let (code, _, errors) = output(&["no/such/path"]);
    assert_eq!(code, 2);
    assert!(errors.contains("no/such/path: no such file or folder"));
    let (code, _, errors) = output(&["--select", "nonsense", "examples/leaky"]);
    assert_eq!(code, 2);
    assert!(errors.contains("`nonsense` is neither a rule nor a family"));
}

#[test]
fn a_broken_file_is_named_and_the_rest_is_checked() {
    let workspace = Workspace::new(&[
        ("broken.tf", "locals {\n  a = [\n}\n"),
        (
            "main.tf",
            "variable \"db_password\" {\n  default = \"Tr0ub4dor\"\n}\n",
        ),
    ]);
    let (code, text, _) = output(&[
        "--select",
        "credentials",
        &workspace.path().display().to_string(),
    ]);
    assert_eq!(code, 1);
    assert!(text.contains("broken.tf:3:1: expected a value"), "{text}");
    assert!(
        text.contains("1 finding (1 high) in 2 files, 1 file only in part"),
        "{text}"
    );
}

#[test]
fn ignored_files_are_left_out_unless_named() {
    let text = "password = \"Tr0ub4dor\"\n";
    let workspace = Workspace::new(&[("a.tfvars", text), (".gitignore", "a.tfvars\n")]);
    let folder = workspace.path();
    assert_eq!(output(&[&folder.display().to_string()]).0, 0);
    assert_eq!(
        output(&[&folder.join("a.tfvars").display().to_string()]).0,
        1
    );
}

#[test]
fn rules_are_listed_and_explained() {
    let (code, text, _) = output(&["rules", "--format", "json"]);
    assert_eq!(code, 0);
    let rules: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(rules.as_array().unwrap().len() >= 36);
    let (code, text, _) = output(&["explain", "embedded-token"]);
    assert_eq!(code, 0);
    assert!(text.starts_with("# embedded-token"));
    assert_eq!(output(&["explain", "nonsense"]).0, 2);
}

#[test]
fn a_line_is_inspected() {
    let (code, text, _) = output(&["inspect", "examples/leaky/main.tf:35"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(text);
    let (code, _, errors) = output(&["inspect", "examples/leaky/main.tf"]);
    assert_eq!(code, 2);
    assert!(errors.contains("write FILE:LINE"));
}

#[test]
fn a_file_that_is_named_twice_is_checked_once() {
    let workspace = Workspace::new(&[(
        "main.tf",
        "variable \"db_password\" {\n  default = \"Tr0ub4dor\"\n}\n",
    )]);
    let output = command()
        .current_dir(workspace.path())
        .args(["--select", "credentials", ".", "main.tf", "./main.tf"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.ends_with("1 finding (1 high) in 1 file\n"), "{text}");
}

#[test]
fn dotenv_files_are_read() {
    let workspace = Workspace::new(&[(".env", "DB_PASSWORD=Tr0ub4dor3\nDB_HOST=db\n")]);
    let found = workspace.find(&["credentials"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].text, "Tr0ub4dor3");
}

#[test]
fn a_line_of_a_template_is_inspected() {
    let text = "Parameters:\n  Login:\n    Type: String\n    Default: tr0ub4dor\nResources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: !Sub '${Login}x'\n";
    let workspace = Workspace::new(&[("t.yaml", text)]);
    let output = command()
        .current_dir(workspace.path())
        .args(["inspect", "t.yaml:9"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for told in [
        "property Db.MasterUserPassword\n",
        "  value:       10 bytes, all known\n",
        "  through:     parameter-default `Login` at t.yaml:4:14\n",
        "  sensitivity: a secret, by the schema\n",
    ] {
        assert!(text.contains(told), "{text}");
    }
    assert!(!text.contains("tr0ub"), "{text}");
}

fn git(folder: &Path, arguments: &[&str]) {
    let status = std::process::Command::new("git")
        .args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            "-c",
            "init.defaultBranch=main",
        ])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap()
        .status;
    assert!(status.success(), "{arguments:?}");
}

const ONE: &str = "resource \"aws_db_instance\" \"a\" {\n  password_wo = \"Tr0ub4dor\"\n}\n";

/// What is reported in a folder with these arguments: the short form's lines.
fn short(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = command()
        .current_dir(folder)
        .args(["--format", "short"])
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
    )
}

#[test]
fn only_changed_lines_are_reported_when_asked() {
    let workspace = Workspace::new(&[("main.tf", ONE)]);
    let folder = workspace.path();
    git(&folder, &["init", "-q"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-q", "-m", "one"]);
    git(&folder, &["checkout", "-q", "-b", "change"]);
    let two = ONE.replace("\"a\"", "\"b\"");
    std::fs::write(folder.join("main.tf"), format!("{ONE}\n{two}")).unwrap();
    assert_eq!(short(&folder, &["--staged"]).0, 0, "nothing is staged yet");
    let (code, text) = short(&folder, &["--diff-base", "main"]);
    assert_eq!(code, 1);
    assert!(
        text.contains("  6:18 ") && !text.contains("  2:18 "),
        "{text}"
    );
    git(&folder, &["add", "."]);
    let (code, text) = short(&folder, &["--staged"]);
    assert_eq!(code, 1);
    assert!(
        text.contains("  6:18 ") && !text.contains("  2:18 "),
        "{text}"
    );
    assert_eq!(short(&folder, &["--diff-base", "no-such-branch"]).0, 2);
}

#[test]
fn standard_input_is_read_under_a_name() {
    let run = |arguments: &[&str], text: &str| {
        let output = command()
            .args(["--format", "short"])
            .args(arguments)
            .write_stdin(text.to_owned())
            .output()
            .unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let (code, text) = run(&["-"], ONE);
    assert_eq!(code, 1);
    assert!(text.starts_with("stdin.tf\n  2:18 "), "{text}");
    let (code, text) = run(
        &["--stdin-filename", "a/t.tfvars", "-"],
        "db_password = \"Tr0ub4dor\"\n",
    );
    assert_eq!(code, 1);
    assert!(text.starts_with("a/t.tfvars\n"), "{text}");
    assert_eq!(run(&["-", "main.tf"], ONE).0, 2);
}

#[test]
fn several_reports_are_written_at_once() {
    let workspace = Workspace::new(&[("main.tf", ONE)]);
    let folder = workspace.path();
    let arguments = [
        "--output",
        "sarif=out.sarif",
        "--output",
        "csv=out.csv",
        "main.tf",
    ];
    assert_eq!(short(&folder, &arguments).0, 1);
    let sarif = std::fs::read_to_string(folder.join("out.sarif")).unwrap();
    assert!(sarif.contains("\"uri\": \"main.tf\""), "{sarif}");
    assert!(
        std::fs::read_to_string(folder.join("out.csv"))
            .unwrap()
            .contains("\r\nmain.tf,2,18,")
    );
    assert_eq!(short(&folder, &["--output", "sarif"]).0, 2);
}

#[test]
fn the_exit_status_heeds_severity() {
    let workspace = Workspace::new(&[("main.tf", ONE)]);
    let folder = workspace.path();
    assert_eq!(short(&folder, &["--fail-on", "high"]).0, 1);
    assert_eq!(short(&folder, &["--fail-on", "critical"]).0, 0);
    std::fs::write(folder.join("coffer-lint.toml"), "fail-on = \"critical\"\n").unwrap();
    assert_eq!(short(&folder, &[]).0, 0);
    assert_eq!(short(&folder, &["--no-config"]).0, 1);
    assert_eq!(
        short(&folder, &["--fail-on", "low"]).0,
        1,
        "the command line counts first"
    );
    let (code, text) = short(&folder, &["--quiet", "--no-config"]);
    assert_eq!((code, text.as_str()), (1, ""));
}

#[test]
fn a_baseline_is_written_used_and_pruned() {
    let workspace = Workspace::new(&[("main.tf", ONE)]);
    let folder = workspace.path();
    let (code, text) = short(&folder, &["--write-baseline", "base.json"]);
    assert_eq!(
        (code, text.as_str()),
        (0, "1 findings accepted in base.json\n")
    );
    let (code, text) = short(&folder, &["--baseline", "base.json"]);
    assert_eq!(
        (code, text.as_str()),
        (0, "no findings in 2 files, 1 accepted\n")
    );
    std::fs::write(folder.join("main.tf"), "").unwrap();
    let output = command()
        .current_dir(&folder)
        .args(["baseline", "prune", "base.json"])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "1 removed, 0 kept in base.json\n"
    );
    assert_eq!(short(&folder, &["--baseline", "missing.json"]).0, 2);
}

#[test]
fn suppressions_can_be_left_out_of_account() {
    let text = ONE.replace("\"\n}", "\" # coffer-lint: allow(credentials) a test\n}");
    let workspace = Workspace::new(&[("main.tf", text.as_str())]);
    assert_eq!(short(&workspace.path(), &[]).0, 0);
    assert_eq!(short(&workspace.path(), &["--no-suppressions"]).0, 1);
}

#[test]
fn fixes_are_shown_and_made() {
    let workspace = Workspace::new(&[(
        "main.tf",
        "variable \"db_password\" {\n  type = string\n}\n",
    )]);
    let folder = workspace.path();
    let output = command()
        .current_dir(&folder)
        .arg("--diff")
        .output()
        .unwrap();
    let diff = String::from_utf8(output.stdout).unwrap();
    assert!(
        diff.starts_with("--- a/main.tf\n+++ b/main.tf\n@@ -1,3 +1,4 @@\n"),
        "{diff}"
    );
    assert_eq!(short(&folder, &[]).0, 1, "nothing was changed");
    let (code, _) = short(&folder, &["--fix"]);
    assert_eq!(code, 0);
    assert!(
        std::fs::read_to_string(folder.join("main.tf"))
            .unwrap()
            .contains("sensitive = true")
    );
}

#[test]
fn the_configuration_is_shown() {
    let workspace = Workspace::new(&[("coffer-lint.toml", "select = [\"credentials\"]\n")]);
    let output = command()
        .current_dir(workspace.path())
        .arg("config")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("select           credentials\n"), "{text}");
}

#[test]
fn values_are_hashed_for_the_list() {
    let output = command()
        .args(["hash", "--key", "k"])
        .write_stdin("Tr0ub4dor\n")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        text.trim(),
        coffer_lint::knowledge::own::hash("k", "Tr0ub4dor")
    );
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, script, _) = output(&["completions", shell]);
        assert_eq!(code, 0);
        for word in ["inspect", "lsp", "history", "fail-on"] {
            assert!(script.contains(word), "{shell} lacks {word}");
        }
    }
    let folder = Workspace::new::<&str, &str>(&[]);
    let (code, _, errors) = output(&["man", &folder.path().display().to_string()]);
    assert_eq!(code, 0, "{errors}");
    let page = std::fs::read_to_string(folder.path().join("coffer-lint.1")).unwrap();
    assert!(page.contains("\\-\\-history"), "{page}");
    assert!(folder.path().join("coffer-lint-explain.1").is_file());
}

#[test]
fn a_frame_shows_the_secret_each_step_and_where_it_is_used() {
    let workspace = Workspace::new(&[
        (
            "main.tf",
            "module \"db\" {\n  source = \"./db\"\n  login  = \"kHJ4fake7Axf21\"\n}\n",
        ),
        (
            "db/main.tf",
            "variable \"login\" {\n  sensitive = true\n}\n\nlocals {\n  password = var.login\n}\n\nresource \"aws_db_instance\" \"d\" {\n  password_wo = local.password\n}\n",
        ),
    ]);
    let output = Command::cargo_bin("coffer-lint")
        .unwrap()
        .current_dir(workspace.path())
        .args(["--select", "credentials"])
        .output()
        .unwrap();
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}
