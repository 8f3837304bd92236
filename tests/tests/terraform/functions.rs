//! The provider's functions, called by the real Terraform.

use coffer_tests::scenario::Scenario;
use serde_json::{Value, json};

/// What an output of the configuration is.
fn outputs(scenario: &Scenario) -> Value {
    let state = scenario.json(&["output", "-json"]);
    let outputs = state.as_object().expect("an object").iter();
    outputs
        .map(|(name, output)| (name.clone(), output["value"].clone()))
        .collect()
}

const CALLS: &str = r#"
locals {
  parsed = provider::coffer::parse_ref("aws:eu:prod/db#password@previous")
}

output "parsed" { value = local.parsed }
output "built" { value = provider::coffer::build_ref(local.parsed) }
output "short" { value = provider::coffer::build_ref({ name = "prod/db" }) }
output "bits" { value = provider::coffer::entropy_bits("password") }
output "checked" { value = provider::coffer::check_password("short", { min_length = 12 }) }
output "next" { value = provider::coffer::next_rotation("2030-01-01T00:00:00Z", "cron(0 4 ? * SUN *)") }
output "length" { value = provider::coffer::duration_parse("1d 12h") }
output "look" { value = provider::coffer::looks_secret("t3.micro") }
output "redacted" { value = provider::coffer::redact("the word is hunter2", "hunter2") }
output "fingerprint" { value = provider::coffer::fingerprint("a key of the tests", "hunter2") }
output "dsn" {
  value = provider::coffer::dsn("postgresql", {
    host     = "db.internal"
    port     = 5432
    username = "app"
    database = "app"
    options  = { sslmode = "require" }
  })
}
"#;

#[test]
fn functions_compute_the_same_in_plan_and_apply() {
    let scenario = Scenario::new();
    scenario.configure(CALLS);
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let outputs = outputs(&scenario);
    assert_eq!(
        outputs["parsed"],
        json!({
            "backend": "aws:eu",
            "name": "prod/db",
            "key": "password",
            "version": null,
            "version_stage": "previous",
        })
    );
    assert_eq!(outputs["built"], "aws:eu:prod/db#password@previous");
    assert_eq!(outputs["short"], "prod/db");
    assert!(outputs["bits"].as_i64().unwrap() < 12);
    assert_eq!(outputs["checked"]["ok"], false);
    assert_eq!(outputs["next"], "2030-01-06T04:00:00Z");
    assert_eq!(outputs["length"]["hours"], 36);
    assert_eq!(outputs["look"]["secret"], false);
    assert_eq!(outputs["redacted"], "the word is ********");
    assert_eq!(
        outputs["dsn"],
        "postgresql://app@db.internal:5432/app?sslmode=require"
    );
    assert_eq!(outputs["fingerprint"].as_str().unwrap().len(), 16);
}

#[test]
fn an_error_points_at_the_argument() {
    let scenario = Scenario::new();
    scenario.configure(
        r#"output "next" { value = provider::coffer::next_rotation("2030-01-01T00:00:00Z", "monthly") }"#,
    );
    let printed = scenario.fails(&["plan"]);
    assert!(
        printed.contains("Invalid value for \"rule\" parameter: a length of time such as"),
        "{printed}"
    );
}

const EPHEMERAL: &str = r#"
resource "coffer_secret" "db" {
  name = "prod/db"
  generate { length = 32 }
}

ephemeral "coffer_secret" "db" {
  name    = coffer_secret.db.name
  version = coffer_secret.db.version
}

resource "coffer_secret" "dsn" {
  name = "prod/db-dsn"
  value_wo = provider::coffer::dsn("postgresql", {
    host     = "db.internal"
    username = "app"
    password = ephemeral.coffer_secret.db.value
  })
}
"#;

#[test]
fn an_ephemeral_value_goes_through_a_function_into_a_write_only_argument() {
    let scenario = Scenario::new();
    scenario.configure(EPHEMERAL);
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let dsn = scenario.value_of("prod/db-dsn");
    assert!(dsn.starts_with("postgresql://app:") && dsn.ends_with("@db.internal"));
    scenario.insist_on_no_trace_of(&scenario.value_of("prod/db"));
    scenario.insist_on_no_trace_of(&dsn);
}

#[test]
fn a_sensitive_argument_makes_a_sensitive_result_and_is_in_no_error() {
    let scenario = Scenario::new();
    scenario.configure(
        r#"
variable "password" {
  sensitive = true
  default   = "hunter2-hunter2"
}
output "form" { value = provider::coffer::redact("word: ${var.password}", var.password) }
"#,
    );
    let printed = scenario.fails(&["plan"]);
    assert!(
        printed.contains("Output refers to sensitive values"),
        "{printed}"
    );
    scenario.change(
        r#"
variable "password" {
  sensitive = true
  default   = "hunter2-hunter2"
}
output "dsn" {
  value     = provider::coffer::dsn("postgresql", { password = var.password })
  sensitive = true
}
"#,
    );
    let printed = scenario.fails(&["plan"]);
    assert!(printed.contains("host is missing"), "{printed}");
    assert!(!printed.contains("hunter2"), "{printed}");
}
