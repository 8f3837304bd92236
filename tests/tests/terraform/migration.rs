//! A team outgrows the embedded vault: its secrets move, the provider block changes, and nothing else does.

use std::process::Command;

use coffer_tests::scenario::{AWS, LOCAL, ROTATED_PASSWORD, Scenario};
use xtask::azure::{CLIENT, CLIENT_SECRET, KeyVault, TENANT, VAULT_HOST};
use xtask::moto::Moto;
use xtask::openbao::{OpenBao, ROOT_TOKEN};

/// Moves the secrets of `scenario` to `store`, and goes on there with the provider block `block`.
fn moves(
    moto: &Moto,
    scenario: &Scenario,
    (store, block): (&str, &str),
    settings: &[(&str, &str)],
) {
    let with = |provider: &str, round: &str| {
        let module = ROTATED_PASSWORD.replace("ROUND", round);
        format!("{AWS}{provider}{module}")
    };
    scenario.configure_all(&with(LOCAL, "1"));
    scenario.apply(&[]);
    scenario.change_all(&with(LOCAL, "2"));
    scenario.apply(&[]);
    let value = scenario.value_of("prod/db");
    let version = scenario.state_of("coffer_rotation.db")["version"].clone();

    let migrate = |more: &[&str]| {
        let arguments = [&["migrate", "--to", store], more].concat();
        let mut command: Command = scenario.coffer_command(&arguments);
        command.envs(settings.iter().copied());
        let output = command.output().unwrap();
        let said = coffer_tests::scenario::text(&output);
        assert!(output.status.success(), "{said}");
        said
    };
    let said = migrate(&["--dry-run"]);
    assert!(said.contains("prod/db: 2 versions"), "{said}");
    let said = migrate(&[]);
    assert!(
        said.contains("prod/db: moved 2 versions, all compared"),
        "{said}"
    );
    assert!(migrate(&["--dry-run"]).contains("prod/db: is there already"));

    // The vault is out of the way: whatever is read from now on comes from the new store.
    std::fs::remove_file(scenario.file("vault.db")).unwrap();
    scenario.change_all(&with(block, "2"));
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.state_of("coffer_rotation.db")["version"], version);
    assert_eq!(moto.parameter("/prod/db").unwrap(), value);

    // And life goes on there.
    scenario.change_all(&with(block, "3"));
    scenario.apply(&[]);
    assert_ne!(moto.parameter("/prod/db").unwrap(), value);
    scenario.insist_on_an_empty_plan();
    scenario.insist_on_no_trace_of(&value);
    scenario.insist_on_no_trace_of(&moto.parameter("/prod/db").unwrap());
}

#[test]
fn the_secrets_of_a_vault_move_to_aws_and_the_plan_stays_empty() {
    let moto = Moto::start().unwrap();
    let scenario = Scenario::with_aws(&moto);
    let block = "\nprovider \"coffer\" {\n  aws {\n    region = \"us-east-1\"\n  }\n}\n";
    let url = moto.url();
    let settings = [
        ("AWS_ENDPOINT_URL", url.as_str()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    moves(&moto, &scenario, ("aws", block), &settings);
}

#[test]
fn the_secrets_of_a_vault_move_to_openbao_and_the_plan_stays_empty() {
    let (server, moto) = (OpenBao::start().unwrap(), Moto::start().unwrap());
    let url = server.url();
    let scenario = Scenario::with_aws(&moto)
        .env("BAO_ADDR", &url)
        .env("BAO_TOKEN", ROOT_TOKEN);
    let block = "\nprovider \"coffer\" {\n  vault {}\n}\n";
    let settings = [("BAO_ADDR", url.as_str()), ("BAO_TOKEN", ROOT_TOKEN)];
    moves(&moto, &scenario, ("vault", block), &settings);
}

#[test]
fn the_secrets_of_a_vault_move_to_key_vault_and_the_plan_stays_empty() {
    let (server, moto) = (KeyVault::start().unwrap(), Moto::start().unwrap());
    let (proxy, vault) = (server.plain_url(), format!("https://{VAULT_HOST}"));
    let authority = server.authority().display().to_string();
    let settings = [
        ("HTTPS_PROXY", proxy.as_str()),
        ("NO_PROXY", ""),
        ("AZURE_KEYVAULT_URL", vault.as_str()),
        ("ARM_TENANT_ID", TENANT),
        ("ARM_CLIENT_ID", CLIENT),
        ("ARM_CLIENT_SECRET", CLIENT_SECRET),
        ("SSL_CERT_FILE", authority.as_str()),
    ];
    let is_terraforms = |(name, _): &&(&str, &str)| *name != "SSL_CERT_FILE";
    let scenario = settings
        .iter()
        .filter(is_terraforms)
        .fold(Scenario::with_aws(&moto), |scenario, (name, value)| {
            scenario.env(name, value)
        });
    let block = format!(
        "\nprovider \"coffer\" {{\n  azure {{\n    ca_cert_file = {authority:?}\n  }}\n}}\n"
    );
    moves(&moto, &scenario, ("azure", &block), &settings);
}
