//! CloudFormation: values are followed through parameters, mappings and intrinsic functions.

use crate::workspace::{Workspace, credentials};

/// A database whose password is the given YAML, after the given sections.
fn template(sections: &str, password: &str) -> String {
    format!(
        "AWSTemplateFormatVersion: \"2010-09-09\"\n{sections}Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: {password}\n"
    )
}

fn found(sections: &str, password: &str, line: usize) {
    let text = template(sections, password);
    let lines: Vec<usize> = credentials("t.yaml", &text)
        .into_iter()
        .map(|(line, _)| line)
        .collect();
    assert_eq!(lines, [line], "{text}");
}

fn silent(sections: &str, password: &str) {
    let text = template(sections, password);
    assert_eq!(credentials("t.yaml", &text), [], "{text}");
}

#[test]
fn short_and_long_forms_of_functions() {
    found("", "tr0ub4dor", 6);
    found("", "!Sub \"tr0ub4dor-${AWS::Region}\"", 6);
    found("", "!Join [\"\", [tr0ub, 4dor]]", 6);
    found("", "!If [Prod, !Ref Pw, tr0ub4dor]", 6);
    found("", "!Select [1, [a-b, tr0ub4dor]]", 6);
    found("", "{\"Fn::Join\": [\"-\", [\"tr0ub\", \"4dor\"]]}", 6);
    found("", "{\"Fn::Sub\": [\"${A}\", {\"A\": \"tr0ub4dor\"}]}", 6);
}

#[test]
fn parameters_and_mappings() {
    let parameter = "Parameters:\n  Login:\n    Type: String\n    Default: tr0ub4dor\n";
    found(parameter, "!Ref Login", 5);
    found(parameter, "!Sub \"${Login}\"", 5);
    found(
        "Parameters:\n  Login:\n    Type: String\n    NoEcho: true\n    Default: tr0ub4dor\n",
        "!Ref Other",
        6,
    );
    let mapping = "Mappings:\n  Stage:\n    prod: { Login: tr0ub4dor9, Size: small }\n";
    found(mapping, "!FindInMap [Stage, prod, Login]", 4);
    found(mapping, "!FindInMap [Stage, !Ref Env, Login]", 4);
}

#[test]
fn references_are_never_literals() {
    for password in [
        "!Ref Pw",
        "!GetAtt Secret.Value",
        "!ImportValue db-password",
        "\"{{resolve:secretsmanager:db:SecretString:password}}\"",
        "!Sub \"{{resolve:secretsmanager:${Name}:SecretString:password}}\"",
        "!Sub \"${A}${B}\"",
        "!Join [\":\", [\"{{resolve:secretsmanager\", !Ref Name, \"SecretString:password}}\"]]",
        "\"\"",
    ] {
        silent("", password);
    }
    silent(
        "Parameters:\n  Login:\n    Type: AWS::SSM::Parameter::Value<String>\n    Default: /db/login\n",
        "!Ref Login",
    );
    silent(
        "Parameters:\n  Login:\n    Type: String\n    NoEcho: true\n    Default: \"\"\n",
        "!Ref Login",
    );
}

#[test]
fn a_literal_that_names_a_parameter_is_a_lost_reference() {
    silent(
        "Parameters:\n  DbPassword:\n    Type: String\n    NoEcho: true\n",
        "DbPassword",
    );
}

#[test]
fn anchors_and_several_documents() {
    let text = "AWSTemplateFormatVersion: \"2010-09-09\"\nMetadata:\n  x: &pw tr0ub4dor9\nResources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: *pw\n";
    assert_eq!(credentials("t.yaml", text), [(3, "tr0ub4dor9".to_owned())]);
    let two = format!(
        "{}---\n{}",
        template("", "!Ref A"),
        template("", "tr0ub4dor")
    );
    assert_eq!(credentials("t.yaml", &two).len(), 1);
}

#[test]
fn a_yaml_file_that_is_no_template_is_left_alone() {
    let workspace = Workspace::new(&[("deploy.yaml", "kind: Deployment\npassword: tr0ub4dor\n")]);
    assert_eq!(workspace.find(&["credentials"]), []);
}
