//! Azure Key Vault as the store, by the names of Azure's own hosts: a proxy leads to the server that plays them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use coffer_tests::scenario::{AWS, ROTATED_PASSWORD, Scenario};
use serde_json::{Value, json};
use xtask::azure::{CLIENT, CLIENT_SECRET, KeyVault, TENANT, VAULT_HOST};
use xtask::moto::Moto;
use xtask::programs;

/// A scenario whose way to Azure leads to `server`.
fn by_proxy(scenario: Scenario, server: &KeyVault) -> Scenario {
    scenario
        .env("HTTPS_PROXY", &server.plain_url())
        .env("https_proxy", &server.plain_url())
        .env("NO_PROXY", "")
        .env("no_proxy", "")
}

/// The same with an application that logs in.
fn as_application(scenario: Scenario, server: &KeyVault) -> Scenario {
    by_proxy(scenario, server)
        .env("ARM_TENANT_ID", TENANT)
        .env("ARM_CLIENT_ID", CLIENT)
        .env("ARM_CLIENT_SECRET", CLIENT_SECRET)
}

/// The provider block.
fn provider(server: &KeyVault, more: &str) -> String {
    format!(
        "\nprovider \"coffer\" {{\n  azure {{\n    vault_url    = \"https://{VAULT_HOST}\"\n    ca_cert_file = {:?}\n{more}  }}\n}}\n",
        server.authority()
    )
}

/// The current value, as Azure's official client reads it.
fn value(server: &KeyVault, name: &str) -> String {
    let read = server.official_client(&["read", name]).unwrap();
    let read: Value = serde_json::from_str(&read).unwrap();
    read["value"].as_str().unwrap().to_owned()
}

#[test]
fn a_secret_of_key_vault_is_rotated_reaches_its_consumer_and_stands_nowhere_else() {
    let (server, moto) = (KeyVault::start().unwrap(), Moto::start().unwrap());
    // What is deleted is so only after a while.
    server.control(&json!({ "delay": 1.0 })).unwrap();
    let scenario = as_application(Scenario::with_aws(&moto), &server);
    let module = |round: &str| {
        let module = ROTATED_PASSWORD.replace("ROUND", round);
        format!("{AWS}{}{module}", provider(&server, ""))
    };
    scenario.configure_all(&module("1"));
    scenario.ok(&["plan", "-out=first.tfplan"]);
    scenario.ok(&["apply", "first.tfplan"]);
    let first = value(&server, "prod--db");
    assert_eq!(first.len(), 32);
    assert_eq!(moto.parameter("/prod/db").unwrap(), first);
    scenario.insist_on_an_empty_plan();

    scenario.change_all(&module("2"));
    scenario.apply(&[]);
    let second = value(&server, "prod--db");
    assert_ne!(first, second);
    assert_eq!(moto.parameter("/prod/db").unwrap(), second);
    scenario.insist_on_an_empty_plan();

    // Someone else stores a value: the plan sees it by its version.
    server
        .official_client(&["write", "prod--db", "fake-value-of-the-portal"])
        .unwrap();
    let said = scenario.run(&["plan", "-detailed-exitcode"]);
    assert_ne!(said.status.code(), Some(0));

    scenario.ok(&["destroy", "-auto-approve"]);
    assert!(server.official_client(&["read", "prod--db"]).is_err());
    for value in [first, second, "fake-value-of-the-portal".to_owned()] {
        scenario.insist_on_no_trace_of(&value);
    }
    scenario.insist_on_no_trace_of(CLIENT_SECRET);
}

#[test]
fn the_example_of_key_vault_applies() {
    let server = KeyVault::start().unwrap();
    let scenario = as_application(Scenario::without_vault(), &server);
    let example = programs::root().join("examples/stores/azure/main.tf");
    let example = fs::read_to_string(example).unwrap();
    let trust = format!("azure {{\n    ca_cert_file = {:?}", server.authority());
    scenario.configure_all(&example.replace("azure {", &trust));
    scenario.ok(&["plan", "-out=example.tfplan"]);
    scenario.ok(&["apply", "example.tfplan"]);
    scenario.insist_on_an_empty_plan();
    scenario.insist_on_no_trace_of(&value(&server, "prod--db"));
}

#[test]
fn whoever_is_logged_in_with_azures_command_line_needs_no_setting() {
    let server = KeyVault::start().unwrap();
    server
        .control(&json!({ "add_tokens": ["fake-token-of-az"] }))
        .unwrap();
    let scenario = by_proxy(Scenario::without_vault(), &server);
    let folder = scenario.file("bin");
    fs::create_dir(&folder).unwrap();
    let token = r#"{"accessToken": "fake-token-of-az", "expires_on": 1924988400}"#;
    fs::write(folder.join("az"), format!("#!/bin/sh\necho '{token}'\n")).unwrap();
    fs::set_permissions(folder.join("az"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let scenario = scenario.env("PATH", &format!("{}:{path}", folder.display()));
    scenario.configure_all(&format!(
        "{}\nresource \"coffer_secret\" \"it\" {{\n  name = \"it\"\n  generate {{}}\n}}\n",
        provider(&server, "    credential   = \"cli\"\n")
    ));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    scenario.insist_on_no_trace_of(&value(&server, "it"));
}
