//! CloudFormation templates that belong together: nested stacks, exports, loops, SAM.

use crate::workspace::{Found, Workspace};

fn find(files: &[(&str, &str)]) -> Vec<Found> {
    Workspace::new(files).find(&["credentials"])
}

const CHILD: &str = "Parameters:\n  Login:\n    Type: String\nResources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: !Ref Login\nOutputs:\n  Word:\n    Value: tr0ub4dor9\n";

#[test]
fn a_literal_goes_into_a_nested_stack() {
    let found = find(&[
        (
            "root.yaml",
            "Resources:\n  Shop:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ./stacks/db.yaml\n      Parameters:\n        Login: abcdefg\n",
        ),
        ("stacks/db.yaml", CHILD),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].file.as_str(), found[0].line), ("root.yaml", 7));
    assert_eq!(found[0].hops, ["stack-parameter"]);
}

#[test]
fn an_output_of_a_nested_stack_is_followed() {
    for form in ["!GetAtt Shop.Outputs.Word", "!Sub '${Shop.Outputs.Word}'"] {
        let root = format!(
            "Resources:\n  Shop:\n    Type: AWS::Serverless::Application\n    Properties:\n      Location: db.yaml\n  Q:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: {form}\n"
        );
        let found = find(&[("root.yaml", &root), ("db.yaml", CHILD)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].file.as_str(), found[0].text.as_str()),
            ("db.yaml", "tr0ub4dor9")
        );
    }
}

#[test]
fn an_export_is_followed() {
    let found = find(&[
        (
            "a.yaml",
            "Resources:\n  T:\n    Type: AWS::SNS::Topic\nOutputs:\n  Word:\n    Value: tr0ub4dor9\n    Export:\n      Name: shop-login\n",
        ),
        (
            "b.yaml",
            "Resources:\n  Q:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: !ImportValue shop-login\n",
        ),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].file, "a.yaml");
    assert_eq!(found[0].hops, ["stack-output"]);
}

#[test]
fn stacks_that_call_each_other_come_to_an_end() {
    let template = |other: &str| {
        format!(
            "Parameters:\n  P:\n    Type: String\nResources:\n  N:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {other}\n      Parameters:\n        P: !Sub '${{P}}${{P}}'\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: !Ref P\n"
        )
    };
    let found = find(&[
        ("a.yaml", &template("b.yaml")),
        ("b.yaml", &template("a.yaml")),
    ]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn allowed_values_are_values() {
    let found = find(&[(
        "t.yaml",
        "Parameters:\n  Login:\n    Type: String\n    Default: abcdefg\n    AllowedValues: [abcdefg, hijklmn]\nResources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: !Ref Login\n",
    )]);
    let texts: Vec<&str> = found.iter().map(|found| found.text.as_str()).collect();
    assert_eq!(texts, ["abcdefg", "hijklmn"]);
}

#[test]
fn loops_are_unrolled() {
    let found = find(&[(
        "t.yaml",
        "Transform: AWS::LanguageExtensions\nResources:\n  Fn::ForEach::Dbs:\n    - Word\n    - [tr0ub4dor9]\n    - Db${Word}:\n        Type: AWS::RDS::DBInstance\n        Properties:\n          MasterUserPassword: !Ref Word\n",
    )]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].text, "tr0ub4dor9");
}

#[test]
fn split_and_select_keep_the_place() {
    let found = find(&[(
        "t.yaml",
        "Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: !Select [1, !Split [':', 'app:tr0ub4dor9']]\n",
    )]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].text, "tr0ub4dor9");
}

#[test]
fn the_default_of_a_mapping_counts() {
    let found = find(&[(
        "t.yaml",
        "Transform: AWS::LanguageExtensions\nMappings:\n  M:\n    a: {b: '{{resolve:ssm-secure:x}}'}\nResources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: !FindInMap [M, a, c, {DefaultValue: tr0ub4dor9}]\n",
    )]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].text, "tr0ub4dor9");
}

#[test]
fn globals_are_properties_of_functions() {
    let found = Workspace::new(&[(
        "t.yaml",
        "Transform: AWS::Serverless-2016-10-31\nGlobals:\n  Function:\n    Environment:\n      Variables:\n        DB_PASSWORD: tr0ub4dor9\nResources:\n  F:\n    Type: AWS::Serverless::Function\n",
    )])
    .find(&["credentials"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].rule, "secret-in-environment");
}
