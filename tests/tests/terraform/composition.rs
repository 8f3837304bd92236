//! What Terraform's language does with the objects: repetition, modules, aliases, moves, removals, targets, tests.

use coffer_tests::scenario::{LOCAL, Scenario};

#[test]
fn for_each_and_count_and_modules_keep_their_secrets_apart() {
    let scenario = Scenario::new();
    std::fs::create_dir(scenario.file("app")).unwrap();
    std::fs::write(
        scenario.file("app/main.tf"),
        r#"
terraform {
  required_providers {
    coffer = {
      source = "coffer/coffer"
    }
  }
}

variable "name" {
  type = string
}

resource "coffer_secret" "own" {
  name = "app/${var.name}"
  generate {}
}

ephemeral "coffer_secret" "own" {
  name    = coffer_secret.own.name
  version = coffer_secret.own.version
}

output "password" {
  value     = ephemeral.coffer_secret.own.value
  ephemeral = true
}
"#,
    )
    .unwrap();
    scenario.configure(
        r#"
resource "coffer_secret" "each" {
  for_each = toset(["a", "b"])
  name     = "each/${each.key}"
  value_wo = "fake-value-of-${each.key}"
}

resource "coffer_secret" "counted" {
  count    = 3
  name     = "counted/${count.index}"
  value_wo = "fake-counted-${count.index}"
}

module "app" {
  source   = "./app"
  for_each = toset(["x", "y"])
  name     = each.key
}

resource "coffer_secret" "collected" {
  for_each = toset(["x", "y"])
  name     = "collected/${each.key}"
  value_wo = module.app[each.key].password
}
"#,
    );
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.value_of("each/b"), "fake-value-of-b");
    assert_eq!(scenario.value_of("counted/2"), "fake-counted-2");
    let own = scenario.value_of("app/x");
    assert_eq!(scenario.value_of("collected/x"), own);
    assert_ne!(own, scenario.value_of("app/y"));
    scenario.insist_on_no_trace_of(&own);
}

#[test]
fn two_vaults_stand_side_by_side_under_aliases() {
    let (one, other) = (Scenario::new(), Scenario::new());
    other.put("shared/token", "fake-token-of-the-other");
    one.configure_all(&format!(
        r#"{LOCAL}
provider "coffer" {{
  alias = "other"
  local {{
    path     = {:?}
    key_file = {:?}
  }}
}}

ephemeral "coffer_secret" "token" {{
  provider = coffer.other
  name     = "shared/token"
}}

resource "coffer_secret" "copy" {{
  name     = "copy"
  value_wo = ephemeral.coffer_secret.token.value
}}
"#,
        other.file("vault.db"),
        other.file("vault.key"),
    ));
    one.apply(&[]);
    one.insist_on_an_empty_plan();
    assert_eq!(one.value_of("copy"), "fake-token-of-the-other");
    assert_eq!(other.names(), ["shared/token"]);
}

const ONE: &str = "resource \"coffer_secret\" \"one\" {\n  name     = \"one\"\n  value_wo = \"fake-one-value\"\n}\n";

#[test]
fn moved_and_removed_blocks_touch_no_value() {
    let scenario = Scenario::new();
    scenario.configure(ONE);
    scenario.apply(&[]);
    scenario.change(&format!(
        "{}\nmoved {{\n  from = coffer_secret.one\n  to   = coffer_secret.two\n}}\n",
        ONE.replace("\"one\" {", "\"two\" {")
    ));
    assert_eq!(scenario.planned_actions(&[]), []);
    scenario.apply(&[]);
    assert_eq!(scenario.state_of("coffer_secret.two")["version"], 1);

    scenario.change(
        "removed {\n  from = coffer_secret.two\n  lifecycle {\n    destroy = false\n  }\n}\n",
    );
    scenario.apply(&[]);
    assert_eq!(scenario.value_of("one"), "fake-one-value");
}

#[test]
fn a_refresh_alone_and_a_target_do_what_they_say() {
    let scenario = Scenario::new();
    scenario.configure(&format!("{ONE}{}", ONE.replace("one", "two")));
    scenario.apply(&["-target=coffer_secret.one"]);
    assert_eq!(scenario.names(), ["one"]);
    scenario.apply(&[]);
    assert_eq!(scenario.names(), ["one", "two"]);
    scenario.put("one", "fake-drifted-value");
    scenario.apply(&["-refresh-only"]);
    assert_eq!(scenario.state_of("coffer_secret.one")["version"], 2);
    assert_eq!(scenario.value_of("one"), "fake-drifted-value");
}

#[test]
fn a_new_version_replaces_what_is_triggered_by_it() {
    let scenario = Scenario::new();
    let text = |value: &str| {
        format!(
            r#"
resource "coffer_secret" "one" {{
  name     = "one"
  value_wo = "{value}"
}}

resource "terraform_data" "restart" {{
  lifecycle {{
    replace_triggered_by = [coffer_secret.one.version]
  }}
}}
"#
        )
    };
    scenario.configure(&text("fake-first-value"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    scenario.change(&text("fake-second-value"));
    let actions = scenario.planned_actions(&[]);
    assert!(
        actions.contains(&(
            "terraform_data.restart".to_owned(),
            "delete,create".to_owned()
        )),
        "{actions:?}"
    );
}

#[test]
fn a_settings_value_that_is_known_only_later_is_waited_for() {
    let scenario = Scenario::new();
    scenario.configure_all(
        r#"
resource "terraform_data" "path" {
  input = "vault.db"
}

provider "coffer" {
  local {
    path     = terraform_data.path.output
    key_file = "vault.key"
  }
}

resource "coffer_secret" "one" {
  name     = "one"
  value_wo = "fake-one-value"
}
"#,
    );
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.value_of("one"), "fake-one-value");
}

#[test]
fn terraform_test_runs_against_a_vault() {
    let scenario = Scenario::new();
    scenario.configure(ONE);
    std::fs::write(
        scenario.file("main.tftest.hcl"),
        r#"
run "stores" {
  assert {
    condition     = coffer_secret.one.version == 1
    error_message = "the first version is 1"
  }
}
"#,
    )
    .unwrap();
    let printed = scenario.ok(&["test"]);
    assert!(printed.contains("1 passed, 0 failed"), "{printed}");
    assert_eq!(scenario.names(), Vec::<String>::new());
    scenario.insist_on_no_trace_of("fake-one-value");
}

/// Enough for many calls at once. Terraform itself takes most of the time, and more of it with each; the benchmark
/// `scale` reads a thousand.
#[test]
fn two_hundred_secrets_are_made_and_read_in_one_apply() {
    let scenario = Scenario::new();
    scenario.configure(
        r#"
resource "coffer_secret" "many" {
  count = 200
  name  = "many/${count.index}"
  generate {}
}

ephemeral "coffer_secret" "many" {
  count   = 200
  name    = coffer_secret.many[count.index].name
  version = coffer_secret.many[count.index].version
}
"#,
    );
    scenario.apply(&[]);
    assert_eq!(scenario.names().len(), 200);
    let proof = scenario.coffer(&["prove", "terraform.tfstate", "--format", "json"], "");
    let proof: serde_json::Value = serde_json::from_str(&proof).unwrap();
    assert_eq!(
        (&proof["values"], &proof["found"]),
        (&200.into(), &serde_json::json!([]))
    );
}
