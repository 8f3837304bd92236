//! `coffer env`: secrets from the environment.

use crate::bench::{Bench, Run, run};

fn env(bench: &Bench, variables: &[(&str, &str)], arguments: &[&str]) -> Run {
    let mut command = bench.command();
    command.envs(variables.iter().copied());
    run(command.arg("env").args(arguments), "")
}

#[test]
fn a_value_comes_from_the_variable_or_from_the_file_that_the_other_names() {
    let bench = Bench::new();
    std::fs::write(bench.folder().join("app-key.txt"), "fake-key-of-a-file\r\n").unwrap();
    let variables = [("APP_TOKEN", "fake-token"), ("APP_KEY_FILE", "app-key.txt")];
    let token = env(&bench, &variables, &["APP_TOKEN"]).succeeded();
    assert_eq!(
        (token.stdout.as_str(), token.stderr.as_str()),
        ("fake-token", "")
    );
    let key = env(&bench, &variables, &["APP_KEY", "--format", "json"]).succeeded();
    let key: serde_json::Value = serde_json::from_str(&key.stdout).unwrap();
    assert_eq!(
        (&key["source"], &key["value"]),
        (&"file".into(), &"fake-key-of-a-file".into())
    );
}

#[test]
fn what_is_missing_or_empty_or_terraforms_is_refused() {
    let bench = Bench::new();
    let variables = [
        ("APP_EMPTY", ""),
        ("APP_LOST_FILE", "no-such-file"),
        ("TF_VAR_token", "fake-token"),
    ];
    let fails = |name: &str, code, cause: &str, remedy: &str| {
        env(&bench, &variables, &[name]).failed(code, cause, remedy);
    };
    fails(
        "APP_NOTHING",
        3,
        "APP_NOTHING is not set",
        "APP_NOTHING_FILE",
    );
    fails("APP_EMPTY", 2, "APP_EMPTY is empty", "--allow-empty");
    fails("APP_LOST", 2, "no-such-file", "path");
    fails("TF_VAR_token", 2, "may reach the state", "another name");
    fails("A=B", 2, "no \"=\" in it", "variable");
    let empty = env(&bench, &variables, &["APP_EMPTY", "--allow-empty"]).succeeded();
    assert_eq!(empty.stdout, "");
}

#[test]
fn a_twin_that_terraform_reads_is_warned_of() {
    let bench = Bench::new();
    let variables = [
        ("DB_PASSWORD", "fake-password"),
        ("TF_VAR_db_password", "fake-password"),
    ];
    let told = env(&bench, &variables, &["DB_PASSWORD"]).succeeded();
    assert_eq!(told.stdout, "fake-password");
    assert!(
        told.stderr.contains("TF_VAR_db_password is set too"),
        "{}",
        told.stderr
    );
    assert!(!told.stderr.contains("fake-password"), "{}", told.stderr);
}
