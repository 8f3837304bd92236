//! Values that change: in the configuration, and behind Terraform's back.

use coffer_tests::scenario::Scenario;

const HANDED_OVER: &str = r#"
variable "value" {
  type      = string
  ephemeral = true
}

resource "coffer_secret" "db" {
  name     = "prod/db"
  value_wo = var.value
}
"#;

/// Sets the variable in a file: what stands on the command line stands in Terraform's own log.
fn set(scenario: &Scenario, value: &str) {
    let text = format!("value = \"{value}\"\n");
    std::fs::write(scenario.file("terraform.tfvars"), text).unwrap();
}

fn updates(scenario: &Scenario, value: &str) -> bool {
    set(scenario, value);
    let actions = scenario.planned_actions(&[]);
    match actions.as_slice() {
        [] => false,
        [(address, action)] if address == "coffer_secret.db" && action == "update" => true,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_changed_value_is_noticed_without_a_version() {
    let scenario = Scenario::new();
    scenario.configure(HANDED_OVER);
    set(&scenario, "fake-first-value");
    scenario.apply(&[]);
    assert!(!updates(&scenario, "fake-first-value"));
    assert!(updates(&scenario, "fake-second-value"));
    set(&scenario, "fake-second-value");
    scenario.apply(&[]);
    assert_eq!(scenario.value_of("prod/db"), "fake-second-value");
    assert_eq!(scenario.state_of("coffer_secret.db")["version"], 2);
    for value in ["fake-first-value", "fake-second-value"] {
        scenario.insist_on_no_trace_of(value);
    }
}

#[test]
fn a_value_changed_behind_terraforms_back_is_shown_and_put_right() {
    let scenario = Scenario::new();
    scenario.configure(HANDED_OVER);
    set(&scenario, "fake-first-value");
    scenario.apply(&[]);
    scenario.put("prod/db", "fake-drifted-value");
    assert!(updates(&scenario, "fake-first-value"));
    set(&scenario, "fake-first-value");
    scenario.apply(&[]);
    assert_eq!(scenario.value_of("prod/db"), "fake-first-value");
    assert!(!updates(&scenario, "fake-first-value"));
    scenario.insist_on_no_trace_of("fake-drifted-value");
}

#[test]
fn a_secret_deleted_behind_terraforms_back_is_created_again() {
    let scenario = Scenario::new();
    scenario.configure(HANDED_OVER);
    set(&scenario, "fake-first-value");
    scenario.apply(&[]);
    scenario.coffer(&["delete", "prod/db"], "");
    set(&scenario, "fake-first-value");
    scenario.apply(&[]);
    assert_eq!(scenario.value_of("prod/db"), "fake-first-value");
}

#[test]
fn a_value_that_differs_each_time_is_written_when_its_version_is_raised() {
    let scenario = Scenario::new();
    let with_version = |version: u32| {
        format!(
            r#"
ephemeral "coffer_password" "new" {{
  length = 24
}}

resource "coffer_secret" "db" {{
  name             = "prod/db"
  value_wo         = ephemeral.coffer_password.new.result
  value_wo_version = {version}
}}
"#
        )
    };
    scenario.configure(&with_version(1));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let first = scenario.value_of("prod/db");
    assert_eq!(first.len(), 24);
    scenario.change(&with_version(2));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let second = scenario.value_of("prod/db");
    assert_ne!(first, second);
    scenario.insist_on_no_trace_of(&first);
    scenario.insist_on_no_trace_of(&second);
}

#[test]
fn members_are_stored_as_one_json_object() {
    let scenario = Scenario::new();
    scenario.configure(
        r#"
resource "coffer_secret" "db" {
  name = "prod/db"
  data_wo = {
    username = "app"
    password = "fake-\"quoted\"-value"
  }
}

ephemeral "coffer_secret" "password" {
  name    = coffer_secret.db.name
  version = coffer_secret.db.version
  key     = "password"
}

resource "coffer_secret" "copy" {
  name     = "copy"
  value_wo = ephemeral.coffer_secret.password.value
}
"#,
    );
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.value_of("copy"), "fake-\"quoted\"-value");
    assert_eq!(
        scenario.value_of("prod/db"),
        r#"{"password":"fake-\"quoted\"-value","username":"app"}"#
    );
    scenario.insist_on_no_trace_of("fake-\"quoted\"-value");
}

#[test]
fn a_generated_key_is_kept_in_the_form_that_was_asked_for() {
    let scenario = Scenario::new();
    scenario.configure(
        r#"
ephemeral "coffer_key" "ssh" {
  algorithm = "ed25519"
}

ephemeral "coffer_key" "tls" {
  algorithm = "ecdsa-p256"
}

ephemeral "coffer_key" "aes" {
  algorithm = "aes-256"
}

resource "coffer_secret" "ssh" {
  name             = "ssh"
  data_wo = {
    private = ephemeral.coffer_key.ssh.private_key_openssh
    public  = ephemeral.coffer_key.ssh.public_key_openssh
  }
  value_wo_version = 1
}

resource "coffer_secret" "tls" {
  name             = "tls"
  value_wo         = ephemeral.coffer_key.tls.private_key_pem
  value_wo_version = 1
}

resource "coffer_secret" "aes" {
  name             = "aes"
  value_wo         = "${ephemeral.coffer_key.aes.hex}|${ephemeral.coffer_key.aes.base64}"
  value_wo_version = 1
}
"#,
    );
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let tls = scenario.value_of("tls");
    assert!(tls.starts_with("-----BEGIN PRIVATE KEY-----\n"), "PKCS#8");
    let aes = scenario.value_of("aes");
    let (hex, base64) = aes.split_once('|').unwrap();
    assert_eq!((hex.len(), base64.len()), (64, 44));
    let ssh: serde_json::Value = serde_json::from_str(&scenario.value_of("ssh")).unwrap();
    let private = ssh["private"].as_str().unwrap();
    assert!(private.contains("BEGIN OPENSSH PRIVATE KEY"));
    assert!(ssh["public"].as_str().unwrap().starts_with("ssh-ed25519 "));
    for value in [private, tls.as_str(), hex, base64] {
        scenario.insist_on_no_trace_of(value.trim());
    }
}
