//! What a report looks like: colours, and what a frame points at.

use assert_cmd::Command;

use crate::workspace::Workspace;

/// The report of a folder on a pipe, with arguments and variables.
fn report(workspace: &Workspace, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let output = Command::cargo_bin("coffer-lint")
        .unwrap()
        .current_dir(workspace.path())
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .args(arguments)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let leaky = "resource \"aws_db_instance\" \"d\" {\n  password_wo = \"Tr0ub4dor\"\n}\n";
    let workspace = Workspace::new(&[("main.tf", leaky)]);
    let colored = |arguments: &[&str], variables: &[(&str, &str)]| {
        report(&workspace, arguments, variables).contains("\u{1b}[")
    };
    let force = ("CLICOLOR_FORCE", "1");
    assert!(!colored(&[], &[]), "a pipe gets none");
    assert!(colored(&[], &[force]));
    assert!(!colored(&[], &[("NO_COLOR", "1")]));
    assert!(colored(&["--color", "always"], &[]));
    assert!(
        colored(&["--color", "always"], &[("NO_COLOR", "1")]),
        "the command line counts first"
    );
    assert!(!colored(&["--color", "never"], &[force]));
}

#[test]
fn a_frame_of_a_template_shows_where_the_value_is_used() {
    let text = "Parameters:\n  Login:\n    Type: String\n    NoEcho: true\n    Default: tr0ub4dor\n\nResources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      Engine: postgres\n      MasterUserPassword: !Ref Login\n";
    let workspace = Workspace::new(&[("t.yaml", text)]);
    insta::assert_snapshot!(report(&workspace, &["--select", "credentials"], &[]));
}
