//! Findings point at the exact bytes, through every decoding.

use crate::workspace::credentials;

fn points_at(name: &str, text: &str, line: usize, wanted: &str) {
    assert_eq!(
        credentials(name, text),
        [(line, wanted.to_owned())],
        "{text}"
    );
}

#[test]
fn an_escaped_string() {
    points_at(
        "m.tf",
        "resource \"aws_db_instance\" \"d\" {\n  password = \"fa\\\"ke7\\tX\"\n}\n",
        2,
        "fa\\\"ke7\\tX",
    );
}

#[test]
fn a_line_of_an_indented_heredoc() {
    points_at(
        "m.tf",
        "resource \"local_file\" \"f\" {\n  content = <<-EOT\n    [client]\n    password=tr0ub4dor\n  EOT\n}\n",
        4,
        "tr0ub4dor",
    );
}

#[test]
fn a_string_with_line_ends_written_as_escapes() {
    points_at(
        "m.tf",
        "resource \"aws_instance\" \"a\" {\n  user_data = \"#!/bin/sh\\nexport DB_PASSWORD=Tr0ub4dor3\\n\"\n}\n",
        2,
        "Tr0ub4dor3",
    );
}

#[test]
fn base64_of_a_script() {
    // export DB_PASSWORD=Tr0ub4dor3
    points_at(
        "m.tf",
        "resource \"aws_instance\" \"a\" {\n  user_data_base64 = \"IyEvYmluL3NoCmV4cG9ydCBEQl9QQVNTV09SRD1UcjB1YjRkb3IzCg==\"\n}\n",
        2,
        "RD1UcjB1YjRkb3Iz",
    );
}

#[test]
fn a_json_string_with_escapes() {
    points_at(
        "t.json",
        "{\"Resources\": {\"S\": {\"Type\": \"AWS::SecretsManager::Secret\", \"Properties\": {\n\"SecretString\": \"{\\\"password\\\":\\\"tr0ub4dor\\\"}\"}}}}",
        2,
        "tr0ub4dor",
    );
}

#[test]
fn a_line_of_a_yaml_block() {
    points_at(
        "t.yaml",
        "Resources:\n  I:\n    Type: AWS::EC2::Instance\n    Properties:\n      UserData:\n        Fn::Base64: |\n          #!/bin/bash\n          export TOKEN_SECRET=fake0tok3n1fake2\n",
        8,
        "fake0tok3n1fake2",
    );
}

#[test]
fn a_part_of_terraform_json() {
    points_at(
        "m.tf.json",
        "{\"resource\": {\"aws_db_instance\": {\"d\": {\n  \"password\": \"Tr0ub4dor&3\"}}}}",
        2,
        "Tr0ub4dor&3",
    );
}

#[test]
fn the_expression_that_builds_a_value() {
    points_at(
        "m.tf",
        "resource \"aws_db_instance\" \"d\" {\n  password = join(\"\", [\"Tr0ub\", \"4dor\"])\n}\n",
        2,
        "join(\"\", [\"Tr0ub\", \"4dor\"])",
    );
}

#[test]
fn a_file_with_crlf_and_bom() {
    points_at(
        "m.tf",
        "\u{feff}resource \"aws_db_instance\" \"d\" {\r\n  password = \"Tr0ub4dor\"\r\n}\r\n",
        2,
        "Tr0ub4dor",
    );
}

#[test]
fn a_yaml_value_below_its_parent_in_a_heredoc() {
    points_at(
        "m.tf",
        "resource \"helm_release\" \"x\" {\n  values = [<<EOT\nauth:\n  password: Tr0ub4dor6\n  existingSecret: my-secret\nEOT\n  ]\n}\n",
        4,
        "Tr0ub4dor6",
    );
}
