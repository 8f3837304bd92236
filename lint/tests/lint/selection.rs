//! Which files a run looks at, and with which values: the command's flags.

use assert_cmd::Command;

use crate::workspace::Workspace;

const LEAKY: &str = "resource \"aws_db_instance\" \"d\" {\n  password_wo = \"kHJ4fake7Axf21\"\n}\n";

/// The files with findings, in order; empty where the status is 0.
fn files(workspace: &Workspace, arguments: &[&str]) -> Vec<String> {
    let output = Command::cargo_bin("coffer-lint")
        .unwrap()
        .current_dir(workspace.path())
        .args(["--select", "credentials", "--format", "csv"])
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let files: Vec<String> = text
        .lines()
        .skip(1)
        .filter_map(|line| Some(line.split(',').next()?.to_owned()))
        .collect();
    assert_eq!(output.status.code(), Some(i32::from(!files.is_empty())));
    files
}

#[test]
fn files_of_ignore_lists_are_left_out_until_they_are_asked_for() {
    for list in [".gitignore", ".ignore", ".cofferignore"] {
        let workspace = Workspace::new(&[(list, "old/\n"), ("old/main.tf", LEAKY)]);
        assert_eq!(files(&workspace, &["."]), [""; 0], "{list}");
        assert_eq!(
            files(&workspace, &["--no-ignore", "."]),
            ["old/main.tf"],
            "{list}"
        );
        assert_eq!(
            files(&workspace, &["old/main.tf"]),
            ["old/main.tf"],
            "{list}"
        );
    }
}

#[test]
fn hidden_files_are_looked_at_until_they_are_left_out() {
    let workspace = Workspace::new(&[(".live/main.tf", LEAKY)]);
    assert_eq!(files(&workspace, &["."]), [".live/main.tf"]);
    assert_eq!(files(&workspace, &["--no-hidden", "."]), [""; 0]);
    assert_eq!(
        files(&workspace, &["--no-hidden", "--hidden", "."]),
        [".live/main.tf"]
    );
}

#[test]
fn a_file_of_values_belongs_to_the_module_that_it_is_given_to() {
    let module = "variable \"word\" {\n  sensitive = true\n}\n\nresource \"aws_db_instance\" \"d\" {\n  password_wo = var.word\n}\n";
    let workspace = Workspace::new(&[
        ("app/main.tf", module),
        ("other/values.txt", "word = \"kHJ4fake7Axf21\"\n"),
    ]);
    assert_eq!(files(&workspace, &["app"]), [""; 0]);
    for path in ["app", "app/main.tf", "./app"] {
        assert_eq!(
            files(&workspace, &["--var-file", "other/values.txt", path]),
            ["other/values.txt"],
            "{path}"
        );
    }
    let missing = Command::cargo_bin("coffer-lint")
        .unwrap()
        .current_dir(workspace.path())
        .args(["--var-file", "none.tfvars", "app"])
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(2));
    let errors = String::from_utf8(missing.stderr).unwrap();
    assert!(errors.contains("none.tfvars: No such file"), "{errors}");
}
