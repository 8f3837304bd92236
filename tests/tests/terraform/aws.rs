//! The real AWS provider as the consumer, against moto.

use coffer_tests::scenario::{AWS, LOCAL, Scenario};
use serde_json::{Value, json};
use xtask::moto::Moto;

const CONSUMERS: &str = r#"
resource "coffer_secret" "db" {
  name    = "prod/db"
  keepers = { round = "1" }
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

resource "aws_secretsmanager_secret" "db" {
  name = "prod/db"
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id                = aws_secretsmanager_secret.db.id
  secret_string_wo         = jsonencode({ password = ephemeral.coffer_secret.db.value })
  secret_string_wo_version = coffer_secret.db.version
}
"#;

const DATABASE: &str = r#"
resource "aws_db_instance" "db" {
  identifier          = "prod"
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  allocated_storage   = 20
  username            = "app"
  password_wo         = ephemeral.coffer_secret.db.value
  password_wo_version = coffer_secret.db.version
  skip_final_snapshot = true
}
"#;

fn secret_string(moto: &Moto) -> Value {
    let request = json!({ "SecretId": "prod/db" });
    let answer = moto
        .call("secretsmanager", "secretsmanager.GetSecretValue", &request)
        .unwrap();
    serde_json::from_str(answer["SecretString"].as_str().unwrap()).unwrap()
}

#[test]
fn one_secret_reaches_two_services_and_follows_its_version() {
    let moto = Moto::start().unwrap();
    let scenario = Scenario::with_aws(&moto);
    scenario.configure_all(&format!("{LOCAL}{AWS}{CONSUMERS}"));
    scenario.ok(&["plan", "-out=first.tfplan"]);
    scenario.ok(&["apply", "first.tfplan"]);
    let first = scenario.value_of("prod/db");
    assert_eq!(moto.parameter("/prod/db").unwrap(), first);
    assert_eq!(secret_string(&moto)["password"], first.as_str());
    scenario.insist_on_an_empty_plan();

    scenario.change_all(&format!(
        "{LOCAL}{AWS}{}",
        CONSUMERS.replace("\"1\"", "\"2\"")
    ));
    let actions = scenario.planned_actions(&[]);
    let updated: Vec<&str> = actions
        .iter()
        .map(|(address, _)| address.as_str())
        .collect();
    assert!(updated.contains(&"coffer_secret.db"), "{actions:?}");
    assert!(updated.contains(&"aws_ssm_parameter.db"), "{actions:?}");
    scenario.apply(&[]);
    let second = scenario.value_of("prod/db");
    assert_ne!(first, second);
    assert_eq!(moto.parameter("/prod/db").unwrap(), second);
    assert_eq!(secret_string(&moto)["password"], second.as_str());
    scenario.insist_on_an_empty_plan();

    scenario.ok(&["destroy", "-auto-approve"]);
    for value in [first, second] {
        scenario.insist_on_no_trace_of(&value);
    }
}

#[test]
fn a_database_is_created_with_a_password_that_stands_nowhere() {
    let moto = Moto::start().unwrap();
    let scenario = Scenario::with_aws(&moto);
    let secret = CONSUMERS.split("resource \"aws_").next().unwrap();
    scenario.configure_all(&format!("{LOCAL}{AWS}{secret}{DATABASE}"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(
        scenario.state_of("aws_db_instance.db")["password_wo_version"],
        1
    );
    scenario.insist_on_no_trace_of(&scenario.value_of("prod/db"));
}
