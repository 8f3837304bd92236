//! `coffer evict`: a leaky repository without its secrets, judged by the real Terraform and AWS provider.

use std::fs;
use std::path::Path;
use std::process::Command;

use coffer_tests::scenario::{AWS, Scenario, text};
use serde_json::Value;
use xtask::moto::Moto;
use xtask::programs::{self, Program};

/// Secrets of the example, or what each of them holds.
const SECRETS: &[&str] = &[
    "n0t-a-real-pw",
    "fakeFAKE0fakeFAKE1",
    "Winter2024",
    "h0rse",
    "fake-Tr0ub4dor",
    "fake0TOKEN1",
    "kHJ4fake7Axf21",
];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the example").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("copied")),
        }
    }
}

/// A `coffer` command whose Terraform is that of the scenario.
fn coffer(scenario: &Scenario, arguments: &[&str]) -> Command {
    let mut command = scenario.coffer_command(arguments);
    for (name, value) in scenario.command(&[]).get_envs() {
        match value {
            Some(value) if !name.to_string_lossy().starts_with("COFFER_") => {
                command.env(name, value);
            }
            _ => {}
        }
    }
    command
}

/// What the linter finds, after the fixes that are asked for.
fn findings(folder: &Path, fixes: &[&str]) -> Vec<String> {
    let output = Command::new(Program::Lint.path().expect("the linter is built"))
        .current_dir(folder)
        .args(["--format", "json"])
        .args(fixes)
        .output()
        .expect("the linter starts");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let found = report["findings"].as_array().expect("a list").iter();
    found
        .map(|one| {
            format!(
                "{} at {}:{}",
                one["rule"], one["file"], one["start"]["line"]
            )
        })
        .collect()
}

#[test]
fn a_leaky_repository_is_migrated_to_no_finding_at_all() {
    let scenario = Scenario::with_aws_provider();
    let folder = scenario.folder();
    copy(&programs::root().join("examples/leaky"), &folder);
    // Templates are for another tool; the rest of the repository is Terraform's.
    fs::remove_file(folder.join("template.yaml")).expect("removed");
    let arguments = ["evict", "--prefix", "shop", "--no-plan"];
    let output = coffer(&scenario, &arguments)
        .output()
        .expect("coffer starts");
    let printed = text(&output);
    assert!(output.status.success(), "{printed}");
    for secret in SECRETS {
        assert!(!printed.contains(secret), "it shows {secret}:\n{printed}");
    }
    assert!(printed.contains("raise the version argument of `aws_db_instance.shop.password`"));
    // What is no literal is mended by the linter's own fixes.
    let left = findings(&folder, &["--fix", "--unsafe"]);
    assert_eq!(left, Vec::<String>::new());
    for secret in SECRETS {
        for name in ["main.tf", "variables.tf", "terraform.tfvars"] {
            let text = fs::read_to_string(folder.join(name)).expect("a file");
            assert!(!text.contains(secret), "{name} holds {secret}");
        }
    }
    scenario.ok(&["fmt", "-check", "-diff", "-recursive"]);
    scenario.ok(&["init", "-backend=false"]);
    scenario.ok(&["validate"]);
    // Every value is in the vault as it was, also those that were put together.
    assert_eq!(
        scenario.value_of("shop/reports/master_password"),
        "Winter2024!fake"
    );
    assert_eq!(
        scenario.value_of("shop/shop/password"),
        "correct-h0rse-fake"
    );
    assert_eq!(scenario.value_of("shop/this/password"), "kHJ4fake7Axf21");
    assert_eq!(
        scenario.value_of("shop/backend/pg/conn_str"),
        "postgres://terraform:n0t-a-real-pw@state.internal.invalid/terraform"
    );
}

const PARAMETER: &str = r#"
resource "aws_ssm_parameter" "login" {
  name  = "/shop/password"
  type  = "SecureString"
  value = "kHJ4fake7Axf21"
}
"#;

#[test]
fn the_plan_is_shown_and_what_it_makes_holds_no_secret() {
    let moto = Moto::start().expect("moto starts");
    let scenario = Scenario::with_aws(&moto);
    scenario.configure(&format!("{AWS}{PARAMETER}"));
    let mut dry = scenario.coffer_command(&["evict", "--dry-run"]);
    let dry = dry.output().expect("coffer starts");
    let dry = text(&dry);
    assert!(
        dry.contains("+  value_wo         = ephemeral.coffer_secret.login_value.value"),
        "{dry}"
    );
    assert!(!dry.contains("kHJ4fake"), "{dry}");
    assert!(scenario.names().is_empty(), "a dry run stores nothing");
    let output = coffer(&scenario, &["evict"])
        .output()
        .expect("coffer starts");
    let printed = text(&output);
    assert!(output.status.success(), "{printed}");
    assert!(
        printed.contains("Plan: 1 to add, 0 to change, 0 to destroy."),
        "{printed}"
    );
    assert!(!printed.contains("kHJ4fake"), "{printed}");
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    scenario.insist_on_no_trace_of("kHJ4fake7Axf21");
}

#[test]
fn a_name_that_is_taken_stops_it_before_anything_is_changed() {
    let scenario = Scenario::new();
    scenario.put("login/value", "another-value");
    fs::write(scenario.file("main.tf"), PARAMETER).expect("written");
    let output = coffer(&scenario, &["evict", "--no-plan"])
        .output()
        .expect("coffer starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output).contains("with another value"),
        "{}",
        text(&output)
    );
    assert_eq!(
        fs::read_to_string(scenario.file("main.tf")).expect("a file"),
        PARAMETER
    );
    // Once the vault has the value the rest is done.
    scenario.coffer(&["put", "login/value"], "kHJ4fake7Axf21");
    let arguments = ["evict", "--no-plan", "--format", "json"];
    let output = coffer(&scenario, &arguments)
        .output()
        .expect("coffer starts");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(report["evicted"][0]["way"], "ephemeral");
    assert_eq!(report["evicted"][0]["place"], "main.tf:5");
}
