//! A broken file costs only what is broken in it.

use coffer_lint::source::hcl;

use crate::workspace::{Workspace, credentials};

const HEALTHY: &str = "resource \"aws_db_instance\" \"d\" {\n  password = \"fake-Tr0ub4dor\"\n}\n";

/// The healthy block is found behind (and before) the broken text, and the file counts as degraded.
fn survives(broken: &str) {
    for text in [
        format!("{broken}\n{HEALTHY}"),
        format!("{HEALTHY}{broken}\n"),
    ] {
        let workspace = Workspace::new(&[("main.tf", &text)]);
        let outcome = workspace.run(&["credentials"]);
        assert_eq!(outcome.findings.len(), 1, "{text}");
        assert_eq!(outcome.degraded().count(), 1, "{text}");
    }
}

#[test]
fn a_block_without_its_brace() {
    survives("resource \"x\" \"y\" {\n  a = 1");
}

#[test]
fn a_string_without_its_quote() {
    survives("locals {\n  a = \"open\n}");
}

#[test]
fn a_bracket_that_never_closes() {
    survives("locals {\n  a = [1, 2\n}");
}

#[test]
fn an_argument_without_a_value() {
    survives("locals {\n  a =\n}");
}

#[test]
fn an_error_at_the_end_of_a_file_stands_in_the_file() {
    let text = "a = \"\\";
    for error in hcl::parse(text).errors {
        assert!(error.at.start as usize <= text.len());
    }
}

#[test]
fn text_that_is_no_hcl() {
    survives("<<<<<<< HEAD");
}

#[test]
fn a_heredoc_that_never_ends_does_not_hide_what_stands_before_it() {
    let found = credentials(
        "main.tf",
        &format!("{HEALTHY}locals {{\n  a = <<EOT\n text\n}}\n"),
    );
    assert_eq!(found.len(), 1);
}

#[test]
fn nesting_without_end_is_refused_in_bounded_time() {
    let text = format!("a = {}\n{HEALTHY}", "[".repeat(100_000));
    assert!(!hcl::parse(&text).errors.is_empty());
    let text = format!("a = {}1{}\n{HEALTHY}", "(".repeat(5_000), ")".repeat(5_000));
    assert_eq!(credentials("main.tf", &text).len(), 1);
}

#[test]
fn many_heredocs_without_end_take_linear_time() {
    let text = "a = <<EOT\n".repeat(20_000);
    assert!(!hcl::parse(&text).errors.is_empty());
}

#[test]
fn what_terraform_accepts_is_parsed_in_full() {
    for text in [
        "\u{feff}a = 1\n",
        "a = { x = 1, x = 2 }\n",
        "a = { for k, v in y : k => v\n  if v\n  && k }\n",
        "a = { for k, v in y : k =>\n v\n ? 1\n : 2 }\n",
        "a = foo(\n  try\n  (x)\n)\n",
        "a = \"$${x} %%{y} ${\"b ${c}\"}\"\n",
        "a = <<-EOT\n  x ${y} %{ if z }q%{ endif }\n  EOT\n",
        "a = provider::x::y(1)...\n".trim_end_matches("...\n"),
        "a = x.0.y[*].z.*.q\n",
        "b \"l\" m { c = 1 }\n",
        "a = 1 // c\nb = 2 # d\n/* e */ c = 3\n",
        "a = {\n  (x) = 1\n  \"y\" : 2, z = 3\n}\n",
        "a = x ? {\n b = 1\n} : {}\n",
        "a = -1e-3 + 2.5 * !b\r\nc = 1\r\n",
        "a = [for x in y : x if x != null]\n",
        "b {}\n",
    ] {
        let tree = hcl::parse(text);
        assert!(tree.errors.is_empty(), "{text:?}: {:?}", tree.errors);
    }
}

#[test]
fn bytes_that_are_not_utf8_keep_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = b"# caf\xe9 \xff\n".to_vec();
    bytes.extend_from_slice(HEALTHY.as_bytes());
    std::fs::write(folder.path().join("main.tf"), bytes).unwrap();
    let options = coffer_lint::run::Options {
        paths: vec![folder.path().to_owned()],
        select: vec!["credentials".to_owned()],
        ..Default::default()
    };
    let outcome = coffer_lint::run::run(options).unwrap();
    let finding = &outcome.findings[0];
    let file = outcome.file(finding.file).unwrap();
    assert_eq!(finding.at.of(&file.text), "fake-Tr0ub4dor");
    assert_eq!(finding.at.start as usize, 9 + HEALTHY.find("fake").unwrap());
}

#[test]
fn a_broken_template_keeps_what_was_read() {
    let text = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  D:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: fake-tr0ub4dor\n  E: [\n";
    assert_eq!(
        credentials("t.yaml", text),
        [(6, "fake-tr0ub4dor".to_owned())]
    );
}

#[test]
fn what_is_broken_is_still_read_as_text() {
    let found = credentials("main.tf", "locals {\n  db_password = \"Tr0ub4dor\" +\n}\n");
    assert_eq!(found, [(2, "Tr0ub4dor".to_owned())]);
    let text = "Resources:\n  D:\n    Type: AWS::RDS::DBInstance\n  E: [\n  ]x: y: z\n  Password: Tr0ub4dor3\n";
    assert_eq!(credentials("t.yaml", text), [(6, "Tr0ub4dor3".to_owned())]);
}

#[test]
fn long_chains_of_operators_stay_flat() {
    let text = format!("a = 1{}\n{HEALTHY}", " + 1".repeat(200_000));
    assert_eq!(credentials("main.tf", &text).len(), 1);
}

#[test]
fn aliases_that_unfold_without_end_are_bounded() {
    let mut text = String::from(
        "Resources:\n  A:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      a0: &a0 [x, x]\n",
    );
    for n in 1..60 {
        text.push_str(&format!("      a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1));
    }
    text.push_str("      MasterUserPassword: *a59\n");
    Workspace::new(&[("t.yaml", text)]).find(&[]);
}

#[test]
fn keys_without_end_and_thousands_of_findings_take_linear_time() {
    let text = "# -----BEGIN PRIVATE KEY-----\n".repeat(20_000);
    credentials("main.tf", &text);
    let text = "#!/bin/sh\nDB_PASSWORD: Tr0ub4dor\n".repeat(20_000);
    let text = format!("locals {{\n  a = <<EOT\n{text}EOT\n}}\n");
    let workspace = Workspace::new(&[("main.tf", &text)]);
    let mut report = Vec::new();
    coffer_lint::report::Format::Text
        .write(&workspace.run(&["credentials"]), &mut report)
        .unwrap();
    assert!(!String::from_utf8(report).unwrap().contains("Tr0ub4dor"));
}

#[test]
fn links_in_circles_are_not_followed() {
    let workspace = Workspace::new(&[("main.tf", HEALTHY)]);
    let folder = workspace.path();
    std::os::unix::fs::symlink(&folder, folder.join("again")).unwrap();
    assert_eq!(workspace.find(&["credentials"]).len(), 1);
}

mod arbitrary {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn hcl_never_panics(text in "([a-z]+|[ \\n={}\\[\\]()\"<$%~.,:?*/#-]|\\$\\{|<<EOT\\n|\"x\"|é){0,60}") {
            coffer_lint::source::hcl::parse(&text);
        }

        #[test]
        fn yaml_never_panics(text in "([a-z]+|[ \\n:\\-\\[\\]{}&*!|>'\"#,]|Fn::Sub|!Ref){0,60}") {
            coffer_lint::source::yaml::parse(&text);
        }

        #[test]
        fn json_never_panics(text in "([a-z]+|[ \\n:\\[\\]{}\"\\\\,/0-9.-]|\"a\"|\\\\u12){0,60}") {
            coffer_lint::source::json::parse(&text);
        }

        #[test]
        fn whole_runs_never_panic(text in "(variable \"x\" \\{\\n|resource \"aws_instance\" \"y\" \\{\\n|user_data = |password = |default = |\"[a-z${}.]{0,9}\"\\n|var\\.x\\n|local\\.x\\n|join\\(\",\", \\[\"a\", var\\.x\\]\\)\\n|\\}\\n|locals \\{\\n|x = ){0,30}") {
            let bytes = text.into_bytes();
            let file = coffer_lint::source::SourceFile::parse(std::path::Path::new("main.tf"), bytes);
            coffer_lint::run::Run::new(&[file], &Default::default()).findings(coffer_lint::rules::RULES);
        }
    }
}
