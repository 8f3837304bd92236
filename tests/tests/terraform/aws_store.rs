//! AWS Secrets Manager as the store, and the real AWS provider as the consumer.

use coffer_tests::scenario::{AWS, ROTATED_PASSWORD, Scenario};
use serde_json::json;
use xtask::moto::Moto;

const STORE: &str = r#"
provider "coffer" {
  aws {
    region = "us-east-1"
  }
}
"#;

const CONFIGURATION: &str = r#"
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
    scenario.configure_all(&format!("{AWS}{STORE}{CONFIGURATION}"));
    scenario.ok(&["plan", "-out=first.tfplan"]);
    scenario.ok(&["apply", "first.tfplan"]);
    let first = value(&moto, "AWSCURRENT");
    assert_eq!(first.len(), 32);
    assert_eq!(moto.parameter("/prod/db").unwrap(), first.as_str());
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.state_of("coffer_secret.db")["version"], 1);

    scenario.change_all(&format!(
        "{AWS}{STORE}{}",
        CONFIGURATION.replace("\"1\"", "\"2\"")
    ));
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

#[test]
fn a_rotation_keeps_its_policy_in_the_tags_of_the_secret() {
    let moto = Moto::start().unwrap();
    let scenario = Scenario::with_aws(&moto);
    let round = |number: &str| format!("{AWS}{STORE}{}", ROTATED_PASSWORD.replace("ROUND", number));
    scenario.configure_all(&round("1"));
    scenario.apply(&[]);
    let first = value(&moto, "AWSCURRENT");
    assert_eq!(moto.parameter("/prod/db").unwrap(), first.as_str());
    scenario.insist_on_an_empty_plan();

    scenario.change_all(&round("2"));
    scenario.apply(&[]);
    let second = value(&moto, "AWSCURRENT");
    assert_ne!(first, second);
    assert_eq!(value(&moto, "AWSPREVIOUS"), first);
    assert_eq!(moto.parameter("/prod/db").unwrap(), second.as_str());
    scenario.insist_on_an_empty_plan();

    // Neither what is left of the policy nor its removal disturbs the secret's own labels.
    let request = json!({ "SecretId": "prod/db" });
    let described = moto
        .call("secretsmanager", "secretsmanager.DescribeSecret", &request)
        .unwrap();
    let tags = described["Tags"].as_array().unwrap();
    assert!(tags.contains(&json!({ "Key": "team", "Value": "payments" })));
    for tag in tags {
        assert!(
            tag["Value"].as_str().unwrap().chars().count() <= 256,
            "{tag}"
        );
    }
    for value in [first, second] {
        scenario.insist_on_no_trace_of(&value);
    }
}
