//! Several stores in one provider block.

use coffer_tests::scenario::Scenario;

/// A provider with the scenario's own vault, the one of `other`, and the environment.
fn three_stores(other: &Scenario) -> String {
    format!(
        r#"
provider "coffer" {{
  default_backend = "local"

  local {{
    path     = "vault.db"
    key_file = "vault.key"
  }}

  local {{
    alias_name = "other"
    path       = {:?}
    key_file   = {:?}
  }}

  env {{
    prefix = "APP_"
  }}
}}
"#,
        other.file("vault.db"),
        other.file("vault.key"),
    )
}

#[test]
fn objects_name_their_store_and_the_rest_are_in_the_default_one() {
    let other = Scenario::new();
    let scenario = Scenario::new().env("APP_CI_TOKEN", "fake-token-of-the-pipeline");
    scenario.configure_all(&format!(
        r#"{}
resource "coffer_secret" "here" {{
  name     = "here"
  value_wo = "fake-value-here"
}}

resource "coffer_secret" "there" {{
  name     = "there"
  backend  = "local:other"
  value_wo = "fake-value-there"
}}

ephemeral "coffer_secret" "token" {{
  name    = "ci/token"
  backend = "env"
}}

resource "coffer_secret" "token" {{
  name     = "token"
  backend  = "local:other"
  value_wo = ephemeral.coffer_secret.token.value
}}

resource "coffer_secret_copy" "copy" {{
  name           = "copy"
  source         = coffer_secret.there.name
  source_backend = coffer_secret.there.backend
}}

data "coffer_secret_names" "there" {{
  backend    = "local:other"
  depends_on = [coffer_secret.token]
}}

output "names" {{
  value = data.coffer_secret_names.there.names
}}
"#,
        three_stores(&other)
    ));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.names(), ["copy", "here"]);
    assert_eq!(other.names(), ["there", "token"]);
    assert_eq!(scenario.value_of("copy"), "fake-value-there");
    assert_eq!(other.value_of("token"), "fake-token-of-the-pipeline");
    let names = scenario.json(&["output", "-json", "names"]);
    assert_eq!(names, serde_json::json!(["there", "token"]));
    for value in [
        "fake-value-here",
        "fake-value-there",
        "fake-token-of-the-pipeline",
    ] {
        // The configuration itself holds the first two.
        if value.ends_with("pipeline") {
            scenario.insist_on_no_trace_of(value);
        }
    }

    other.put("there", "fake-value-that-is-new");
    scenario.fails(&["plan", "-detailed-exitcode"]);
}

#[test]
fn a_secret_moves_to_another_store_by_being_replaced() {
    let other = Scenario::new();
    let scenario = Scenario::new();
    let configuration = |backend: &str| {
        format!(
            "{}\nresource \"coffer_secret\" \"moving\" {{\n  name     = \"moving\"\n  value_wo = \"fake-moving-value\"\n{backend}}}\n",
            three_stores(&other)
        )
    };
    scenario.configure_all(&configuration(""));
    scenario.apply(&[]);
    scenario.change_all(&configuration("  backend = \"local:other\"\n"));
    scenario.apply(&[]);
    assert_eq!(scenario.names(), [] as [String; 0]);
    assert_eq!(other.value_of("moving"), "fake-moving-value");

    // And is taken over from there by an import.
    scenario.ok(&["state", "rm", "coffer_secret.moving"]);
    scenario.ok(&["import", "coffer_secret.moving", "local:other:moving"]);
    let state = scenario.state_of("coffer_secret.moving");
    assert_eq!(state["backend"], "local:other");
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
}

#[test]
fn a_store_that_is_not_there_is_named_with_those_that_are() {
    let other = Scenario::new();
    let scenario = Scenario::new();
    let read = |backend: &str| {
        format!(
            "{}\ndata \"coffer_secret_metadata\" \"it\" {{\n  name = \"it\"\n{backend}}}\n",
            three_stores(&other)
        )
    };
    scenario.configure_all(&read("  backend = \"local:elsewhere\"\n"));
    let said = scenario.fails(&["plan"]);
    assert!(
        said.contains("There is no store \"local:elsewhere\""),
        "{said}"
    );
    assert!(said.contains("local, local:other"), "{said}");

    let several = read("").replace("default_backend = \"local\"", "");
    scenario.change_all(&several);
    let said = scenario.fails(&["plan"]);
    assert!(said.contains("The store is not named"), "{said}");

    let wrong = read("").replace(
        "default_backend = \"local\"",
        "default_backend = \"aws:eu\"",
    );
    scenario.change_all(&wrong);
    let said = scenario.fails(&["plan"]);
    assert!(said.contains("default_backend names no store"), "{said}");
}

#[test]
fn the_environment_is_read_only_and_says_so() {
    let scenario = Scenario::without_vault()
        .env("COFFER_BACKEND", "env")
        .env("TF_VAR_db_password", "fake-password-of-the-shell")
        .env("DB_PASSWORD", "fake-password-of-the-shell");
    scenario.configure_all(
        r#"
provider "coffer" {}

ephemeral "coffer_secret" "password" {
  name = "db/password"
}

resource "coffer_secret" "copy" {
  name     = "db/copy"
  value_wo = ephemeral.coffer_secret.password.value
}
"#,
    );
    let said = scenario.fails(&["apply", "-auto-approve"]);
    assert!(said.contains("TF_VAR_db_password is set as well"), "{said}");
    assert!(said.contains("The environment cannot be written"), "{said}");
    assert!(!said.contains("fake-password-of-the-shell"));
}
