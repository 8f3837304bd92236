//! Each kind of text that is no secret stays silent, and the weakest secrets at known places do not.

use coffer_lint::detect::judge::{Strength, Verdict, judge};
use coffer_lint::detect::placeholder::Harmless;
use coffer_lint::knowledge::names::{NameKind, kind};

use crate::workspace::credentials;

fn harmless(text: &str, strength: Strength) -> Option<Harmless> {
    match judge(text, strength, "password") {
        Verdict::Harmless(why) => Some(why),
        Verdict::Secret { .. } => None,
    }
}

#[test]
fn any_word_is_a_secret_where_the_schema_says_so() {
    for text in [
        "abcdefg",
        "root",
        "a",
        "terraform",
        "Summer24",
        "correct-horse-battery-staple",
        "1234",
        "p$ss",
    ] {
        assert_eq!(harmless(text, Strength::Schema), None, "{text}");
    }
}

#[test]
fn what_is_no_value_is_told_apart_even_there() {
    for (text, why) in [
        ("", Harmless::Empty),
        ("---", Harmless::Empty),
        ("<PASSWORD_UPDATE_ME>", Harmless::Placeholder),
        ("your-master-password", Harmless::Placeholder),
        ("xxx", Harmless::Placeholder),
        ("********", Harmless::Empty),
        ("REPLACE_ME", Harmless::Placeholder),
        ("changeit", Harmless::Placeholder),
        ("${var.password}", Harmless::Reference),
        ("$DB_PASSWORD", Harmless::Reference),
        ("$(cat /run/secret)", Harmless::Reference),
        (
            "{{resolve:secretsmanager:a:SecretString:b}}",
            Harmless::Reference,
        ),
        (
            "@Microsoft.KeyVault(SecretUri=https://x)",
            Harmless::Reference,
        ),
        (
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a",
            Harmless::Identifier,
        ),
        ("ENC[AES256_GCM,data:aa,iv:bb]", Harmless::Encrypted),
        ("$6$saltsalt$hashhashhashhash", Harmless::Encrypted),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", Harmless::Public),
        ("-----BEGIN CERTIFICATE-----", Harmless::Public),
        ("true", Harmless::Setting),
        ("String", Harmless::Setting),
    ] {
        assert_eq!(harmless(text, Strength::Schema), Some(why), "{text}");
    }
}

#[test]
fn a_name_alone_asks_for_more() {
    let named = |kind| Strength::Named(kind);
    for text in [
        "Tr0ub4dor",
        "foobar",
        "abcdefg",
        "PaSsWoRd",
        "hunter2hunter2",
    ] {
        assert_eq!(harmless(text, named(NameKind::Password)), None, "{text}");
    }
    for text in [
        "password",
        "DB_PASSWORD",
        "/app/db/password",
        "db-password",
        "prod/db/secret-name",
        "prod/db/password",
        "https://vault.internal",
        "secrets.json",
        "required",
    ] {
        assert!(
            harmless(text, named(NameKind::Password)).is_some(),
            "{text}"
        );
    }
    for text in ["my-token", "api-token-name", "session", "tf-team-token"] {
        assert!(harmless(text, named(NameKind::Token)).is_some(), "{text}");
    }
    assert_eq!(
        harmless("fake0TOKEN1fake2TOKEN3", named(NameKind::Token)),
        None
    );
}

#[test]
fn names_promise_what_they_say() {
    for (name, wanted) in [
        ("db_password", Some(NameKind::Password)),
        ("MasterUserPassword", Some(NameKind::Password)),
        ("DB_PASSWORD_2", Some(NameKind::Password)),
        ("ADDomainJoinPassword", Some(NameKind::Password)),
        ("client_secret", Some(NameKind::Password)),
        ("GITHUB_TOKEN", Some(NameKind::Token)),
        ("api_key", Some(NameKind::Key)),
        ("password_length", None),
        ("password_policy", None),
        ("secret_name", None),
        ("kms_key_id", None),
        ("http_tokens", None),
        ("public_key", None),
        ("connection_string", None),
        ("token_url", None),
        ("allow_users_to_change_password", None),
        ("image_pull_secret", None),
        ("next_token", None),
        ("S3Key", None),
        ("KeyType", None),
    ] {
        assert_eq!(kind(name), wanted, "{name}");
    }
}

#[test]
fn ordinary_code_is_silent() {
    for (name, text) in [
        (
            "a.tf",
            "resource \"aws_ebs_volume\" \"v\" {\n  kms_key_id = \"1234abcd-12ab-34cd-56ef-1234567890ab\"\n}\n",
        ),
        (
            "b.tf",
            "variable \"db_password\" {\n  description = \"Password: at least 8 characters, e.g. MyS3cretPass\"\n  sensitive = true\n}\n",
        ),
        (
            "c.tf",
            "resource \"aws_lambda_function\" \"f\" {\n  source_code_hash = \"3fZ1uYkqI5m0hG2o8tq5r6O2p9d7WcV1xkS4bN0aLQE=\"\n}\n",
        ),
        (
            "d.tf",
            "resource \"aws_iam_account_password_policy\" \"p\" {\n  minimum_password_length = 14\n  password_reuse_prevention = 24\n}\n",
        ),
        (
            "e.tf",
            "provider \"google\" {\n  credentials = file(\"${path.module}/sa.json\")\n}\n",
        ),
        (
            "f.tf",
            "locals {\n  git_commit = \"d68d2897add9bc2203a5ed0632a5cdd8ff8cefb0\"\n  secret_store = \"cluster-secretstore-sm\"\n}\n",
        ),
        (
            "g.yaml",
            "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code:\n        S3Key: 15d7c92b571beed29cf6c012a96022482eee1df1b477ad528ddc03a4be52c076\n",
        ),
        (
            "h.yaml",
            "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      KeySchema:\n        - AttributeName: token\n          KeyType: HASH\n",
        ),
        (
            "i.yaml",
            "Resources:\n  I:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData:\n        Fn::Base64: |\n          curl -u \"admin:$(cat /run/pw)\" http://localhost/\n          TOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token)\n",
        ),
        (
            "j.yaml",
            "Resources:\n  S:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      GenerateSecretString:\n        SecretStringTemplate: '{\"username\": \"admin\"}'\n        GenerateStringKey: password\n",
        ),
    ] {
        assert_eq!(credentials(name, text), [], "{text}");
    }
}
