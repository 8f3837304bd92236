//! Creating, changing, importing, replacing and destroying secrets.

use coffer_tests::scenario::Scenario;

const GENERATED_AND_USED: &str = r#"
resource "coffer_secret" "db" {
  name        = "prod/db"
  description = "The application's database"
  labels      = { team = "shop" }

  generate {
    length      = 40
    min_special = 2
  }
}

ephemeral "coffer_secret" "db" {
  name    = coffer_secret.db.name
  version = coffer_secret.db.version
}

resource "coffer_secret" "app" {
  name     = "app/db-password"
  value_wo = ephemeral.coffer_secret.db.value
}
"#;

#[test]
fn a_generated_secret_reaches_a_write_only_argument_and_stands_nowhere_else() {
    let scenario = Scenario::new();
    scenario.configure(GENERATED_AND_USED);
    scenario.ok(&["plan", "-out=first.tfplan"]);
    scenario.ok(&["apply", "first.tfplan"]);
    scenario.insist_on_an_empty_plan();

    let value = scenario.value_of("prod/db");
    assert_eq!(value.chars().count(), 40);
    assert_eq!(scenario.value_of("app/db-password"), value);
    let state = scenario.state_of("coffer_secret.db");
    assert_eq!(state["version"], 1);
    assert!(state["entropy_bits"].as_i64().unwrap() > 200);
    scenario.insist_on_no_trace_of(&value);

    // Another policy is another value, in every place that uses it, in one run.
    scenario.change(&GENERATED_AND_USED.replace("40", "48"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let second = scenario.value_of("prod/db");
    assert_eq!(second.chars().count(), 48);
    assert_eq!(scenario.value_of("app/db-password"), second);
    assert_eq!(scenario.state_of("coffer_secret.db")["version"], 2);
    scenario.insist_on_no_trace_of(&second);

    scenario.ok(&["destroy", "-auto-approve"]);
    assert_eq!(scenario.names(), Vec::<String>::new());
    scenario.insist_on_no_trace_of(&second);
}

#[test]
fn metadata_changes_without_a_new_version() {
    let scenario = Scenario::new();
    scenario.configure(GENERATED_AND_USED);
    scenario.apply(&[]);
    let changed = GENERATED_AND_USED
        .replace("The application's database", "The shop's database")
        .replace("{ team = \"shop\" }", "{ owner = \"shop\" }");
    scenario.change(&changed);
    assert_eq!(
        scenario.planned_actions(&[]),
        [("coffer_secret.db".to_owned(), "update".to_owned())]
    );
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let state = scenario.state_of("coffer_secret.db");
    assert_eq!(state["version"], 1);
    assert_eq!(state["labels"], serde_json::json!({ "owner": "shop" }));
}

#[test]
fn keepers_and_only_keepers_have_a_value_generated_anew() {
    let scenario = Scenario::new();
    let with_keeper = |keeper: &str| {
        format!(
            r#"
resource "coffer_secret" "db" {{
  name    = "prod/db"
  keepers = {{ month = "{keeper}" }}
  generate {{}}
}}
"#
        )
    };
    scenario.configure(&with_keeper("january"));
    scenario.apply(&[]);
    let first = scenario.value_of("prod/db");
    scenario.apply(&[]);
    assert_eq!(scenario.value_of("prod/db"), first);
    scenario.change(&with_keeper("february"));
    scenario.apply(&[]);
    assert_ne!(scenario.value_of("prod/db"), first);
    assert_eq!(scenario.state_of("coffer_secret.db")["version"], 2);
}

#[test]
fn an_import_takes_a_secret_over_without_writing_it() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-value-of-before");
    scenario.configure(
        r#"
import {
  to = coffer_secret.db
  id = "prod/db"
}

resource "coffer_secret" "db" {
  name             = "prod/db"
  value_wo         = "fake-value-of-before"
  value_wo_version = 1
}
"#,
    );
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.state_of("coffer_secret.db")["version"], 1);

    let other = Scenario::new();
    other.put("prod/db", "fake-value-of-before");
    other
        .configure("resource \"coffer_secret\" \"db\" {\n  name = \"prod/db\"\n  generate {}\n}\n");
    other.ok(&["import", "coffer_secret.db", "prod/db"]);
    other.apply(&[]);
    other.insist_on_an_empty_plan();
    assert_eq!(other.value_of("prod/db"), "fake-value-of-before");
    other.insist_on_no_trace_of("fake-value-of-before");

    let missing = other.fails(&["import", "coffer_secret.db", "no such name"]);
    assert!(missing.contains("Resource already managed") || missing.contains("no name"));
}

#[test]
fn another_name_is_another_secret() {
    let scenario = Scenario::new();
    let named = |name: &str| {
        format!("resource \"coffer_secret\" \"db\" {{\n  name = \"{name}\"\n  generate {{}}\n}}\n")
    };
    scenario.configure(&named("old/db"));
    scenario.apply(&[]);
    scenario.change(&named("new/db"));
    assert_eq!(
        scenario.planned_actions(&[]),
        [("coffer_secret.db".to_owned(), "delete,create".to_owned())]
    );
    scenario.apply(&[]);
    assert_eq!(scenario.names(), ["new/db"]);
}

#[test]
fn what_becomes_of_a_destroyed_secret_is_chosen() {
    let scenario = Scenario::new();
    scenario.configure(
        r#"
resource "coffer_secret" "soft" {
  name     = "soft"
  value_wo = "fake-soft-value"
}

resource "coffer_secret" "kept" {
  name       = "kept"
  value_wo   = "fake-kept-value"
  on_destroy = "keep"
}

resource "coffer_secret" "gone" {
  name       = "gone"
  value_wo   = "fake-gone-value"
  on_destroy = "destroy"
}
"#,
    );
    scenario.apply(&[]);
    scenario.ok(&["destroy", "-auto-approve"]);
    assert_eq!(scenario.value_of("kept"), "fake-kept-value");
    let read = |name: &str| {
        let output = scenario
            .coffer_command(&["get", name, "--reveal"])
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert!(
        read("soft").contains("can be restored until"),
        "{}",
        read("soft")
    );
    assert!(
        read("gone").contains("there is no secret"),
        "{}",
        read("gone")
    );

    // Created again, the deleted one goes on with its history.
    scenario.change("resource \"coffer_secret\" \"soft\" {\n  name = \"soft\"\n  value_wo = \"fake-second-value\"\n}\n");
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.state_of("coffer_secret.soft")["version"], 2);
    assert_eq!(scenario.value_of("soft"), "fake-second-value");
}

#[test]
fn a_secret_that_exists_is_taken_over_only_when_that_is_said() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-value-of-before");
    let with = |on_existing: &str| {
        format!(
            "resource \"coffer_secret\" \"db\" {{\n  name = \"prod/db\"\n  value_wo = \"fake-new-value\"\n  {on_existing}\n}}\n"
        )
    };
    scenario.configure(&with(""));
    let refused = scenario.fails(&["plan"]);
    assert!(
        refused.contains("The secret prod/db exists already"),
        "{refused}"
    );
    assert!(refused.contains("on_existing = \"adopt\""), "{refused}");
    assert_eq!(scenario.value_of("prod/db"), "fake-value-of-before");

    scenario.change(&with("on_existing = \"adopt\""));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.value_of("prod/db"), "fake-new-value");
    assert_eq!(scenario.state_of("coffer_secret.db")["version"], 2);
}
