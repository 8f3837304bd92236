//! A team outgrows the embedded vault: its secrets move, the provider block changes, and nothing else does.

use std::process::Command;

use coffer_tests::scenario::{AWS, LOCAL, ROTATED_PASSWORD, Scenario};
use xtask::moto::Moto;
use xtask::openbao::{OpenBao, ROOT_TOKEN};

/// A secret without a rotation: the policy of one does not fit into the tags of AWS.
const GENERATED_PASSWORD: &str = r#"
resource "coffer_secret" "db" {
  name        = "prod/db"
  description = "the database"
  labels      = { team = "payments" }
  keepers     = { round = "ROUND" }
  generate { length = 32 }
}

ephemeral "coffer_secret" "db" {
  name    = coffer_secret.db.name
  version = coffer_secret.db.version
}

resource "aws_ssm_parameter" "db" {
  name             = "/prod/db"
  type             = "SecureString"
  value_wo         = ephemeral.coffer_secret.db.value
  value_wo_version = coffer_secret.db.version
}
"#;

/// Moves the secrets of `scenario` to `store`, and goes on there with the provider block `block`. `versioned` is the
/// resource of `module` whose version is handed on.
fn moves(
    moto: &Moto,
    scenario: &Scenario,
    (module, versioned): (&str, &str),
    (store, block): (&str, &str),
    settings: &[(&str, &str)],
) {
    let with =
        |provider: &str, round: &str| format!("{AWS}{provider}{}", module.replace("ROUND", round));
    scenario.configure_all(&with(LOCAL, "1"));
    scenario.apply(&[]);
    scenario.change_all(&with(LOCAL, "2"));
    scenario.apply(&[]);
    let value = scenario.value_of("prod/db");
    let version = scenario.state_of(versioned)["version"].clone();

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
    assert_eq!(scenario.state_of(versioned)["version"], version);
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
    moves(
        &moto,
        &scenario,
        (GENERATED_PASSWORD, "coffer_secret.db"),
        ("aws", block),
        &settings,
    );
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
    moves(
        &moto,
        &scenario,
        (ROTATED_PASSWORD, "coffer_rotation.db"),
        ("vault", block),
        &settings,
    );
}
