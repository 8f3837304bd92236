//! AWS Secrets Manager as the store, and the real AWS provider as the consumer.

use coffer_tests::scenario::{AWS, Scenario};
use serde_json::json;
use xtask::moto::Moto;

const CONFIGURATION: &str = r#"
provider "coffer" {
  aws {
    region = "us-east-1"
  }
}

resource "coffer_secret" "db" {
  name        = "prod/db"
  description = "the database"
  keepers     = { round = "1" }
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

fn value(moto: &Moto, stage: &str) -> String {
    let request = json!({ "SecretId": "prod/db", "VersionStage": stage });
    let answer = moto
        .call("secretsmanager", "secretsmanager.GetSecretValue", &request)
        .unwrap();
    answer["SecretString"].as_str().unwrap().to_owned()
}

#[test]
fn a_secret_of_secrets_manager_reaches_its_consumer_and_stands_nowhere_else() {
    let moto = Moto::start().unwrap();
    let scenario = Scenario::with_aws(&moto);
    scenario.configure_all(&format!("{AWS}{CONFIGURATION}"));
    scenario.ok(&["plan", "-out=first.tfplan"]);
    scenario.ok(&["apply", "first.tfplan"]);
    let first = value(&moto, "AWSCURRENT");
    assert_eq!(first.len(), 32);
    assert_eq!(moto.parameter("/prod/db").unwrap(), first.as_str());
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.state_of("coffer_secret.db")["version"], 1);

    scenario.change_all(&format!("{AWS}{}", CONFIGURATION.replace("\"1\"", "\"2\"")));
    scenario.apply(&[]);
    let second = value(&moto, "AWSCURRENT");
    assert_ne!(first, second);
    assert_eq!(value(&moto, "AWSPREVIOUS"), first);
    assert_eq!(moto.parameter("/prod/db").unwrap(), second.as_str());
    assert_eq!(scenario.state_of("coffer_secret.db")["version"], 2);
    scenario.insist_on_an_empty_plan();

    scenario.ok(&["destroy", "-auto-approve"]);
    for value in [first, second] {
        scenario.insist_on_no_trace_of(&value);
    }
}
