//! Every function has a stated effect, and a secret is followed through those that hand it on.

use std::collections::BTreeSet;
use std::process::Command;

use coffer_lint::resolve::functions::effect::{EFFECTS, Effect, effect};

use crate::workspace::Workspace;

/// What stands in the file where the value of an expression at a password is found.
fn found(expression: &str) -> Vec<String> {
    let text = format!("resource \"aws_db_instance\" \"d\" {{\n  password = {expression}\n}}\n");
    let found = Workspace::new(&[("main.tf", text)]).find(&["credentials"]);
    found.into_iter().map(|found| found.text).collect()
}

#[test]
fn effects_are_sorted_by_name_and_stand_once() {
    let names: BTreeSet<_> = EFFECTS.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), EFFECTS.len());
    assert_eq!(effect("core::join"), Effect::Build);
    assert_eq!(effect("provider::aws::arn_parse"), Effect::Ends);
}

/// Terraform itself lists its functions; where it is not installed there is nothing to compare.
#[test]
fn every_function_of_terraform_has_an_effect() {
    let listed = Command::new("terraform")
        .args(["metadata", "functions", "-json"])
        .env_remove("TF_CLI_CONFIG_FILE")
        .output();
    let Ok(listed) = listed else { return };
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let known: BTreeSet<&str> = EFFECTS.iter().map(|(name, _)| *name).collect();
    let missing: Vec<&String> = listed["function_signatures"]
        .as_object()
        .unwrap()
        .keys()
        .filter(|name| !known.contains(name.strip_prefix("core::").unwrap_or(name)))
        .collect();
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn a_secret_is_followed_through_functions_that_hand_it_on() {
    for (expression, wanted) in [
        ("nonsensitive(sensitive(\"Tr0ub4dor\"))", "Tr0ub4dor"),
        ("trimspace(\" Tr0ub4dor \")", "Tr0ub4dor"),
        ("trimprefix(\"pw:Tr0ub4dor\", \"pw:\")", "Tr0ub4dor"),
        ("trim(\"--Tr0ub4dor--\", \"-\")", "Tr0ub4dor"),
        ("substr(\"xTr0ub4dor\", 1, -1)", "Tr0ub4dor"),
        ("split(\":\", \"app:Tr0ub4dor\")[1]", "Tr0ub4dor"),
        (
            "jsondecode(\"{\\\"pw\\\": \\\"Tr0ub4dor\\\"}\").pw",
            "Tr0ub4dor",
        ),
        ("yamldecode(\"pw: Tr0ub4dor\").pw", "Tr0ub4dor"),
        ("csvdecode(\"user,pw\\napp,Tr0ub4dor\")[0].pw", "Tr0ub4dor"),
        (
            "zipmap([\"a\", \"b\"], [\"x\", \"Tr0ub4dor\"])[\"b\"]",
            "Tr0ub4dor",
        ),
        (
            "lookup({ a = \"Tr0ub4dor\" }, \"a\", var.none)",
            "Tr0ub4dor",
        ),
        ("element([\"Tr0ub4dor\"], 0)", "Tr0ub4dor"),
        ("one([\"Tr0ub4dor\"])", "Tr0ub4dor"),
        ("values({ a = \"Tr0ub4dor\" })[0]", "Tr0ub4dor"),
        ("coalesce(var.none, \"Tr0ub4dor\")", "Tr0ub4dor"),
        ("try(var.none, \"Tr0ub4dor\")", "Tr0ub4dor"),
        ("merge({ a = \"Tr0ub4dor\" }, {}).a", "Tr0ub4dor"),
        ("replace(\"Tr0ub4dor-\", \"/-$/\", \"\")", "Tr0ub4dor-"),
        ("upper(\"Tr0ub4dor\")", "Tr0ub4dor"),
        ("base64decode(\"VHIwdWI0ZG9y\")", "VHIwdWI0ZG9y"),
    ] {
        assert_eq!(found(expression), [wanted], "{expression}");
    }
    assert_eq!(
        found("formatlist(\"%s4dor\", [\"Tr0ub\"])[0]"),
        ["formatlist(\"%s4dor\", [\"Tr0ub\"])"]
    );
}

#[test]
fn what_ends_a_flow_is_no_finding() {
    for expression in [
        "sha256(\"Tr0ub4dor\")",
        "bcrypt(\"Tr0ub4dor\")",
        "length(\"Tr0ub4dor\")",
        "basename(\"/run/Tr0ub4dor\")",
        "keys({ Tr0ub4dor = 1 })[0]",
        "uuid()",
    ] {
        assert_eq!(found(expression), Vec::<String>::new(), "{expression}");
    }
}

#[test]
fn files_that_a_configuration_reads_are_followed() {
    let workspace = Workspace::new(&[
        (
            "main.tf",
            "resource \"aws_db_instance\" \"d\" {\n  password = trimspace(file(\"${path.module}/login.txt\"))\n}\n",
        ),
        ("login.txt", "correct horse\n"),
    ]);
    let found = workspace.find(&["credentials"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].file.as_str(), found[0].line), ("login.txt", 1));
    assert_eq!(found[0].hops, ["file"]);
}

#[test]
fn templates_that_a_configuration_fills_in_are_put_together() {
    let workspace = Workspace::new(&[
        (
            "main.tf",
            "resource \"aws_instance\" \"d\" {\n  user_data = templatefile(\"${path.module}/run.sh.tpl\", { word = \"Tr0ub4dor\" })\n}\n",
        ),
        ("run.sh.tpl", "#!/bin/sh\nexport DB_PASSWORD=${word}\n"),
    ]);
    let found = workspace.find(&["credentials"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].file.as_str(), found[0].text.as_str()),
        ("main.tf", "Tr0ub4dor")
    );
}

#[test]
fn the_fallback_of_an_environment_variable_counts() {
    let text = "inputs = {\n  db_password = get_env(\"DB_PASSWORD\", \"Tr0ub4dor\")\n}\n";
    let found = Workspace::new(&[("terragrunt.hcl", text)]).find(&["credentials"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].text, "Tr0ub4dor");
}
