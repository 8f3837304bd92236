//! Every format: well-formed, complete, and without a secret.

use coffer_lint::report::Format;
use coffer_lint::run::{self, Options, Outcome};
use serde_json::Value;

use crate::workspace::Workspace;

const SECRET: &str = "Zm4rble<&>\\\"9";

pub(crate) fn outcome() -> Outcome {
    let main = format!(
        "# a file, with | and ` in its name\nmodule \"db\" {{\n  source = \"./db\"\n  login  = \"{SECRET}\"\n}}\n\nresource \"aws_db_instance\" \"d\" {{\n  # coffer-lint: allow(literal-in-secret-argument) a <test>\n  password_wo = \"{SECRET}\"\n}}\n"
    );
    let child = "variable \"login\" {\n  sensitive = true\n}\nresource \"aws_db_instance\" \"d\" {\n  password_wo = var.login\n}\n";
    let workspace = Workspace::new(&[
        ("a b,|`é.tf", main.as_str()),
        ("db/main.tf", child),
        ("broken.tf", "locals {\n  a = [\n}\n"),
    ]);
    run::run(Options {
        paths: vec![workspace.path()],
        ..Options::default()
    })
    .unwrap()
}

pub(crate) fn report(format: Format) -> String {
    let mut bytes = Vec::new();
    format.write(&outcome(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn json(format: Format) -> Value {
    serde_json::from_str(&report(format)).unwrap()
}

#[test]
fn no_format_shows_a_secret() {
    use clap::ValueEnum as _;
    for format in Format::value_variants() {
        let text = report(*format);
        assert!(!text.contains("Zm4rb"), "{format:?}: {text}");
        assert!(
            text.contains("literal-in-module-input"),
            "{format:?}: {text}"
        );
    }
}

#[test]
fn json_lines_hold_one_finding_each_and_a_summary() {
    let text = report(Format::Jsonl);
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["type"], "finding");
    assert_eq!(lines[0]["hops"][0]["kind"], "module-input");
    assert_eq!(lines.last().unwrap()["type"], "summary");
}

#[test]
fn json_tells_what_is_accepted_and_why() {
    let report = json(Format::Json);
    assert_eq!(report["accepted"][0]["accepted"]["by"], "inline");
    assert_eq!(report["accepted"][0]["accepted"]["reason"], "a <test>");
    assert_eq!(report["summary"]["degraded"], 1);
}

#[test]
fn sarif_tells_the_way_and_the_suppression() {
    let report = json(Format::Sarif);
    let run = &report["runs"][0];
    let results = run["results"].as_array().unwrap();
    let moved = results
        .iter()
        .find(|result| !result["codeFlows"].is_null())
        .unwrap();
    let steps = &moved["codeFlows"][0]["threadFlows"][0]["locations"];
    assert_eq!(steps.as_array().unwrap().len(), 2);
    let uri = moved["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        .as_str()
        .unwrap();
    assert!(uri.ends_with("/a%20b%2C%7C%60%C3%A9.tf"), "{uri}");
    let suppressed = results
        .iter()
        .find(|result| !result["suppressions"].is_null())
        .unwrap();
    assert_eq!(suppressed["suppressions"][0]["kind"], "inSource");
    let fingerprints: std::collections::BTreeSet<_> = results
        .iter()
        .map(|result| {
            result["partialFingerprints"]["cofferLint/v1"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(fingerprints.len(), results.len());
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(
            run["tool"]["driver"]["rules"][index]["id"],
            result["ruleId"]
        );
    }
}

#[test]
fn gitlab_reports_have_what_gitlab_asks_for() {
    let issues = json(Format::Gitlab);
    for key in [
        "description",
        "check_name",
        "fingerprint",
        "severity",
        "location",
    ] {
        assert!(!issues[0][key].is_null(), "{key}");
    }
    let secrets = json(Format::GitlabSecrets);
    let id = secrets["vulnerabilities"][0]["id"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    assert_eq!(id.as_bytes()[14], b'8');
}

#[test]
fn tests_and_failures_are_counted() {
    assert!(
        report(Format::Junit).contains("tests=\"3\" failures=\"1\""),
        "{}",
        report(Format::Junit)
    );
}

#[test]
fn annotations_are_one_line_each() {
    let text = report(Format::Github);
    assert_eq!(text.lines().count(), 1);
    assert!(text.starts_with("::error file="), "{text}");
    assert!(text.contains("a b%2C|`é.tf,line=4,col=13,"), "{text}");
}

#[test]
fn tables_keep_their_columns() {
    let text = report(Format::Csv);
    assert!(text.lines().nth(1).unwrap().starts_with('"'), "{text}");
    let row = report(Format::Markdown);
    let row = row
        .lines()
        .find(|line| line.contains("literal-in-module-input"))
        .unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
}

#[test]
fn the_page_stands_alone() {
    let page = report(Format::Html);
    for foreign in ["<script", "src=", "href=", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.contains("<mark>********</mark>"), "{page}");
}

#[test]
fn the_published_schema_names_every_field() {
    use std::collections::BTreeSet;
    let schema = include_str!("../../../docs/lint/report.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let report = json(Format::Json);
    let keys = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(keys(&report), keys(&schema["properties"]));
    assert_eq!(
        keys(&report["summary"]),
        keys(&schema["$defs"]["summary"]["properties"])
    );
    let known = keys(&schema["$defs"]["finding"]["properties"]);
    let required = schema["$defs"]["finding"]["required"].as_array().unwrap();
    for list in ["findings", "accepted"] {
        for finding in report[list].as_array().unwrap() {
            assert!(keys(finding).is_subset(&known), "{finding}");
            assert!(
                required
                    .iter()
                    .all(|key| finding.get(key.as_str().unwrap()).is_some()),
                "{finding}"
            );
        }
    }
}
