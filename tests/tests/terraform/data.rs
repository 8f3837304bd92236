//! Data sources, and ephemeral resources that read many secrets or the environment.

use coffer_tests::scenario::Scenario;
use serde_json::json;

#[test]
fn metadata_tells_everything_but_the_value() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-first-value");
    scenario.put("prod/db", "fake-second-value");
    scenario.put("prod/db/admin", "fake-admin-value");
    scenario.put("dev/db", "fake-dev-value");
    scenario.configure(
        r#"
data "coffer_secret_metadata" "db" {
  name = "prod/db"
}

data "coffer_secret_metadata" "missing" {
  name = "prod/nothing"
}

data "coffer_secret_names" "prod" {
  prefix = "prod/"
}

data "coffer_secret_names" "flat" {
  prefix    = "prod/"
  recursive = false
}

data "coffer_backend" "it" {}

data "coffer_leases" "open" {}

data "coffer_rotation_status" "db" {
  name         = "prod/db"
  rotate_after = "1ms"
}

data "coffer_audit_events" "puts" {
  prefix = "prod/"
  since  = "1d"
}

output "metadata" {
  value = [
    data.coffer_secret_metadata.db.exists,
    data.coffer_secret_metadata.db.version,
    data.coffer_secret_metadata.db.versions[0].stages,
    data.coffer_secret_metadata.missing.exists,
    data.coffer_secret_names.prod.names,
    data.coffer_secret_names.flat.names,
    data.coffer_backend.it.type,
    data.coffer_backend.it.reachable,
    data.coffer_backend.it.secrets,
    data.coffer_leases.open.leases,
    data.coffer_rotation_status.db.rotation_due,
    data.coffer_audit_events.puts.counts["put"],
  ]
}
"#,
    );
    scenario.apply(&[]);
    assert_eq!(
        scenario.json(&["output", "-json", "metadata"]),
        json!([
            true,
            2,
            ["previous"],
            false,
            ["prod/db", "prod/db/admin"],
            ["prod/db"],
            "local",
            true,
            3,
            [],
            true,
            3,
        ])
    );
    assert_eq!(scenario.audit("get", "prod/db"), 0);
    scenario.insist_on_no_trace_of("fake-second-value");
}

#[test]
fn a_vault_that_cannot_be_opened_is_no_error_to_whoever_asks_whether_it_can() {
    let scenario = Scenario::without_vault();
    scenario.configure(
        "data \"coffer_backend\" \"it\" {}\n\noutput \"problem\" {\n  value = data.coffer_backend.it.problem\n}\n",
    );
    scenario.apply(&[]);
    let problem = scenario.json(&["output", "-json", "problem"]);
    assert!(
        problem.as_str().unwrap().contains("coffer init"),
        "{problem}"
    );
}

#[test]
fn many_secrets_are_read_in_one_row_of_the_audit_trail() {
    let scenario = Scenario::new();
    for name in ["a", "b", "c"] {
        scenario.put(&format!("prod/{name}"), &format!("fake-value-of-{name}"));
    }
    scenario.configure(
        r#"
ephemeral "coffer_secrets" "prod" {
  prefix  = "prod/"
  open_on = "apply"
}

data "coffer_secret_names" "prod" {
  prefix = "prod/"
}

resource "coffer_secret" "copy" {
  for_each         = toset(data.coffer_secret_names.prod.names)
  name             = "copy/${each.key}"
  value_wo         = ephemeral.coffer_secrets.prod.values[each.key]
  value_wo_version = 1
}
"#,
    );
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.value_of("copy/prod/b"), "fake-value-of-b");
    assert_eq!(scenario.audit("get", "prod/b"), 1);
    scenario.insist_on_no_trace_of("fake-value-of-b");

    scenario.change(
        r#"
ephemeral "coffer_secrets" "some" {
  names = ["prod/a", "prod/gone"]
}
"#,
    );
    let failure = scenario.fails(&["plan"]);
    assert!(
        failure.contains("Cannot read the secret prod/gone"),
        "{failure}"
    );
}

#[test]
fn the_environment_is_read_from_a_variable_or_its_file() {
    let scenario = Scenario::new()
        .env("APP_TOKEN", "fake-token-of-the-environment")
        .env("APP_EMPTY", "");
    let file = scenario.file("app-key.txt");
    std::fs::write(&file, "fake-key-of-a-file\n").unwrap();
    let scenario = scenario
        .env("APP_KEY_FILE", file.to_str().unwrap())
        .env("APP_LOST_FILE", "/nonexistent/app-lost.txt")
        .env("TF_VAR_app_token", "fake-token-of-the-environment");
    scenario.configure(
        r#"
ephemeral "coffer_env" "token" {
  name = "APP_TOKEN"
}

ephemeral "coffer_env" "key" {
  name = "APP_KEY"
}

ephemeral "coffer_env" "none" {
  name     = "APP_NOTHING"
  required = false
}

resource "coffer_secret" "copy" {
  name = "copy"
  value_wo = join("|", [
    ephemeral.coffer_env.token.value,
    ephemeral.coffer_env.key.value,
    ephemeral.coffer_env.key.source,
    coalesce(ephemeral.coffer_env.none.value, "none"),
  ])
}
"#,
    );
    scenario.apply(&[]);
    assert_eq!(
        scenario.value_of("copy"),
        "fake-token-of-the-environment|fake-key-of-a-file|file|none"
    );
    for (name, expected) in [
        ("APP_EMPTY", "APP_EMPTY is empty"),
        ("APP_NOTHING", "APP_NOTHING is not set"),
        ("APP_LOST", "The secret's file cannot be read"),
        ("TF_VAR_token", "may reach the state"),
    ] {
        scenario.change(&format!(
            "ephemeral \"coffer_env\" \"it\" {{\n  name = \"{name}\"\n}}\n"
        ));
        let failure = scenario.fails(&["plan"]);
        assert!(failure.contains(expected), "{failure}");
    }
}
