//! A vault that a transit key of a real OpenBao opens: with the command line, and in Terraform.

use std::fs;
use std::process::Command;

use coffer_tests::scenario::{Scenario, text};
use serde_json::Value;
use xtask::openbao::{OpenBao, ROOT_TOKEN};

const PROVIDER: &str = r#"
provider "coffer" {
  local {
    path        = "vault.db"
    transit_key = "KEY"
  }
}

ephemeral "coffer_secret" "db" {
  name = "prod/db"
}

resource "coffer_secret" "copy" {
  name     = "copy/db"
  value_wo = ephemeral.coffer_secret.db.value
}
"#;

/// May use the key, as a job that opens the vault needs it; and may not.
const POLICIES: [(&str, &str); 2] = [
    (
        "opens",
        "path \"transit/decrypt/coffer\" { capabilities = [\"update\"] }",
    ),
    ("other", "path \"secret/*\" { capabilities = [\"read\"] }"),
];

fn prepared() -> (OpenBao, Scenario) {
    let server = OpenBao::start().unwrap();
    let bao = |arguments: &[&str]| server.bao(arguments).unwrap().unwrap();
    bao(&["secrets", "enable", "transit"]);
    bao(&["secrets", "enable", "-path=eng/keys", "transit"]);
    for key in [
        "transit/keys/coffer",
        "transit/keys/other",
        "eng/keys/keys/coffer",
    ] {
        bao(&["write", "-f", key]);
    }
    let scenario = Scenario::new();
    for (name, policy) in POLICIES {
        let file = scenario.file(name);
        fs::write(&file, policy).unwrap();
        bao(&["policy", "write", name, file.to_str().unwrap()]);
    }
    scenario.put("prod/db", "fake-behind-transit");
    (server, scenario)
}

/// A token that has one policy.
fn token(server: &OpenBao, policy: &str) -> String {
    let arguments = ["token", "create", "-field=token", "-policy", policy];
    server.bao(&arguments).unwrap().unwrap()
}

/// `coffer` without any key but what `variables` give.
fn keyless(scenario: &Scenario, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = scenario.coffer_command(arguments);
    command.env_remove("COFFER_KEY_FILE");
    command.envs(variables.iter().copied());
    command
}

const READ: [&str; 3] = ["get", "prod/db", "--reveal"];

/// What reading the secret prints, which must work.
fn read(scenario: &Scenario, more: &[&str], variables: &[(&str, &str)]) -> String {
    let arguments = [&READ, more].concat();
    let output = keyless(scenario, &arguments, variables).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// What is told where reading fails, with the promised code.
fn refused(scenario: &Scenario, code: i32, variables: &[(&str, &str)]) -> String {
    let output = keyless(scenario, &READ, variables).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{}", text(&output));
    text(&output)
}

fn add_slot(server: &OpenBao, scenario: &Scenario, key: &str) -> Value {
    let arguments = [
        "slot",
        "add",
        "--transit",
        key,
        "--label",
        "bao",
        "--format",
        "json",
    ];
    let mut command = scenario.coffer_command(&arguments);
    command.env("BAO_ADDR", server.url());
    command.env("BAO_TOKEN", ROOT_TOKEN);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_transit_key_opens_the_vault_on_the_command_line() {
    let (server, scenario) = prepared();
    let url = server.url();
    let added = add_slot(&server, &scenario, "coffer");
    assert_eq!(
        (&added["kind"], &added["label"]),
        (&"transit".into(), &"bao".into())
    );
    let listed = scenario.coffer(&["slot", "list"], "");
    assert!(listed.contains("transit   bao"), "{listed}");

    // Both spellings, the argument and the variable, and a token that may decrypt and nothing else.
    let opens = token(&server, "opens");
    let bao = [
        ("BAO_ADDR", url.as_str()),
        ("BAO_TOKEN", &opens),
        ("COFFER_TRANSIT_KEY", "coffer"),
    ];
    assert_eq!(read(&scenario, &[], &bao), "fake-behind-transit");
    let vault = [("VAULT_ADDR", url.as_str()), ("VAULT_TOKEN", ROOT_TOKEN)];
    let argument = ["--key-transit", "transit/coffer"];
    assert_eq!(read(&scenario, &argument, &vault), "fake-behind-transit");

    // A backup opens with it, too, and a vault can be made and rekeyed with nothing else.
    scenario.coffer(&["backup", "vault.backup"], "");
    let runs = |arguments: &[&str]| {
        let output = keyless(&scenario, arguments, &vault).output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let coffer = ["--key-transit", "coffer", "--vault", "restored.db"];
    runs(&[&["restore", "vault.backup"], &coffer[..]].concat());
    runs(&[&["rekey", "--transit", "other"], &coffer[..]].concat());
    let other = ["--key-transit", "other", "--vault", "restored.db"];
    assert_eq!(runs(&[&READ, &other[..]].concat()), "fake-behind-transit");
    runs(&["init", "--key-transit", "coffer", "--vault", "new.db"]);

    // A second one, at a mount of its own, and no other slot any more.
    add_slot(&server, &scenario, "eng/keys/coffer");
    scenario.coffer(&["slot", "remove", "1"], "");
    let argument = ["--key-transit", "eng/keys/coffer"];
    assert_eq!(read(&scenario, &argument, &vault), "fake-behind-transit");

    // Each way to fail names the key, the server, what it said, and a way out.
    let with = |token: &'static str, key: &'static str| {
        [
            ("BAO_ADDR", url.as_str()),
            ("BAO_TOKEN", token),
            ("COFFER_TRANSIT_KEY", key),
        ]
    };
    let wrong = refused(&scenario, 6, &with(ROOT_TOKEN, "other"));
    let named = format!("the transit key other at {url} gave no key");
    assert!(wrong.contains(&named), "{wrong}");
    assert!(wrong.contains("another slot"), "{wrong}");
    let missing = refused(&scenario, 6, &with(ROOT_TOKEN, "nobody-made-it"));
    assert!(
        missing.contains("the transit key nobody-made-it"),
        "{missing}"
    );
    let denied = token(&server, "other");
    let denied = [
        ("BAO_ADDR", url.as_str()),
        ("BAO_TOKEN", &denied),
        ("COFFER_TRANSIT_KEY", "coffer"),
    ];
    let denied = refused(&scenario, 6, &denied);
    assert!(denied.contains("permission denied"), "{denied}");
    let unreachable = [
        ("BAO_ADDR", "http://127.0.0.1:9"),
        ("BAO_TOKEN", "fake"),
        ("COFFER_TRANSIT_KEY", "coffer"),
    ];
    let unreachable = refused(&scenario, 6, &unreachable);
    assert!(
        unreachable.contains("coffer at http://127.0.0.1:9 gave no key"),
        "{unreachable}"
    );
    let nowhere = refused(
        &scenario,
        6,
        &[("COFFER_TRANSIT_KEY", "coffer"), ("HOME", "/nowhere")],
    );
    assert!(nowhere.contains("VAULT_ADDR or BAO_ADDR"), "{nowhere}");
    let misspelt = refused(&scenario, 2, &[("COFFER_TRANSIT_KEY", "transit/")]);
    assert!(misspelt.contains("KEY, or MOUNT/KEY"), "{misspelt}");
}

#[test]
fn terraform_opens_the_vault_with_a_transit_key() {
    let (server, scenario) = prepared();
    add_slot(&server, &scenario, "coffer");
    let opens = token(&server, "opens");
    let scenario = scenario
        .env("BAO_ADDR", &server.url())
        .env("BAO_TOKEN", &opens);
    scenario.configure_all(&PROVIDER.replace("KEY", "coffer"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.value_of("copy/db"), "fake-behind-transit");

    scenario.change_all(&PROVIDER.replace("KEY", "other"));
    let denied = scenario.fails(&["plan"]);
    assert!(denied.contains("The transit key other at"), "{denied}");
    assert!(denied.contains("permission denied"), "{denied}");
    let offline =
        PROVIDER
            .replace("KEY", "coffer")
            .replacen("local {", "offline = true\n  local {", 1);
    scenario.change_all(&offline);
    let offline = scenario.fails(&["plan"]);
    assert!(
        offline.contains("A transit key is not used offline"),
        "{offline}"
    );
    for value in ["fake-behind-transit", &opens] {
        scenario.insist_on_no_trace_of(value);
    }
}
