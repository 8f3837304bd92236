//! Fixes: what they make of the code, and that it stays code.

use std::process::Command;

use coffer_lint::fix;
use coffer_lint::run::{self, Options};

use crate::workspace::Workspace;

/// The file after all fixes, in as many rounds as it takes.
fn mended(name: &str, text: &str, with_unsafe: bool) -> String {
    let workspace = Workspace::new(&[(name, text)]);
    let path = workspace.path().join(name);
    for _ in 0..8 {
        let outcome = run::run(Options {
            paths: vec![workspace.path()],
            ..Options::default()
        })
        .unwrap();
        let (changed, _) = fix::changes(&outcome, with_unsafe);
        if changed.is_empty() {
            break;
        }
        fix::write(&changed).unwrap();
    }
    let text = std::fs::read_to_string(path).unwrap();
    if name.ends_with(".tf") {
        is_formatted(&workspace);
    }
    text
}

/// Where Terraform is installed it has the last word on the form.
fn is_formatted(workspace: &Workspace) {
    let output = Command::new("terraform")
        .args(["fmt", "-check", "-diff"])
        .arg(workspace.path())
        .env_remove("TF_CLI_CONFIG_FILE")
        .output();
    if let Ok(output) = output {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}

#[test]
fn variables_and_outputs_become_sensitive() {
    for (before, after) in [
        (
            "variable \"db_password\" {\n  type = string\n}\n",
            "variable \"db_password\" {\n  type      = string\n  sensitive = true\n}\n",
        ),
        (
            "variable \"db_password\" {}\n",
            "variable \"db_password\" {\n  sensitive = true\n}\n",
        ),
        (
            "variable \"db_password\" { type = string }\n",
            "variable \"db_password\" {\n  type = string\n  sensitive = true\n}\n",
        ),
        (
            "variable \"db_password\" {\n  sensitive = false\n}\n",
            "variable \"db_password\" {\n  sensitive = true\n}\n",
        ),
        (
            "variable \"db_password\" {\n  type = string # its type\n\n  validation {\n    condition     = true\n    error_message = \"x\"\n  }\n}\n",
            "variable \"db_password\" {\n  type = string # its type\n\n  validation {\n    condition     = true\n    error_message = \"x\"\n  }\n  sensitive = true\n}\n",
        ),
    ] {
        let workspace = Workspace::new(&[("main.tf", before)]);
        let outcome = workspace.run(&[]);
        let (changed, applied) = fix::changes(&outcome, false);
        assert_eq!(applied, 1, "{before}");
        assert_eq!(changed[0].text, after);
    }
}

#[test]
fn parameters_get_no_echo() {
    let resources = |reference: &str| reference.to_owned();
    let yaml = "Parameters:\n  Login:\n    Type: String\nResources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: !Ref Login\n";
    assert!(
        mended("t.yaml", &resources(yaml), false)
            .contains("  Login:\n    NoEcho: true\n    Type: String\n")
    );
    let flow = yaml.replace("  Login:\n    Type: String\n", "  Login: {Type: String}\n");
    assert!(mended("t.yaml", &flow, false).contains("  Login: {NoEcho: true, Type: String}\n"));
    let json = "{\n  \"Parameters\": {\n    \"Login\": {\n      \"Type\": \"String\"\n    }\n  },\n  \"Resources\": {\n    \"Db\": {\n      \"Type\": \"AWS::RDS::DBInstance\",\n      \"Properties\": {\"MasterUserPassword\": {\"Ref\": \"Login\"}}\n    }\n  }\n}\n";
    let after = mended("t.json", json, false);
    assert!(
        after.contains("\"Login\": {\n      \"NoEcho\": true,\n      \"Type\": \"String\"\n"),
        "{after}"
    );
}

#[test]
fn a_data_source_becomes_ephemeral_with_its_consumers() {
    let before = "data \"aws_secretsmanager_secret_version\" \"db\" {\n  secret_id = \"prod/db\"\n}\n\nresource \"aws_db_instance\" \"db\" {\n  username = \"app\"\n  password = data.aws_secretsmanager_secret_version.db.secret_string\n}\n";
    let after = "ephemeral \"aws_secretsmanager_secret_version\" \"db\" {\n  secret_id = \"prod/db\"\n}\n\nresource \"aws_db_instance\" \"db\" {\n  username            = \"app\"\n  password_wo         = ephemeral.aws_secretsmanager_secret_version.db.secret_string\n  password_wo_version = 1\n}\n";
    assert_eq!(
        mended("main.tf", before, false),
        before,
        "nothing of this is safe"
    );
    assert_eq!(mended("main.tf", before, true), after);
}

#[test]
fn a_data_source_that_feeds_a_stored_argument_stays() {
    let text = "data \"aws_secretsmanager_secret_version\" \"db\" {\n  secret_id = \"prod/db\"\n}\n\nresource \"aws_mq_broker\" \"b\" {\n  user {\n    username = \"app\"\n    password = data.aws_secretsmanager_secret_version.db.secret_string\n  }\n}\n";
    assert_eq!(mended("main.tf", text, true), text);
}

#[test]
fn a_literal_becomes_a_variable() {
    let before = "resource \"aws_db_instance\" \"my-db\" {\n  username = \"app\"\n  password = \"Tr0ub4dor\"\n}\n";
    let after = "resource \"aws_db_instance\" \"my-db\" {\n  username            = \"app\"\n  password_wo         = var.my_db_password\n  password_wo_version = 1\n}\n\nvariable \"my_db_password\" {\n  type      = string\n  sensitive = true\n}\n";
    assert_eq!(mended("main.tf", before, true), after);
}

#[test]
fn a_property_becomes_a_dynamic_reference() {
    let yaml = "Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: abcdefg\n";
    let after = mended("t.yaml", yaml, true);
    assert!(
        after.contains(
            "MasterUserPassword: '{{resolve:secretsmanager:Db:SecretString:MasterUserPassword}}'\n"
        ),
        "{after}"
    );
}

#[test]
fn line_ends_and_links_are_kept() {
    let workspace = Workspace::new(&[(
        "real/main.tf",
        "variable \"db_password\" {\r\n  type = string\r\n}\r\n",
    )]);
    let link = workspace.path().join("main.tf");
    std::os::unix::fs::symlink("real/main.tf", &link).unwrap();
    let outcome = run::run(Options {
        paths: vec![link.clone()],
        ..Options::default()
    })
    .unwrap();
    fix::write(&fix::changes(&outcome, false).0).unwrap();
    assert!(link.is_symlink());
    let text = std::fs::read_to_string(workspace.path().join("real/main.tf")).unwrap();
    assert_eq!(
        text,
        "variable \"db_password\" {\r\n  type      = string\r\n  sensitive = true\r\n}\r\n"
    );
}

#[test]
fn changes_are_shown_as_a_diff() {
    let text = "variable \"a\" {}\n\n\n\n\nvariable \"db_password\" {\n  type = string\n}\n";
    let workspace = Workspace::new(&[("main.tf", text)]);
    let outcome = workspace.run(&[]);
    let (changed, _) = fix::changes(&outcome, false);
    let diff = fix::unified(outcome.file(changed[0].file).unwrap(), &changed[0]);
    let body = diff.split_once("@@").unwrap().1;
    assert_eq!(
        body,
        " -4,5 +4,6 @@\n \n \n variable \"db_password\" {\n-  type = string\n+  type      = string\n+  sensitive = true\n }\n"
    );
}

/// Every kind of fix for Terraform, in one configuration that Terraform takes before and after.
#[test]
fn mended_code_is_valid_for_the_real_provider() {
    // `MIRROR/registry.terraform.io/hashicorp/aws/VERSION/PLATFORM`
    let provider = xtask::terraform::aws_provider().unwrap();
    let mirror = provider.ancestors().nth(5).unwrap().display().to_string();
    let text = "terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = \"5.100.0\"\n    }\n  }\n}\n\ndata \"aws_secretsmanager_secret_version\" \"db\" {\n  secret_id = \"prod/db\"\n}\n\nvariable \"login\" {\n  type = string\n}\n\nresource \"aws_db_instance\" \"a\" {\n  engine         = \"postgres\"\n  instance_class = \"db.t4g.micro\"\n  username       = \"app\"\n  password       = data.aws_secretsmanager_secret_version.db.secret_string\n}\n\nresource \"aws_db_instance\" \"b\" {\n  engine         = \"postgres\"\n  instance_class = \"db.t4g.micro\"\n  username       = \"app\"\n  password       = \"Tr0ub4dor\"\n}\n\nresource \"aws_ssm_parameter\" \"p\" {\n  name  = \"/a/password\"\n  type  = \"SecureString\"\n  value = var.login\n}\n\nvariable \"api_token\" {\n  type      = string\n  sensitive = true\n}\n\noutput \"token\" {\n  value = nonsensitive(var.api_token)\n}\n";
    is_valid(text, &mirror);
    let after = mended("main.tf", text, true);
    for wanted in [
        "ephemeral \"aws_secretsmanager_secret_version\" \"db\"",
        "= ephemeral.aws_secretsmanager_secret_version.db.secret_string",
        "= var.b_password",
        "variable \"b_password\"",
        "value_wo",
        "variable \"login\" {\n  type      = string\n  sensitive = true\n}",
    ] {
        assert!(after.contains(wanted), "lacks {wanted}:\n{after}");
    }
    is_valid(&after, &mirror);
}

fn is_valid(text: &str, mirror: &str) {
    let workspace = Workspace::new(&[("main.tf", text)]);
    let config = workspace.path().join("cli.rc");
    std::fs::write(
        &config,
        format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = \"{mirror}\"\n  }}\n}}\n"
        ),
    )
    .unwrap();
    for arguments in [&["init", "-backend=false"][..], &["validate"][..]] {
        let output = Command::new("terraform")
            .args(arguments)
            .current_dir(workspace.path())
            .env("TF_CLI_CONFIG_FILE", &config)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
