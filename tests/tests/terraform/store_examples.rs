//! The example of each store's block: all are valid, and each is applied where there is a server for it here.

use std::fs;

use coffer_tests::scenario::Scenario;
use xtask::moto::Moto;
use xtask::openbao::OpenBao;
use xtask::programs;

/// A scenario with the example of a store.
fn with_example(scenario: &Scenario, kind: &str) {
    let path = programs::root().join(format!("examples/stores/{kind}/main.tf"));
    scenario.configure_all(&fs::read_to_string(path).expect("an example"));
}

/// Applies it, twice.
fn applies(scenario: &Scenario, kind: &str) {
    with_example(scenario, kind);
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
}

#[test]
fn every_example_of_a_store_is_valid() {
    let scenario = Scenario::new();
    let folder = fs::read_dir(programs::root().join("examples/stores")).expect("examples");
    let mut validated = 0;
    for entry in folder.flatten() {
        with_example(&scenario, &entry.file_name().to_string_lossy());
        scenario.ok(&["validate"]);
        validated += 1;
    }
    assert!(validated > 4, "only {validated} examples");
}

#[test]
fn the_example_of_the_embedded_vault_applies() {
    let scenario = Scenario::new();
    applies(&scenario, "local");
    scenario.insist_on_no_trace_of(&scenario.value_of("prod/db"));
}

#[test]
fn the_example_of_the_environment_applies() {
    let scenario = Scenario::new().env("APP_API_TOKEN", "fake-token-of-the-pipeline");
    applies(&scenario, "env");
    scenario.insist_on_no_trace_of("fake-token-of-the-pipeline");
}

#[test]
fn the_example_of_openbao_applies() {
    let server = OpenBao::start().unwrap();
    let bao = |arguments: &[&str]| server.bao(arguments).unwrap().unwrap();
    let scenario = Scenario::new();
    let policy = scenario.file("policy");
    let rights = "path \"secret/*\" { capabilities = [\"create\", \"read\", \"update\", \"patch\", \"list\", \"delete\"] }";
    fs::write(&policy, rights).unwrap();
    bao(&["auth", "enable", "approle"]);
    bao(&["policy", "write", "app", policy.to_str().unwrap()]);
    bao(&["write", "auth/approle/role/app", "token_policies=app"]);
    let role = bao(&["read", "-field=role_id", "auth/approle/role/app/role-id"]);
    let secret = [
        "write",
        "-f",
        "-field=secret_id",
        "auth/approle/role/app/secret-id",
    ];
    let secret = bao(&secret);
    let scenario = scenario
        .env("BAO_ADDR", &server.url())
        .env("TF_VAR_role_id", &role)
        .env("TF_VAR_secret_id", &secret);
    applies(&scenario, "vault");
    let stored = bao(&["kv", "get", "-field=value", "secret/prod/db"]);
    for value in [secret, stored] {
        scenario.insist_on_no_trace_of(&value);
    }
}

#[test]
fn the_example_of_aws_applies() {
    let moto = Moto::start().unwrap();
    let scenario = Scenario::new()
        .env("AWS_ENDPOINT_URL", &moto.url())
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "fake-secret-access-key");
    applies(&scenario, "aws");
    scenario.insist_on_no_trace_of("fake-secret-access-key");
}
