//! `coffer-lint.toml`: own formats, own arguments, allowed values, settings of rules and paths.

use std::path::Path;

use coffer_lint::config::Config;
use coffer_lint::knowledge::own;
use coffer_lint::run::{self, Options};

use crate::workspace::Workspace;

/// Runs with the configuration among the files; rule and file of each finding.
fn find(files: &[(&str, &str)]) -> Vec<(String, String)> {
    let workspace = Workspace::new(files);
    let config = Config::read(&workspace.path().join("coffer-lint.toml")).unwrap();
    let outcome = run::run(Options {
        paths: vec![workspace.path()],
        config,
        ..Options::default()
    })
    .unwrap();
    let name = |finding: &coffer_lint::rules::finding::Finding| {
        let file = outcome.file(finding.file).unwrap();
        (
            finding.rule.id.to_owned(),
            format!("{}:{}", file.name(), finding.severity.name()),
        )
    };
    outcome.findings.iter().map(name).collect()
}

fn error(config: &str) -> String {
    let workspace = Workspace::new(&[("coffer-lint.toml", config)]);
    let path = workspace.path().join("coffer-lint.toml");
    let error = Config::read(&path).unwrap_err().to_string();
    error.replace(&path.display().to_string(), "coffer-lint.toml")
}

const LEAKY: &str = "resource \"aws_db_instance\" \"d\" {\n  password_wo = \"Tr0ub4dor\"\n}\n";

#[test]
fn own_token_formats_are_found_with_their_checksum() {
    let body = "0123456789abcdefghijklmnopqrst";
    let right =
        coffer_lint::detect::with_checksum(&format!("corp_{body}000000"), "crc32-base62:6:1")
            .unwrap();
    let config = "[[token]]\nid = \"corp-token\"\nservice = \"Corp\"\npattern = 'corp_[0-9A-Za-z]{36}'\nkeywords = [\"corp_\"]\nchecksum = \"crc32-base62:6:1\"\nseverity = \"critical\"\n";
    let text = format!("locals {{\n  a = \"{right}\"\n  b = \"corp_{body}zzzzzz\"\n}}\n");
    let found = find(&[("coffer-lint.toml", config), ("main.tf", &text)]);
    assert_eq!(
        found,
        [("embedded-token".to_owned(), "main.tf:critical".to_owned())]
    );
}

#[test]
fn rule_files_of_gitleaks_are_read() {
    let rules = "title = \"t\"\n[extend]\nuseDefault = true\n[[rules]]\nid = \"corp\"\ndescription = \"Corp key\"\nregex = '''corpkey[ =\"]+([a-z0-9]{12})'''\nsecretGroup = 1\nentropy = 2.0\nkeywords = [\"corpkey\"]\n[[rules.allowlists]]\nregexes = ['''^aaa''']\nstopwords = [\"sample\"]\n[[rules]]\nid = \"only-a-path\"\npath = '''\\.p12$'''\n";
    let text = "locals {\n  x = \"corpkey = k3j9d8s7f6g5\"\n  y = \"corpkey = aaa9d8s7f6g5\"\n  z = \"corpkey = sample8s7f6g\"\n  w = \"corpkey = bbbbbbbbbbbb\"\n}\n";
    let found = find(&[
        ("coffer-lint.toml", "gitleaks = [\"gitleaks.toml\"]\n"),
        ("gitleaks.toml", rules),
        ("main.tf", text),
    ]);
    assert_eq!(
        found,
        [("embedded-token".to_owned(), "main.tf:high".to_owned())]
    );
}

#[test]
fn own_secret_arguments_are_sinks_and_others_are_not() {
    let config = "[[secret-argument]]\ntype = \"corp_till\"\npath = \"door.word\"\n[[secret-argument]]\ntype = \"aws_db_instance\"\npath = \"password_wo\"\nsecret = false\n";
    let text = "resource \"corp_till\" \"t\" {\n  door {\n    word = \"abcdefg\"\n  }\n}\n";
    let found = find(&[
        ("coffer-lint.toml", config),
        ("main.tf", text),
        ("b.tf", LEAKY),
    ]);
    assert_eq!(
        found,
        [(
            "literal-in-secret-argument".to_owned(),
            "main.tf:high".to_owned()
        )]
    );
}

#[test]
fn allowed_values_are_known_by_their_hash() {
    let config = format!(
        "[allowed]\nkey = \"k\"\nhashes = [\"{}\"]\n",
        own::hash("k", "Tr0ub4dor")
    );
    assert!(find(&[("coffer-lint.toml", &config), ("main.tf", LEAKY)]).is_empty());
    assert_ne!(own::hash("k", "Tr0ub4dor"), own::hash("l", "Tr0ub4dor"));
}

#[test]
fn rules_and_paths_have_settings() {
    let config = "exclude = [\"old/\"]\n[rules.literal-in-secret-argument]\nseverity = \"low\"\n[[paths]]\nfiles = [\"tests/**\"]\noff = [\"credentials\"]\n[[paths]]\nfiles = [\"prod/**\"]\nseverity = \"critical\"\n";
    let found = find(&[
        ("coffer-lint.toml", config),
        ("old/a.tf", LEAKY),
        ("tests/b.tf", LEAKY),
        ("prod/c.tf", LEAKY),
        ("d.tf", LEAKY),
    ]);
    let rule = "literal-in-secret-argument".to_owned();
    assert_eq!(
        found,
        [
            (rule.clone(), "d.tf:low".to_owned()),
            (rule, "c.tf:critical".to_owned())
        ]
    );
}

#[test]
fn a_file_extends_another_one() {
    let found = find(&[
        (
            "base.toml",
            "[rules.literal-in-secret-argument]\nenabled = false\n",
        ),
        ("coffer-lint.toml", "extends = [\"base.toml\"]\n"),
        ("main.tf", LEAKY),
    ]);
    assert!(found.is_empty());
    let circle = Workspace::new(&[("coffer-lint.toml", "extends = [\"coffer-lint.toml\"]\n")]);
    let error = Config::read(&circle.path().join("coffer-lint.toml")).unwrap_err();
    assert!(error.to_string().contains("extend one another"), "{error}");
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (config, wanted) in [
        (
            "selct = []\n",
            "coffer-lint.toml:1:1: unknown field `selct`",
        ),
        (
            "select = [\"nonsense\"]\n",
            "coffer-lint.toml:1:11: `nonsense` is neither a rule nor a family",
        ),
        (
            "[rules.nonsense]\nenabled = false\n",
            "coffer-lint.toml:1:8: `nonsense` is neither",
        ),
        (
            "fail-on = \"dire\"\n",
            "coffer-lint.toml:1:11: unknown variant `dire`",
        ),
        (
            "[[token]]\nid = \"a\"\npattern = \"(\"\n",
            "coffer-lint.toml:3:11: regex parse error",
        ),
        (
            "[[token]]\nid = \"a\"\npattern = \"a\"\nchecksum = \"md5\"\n",
            "coffer-lint.toml:4:12: a checksum is written as",
        ),
        (
            "[suppressions]\nhonour = [\"x\"]\n",
            "coffer-lint.toml:2:11: `x` is not known",
        ),
    ] {
        let error = error(config);
        assert!(error.starts_with(wanted), "{error}");
    }
}

#[test]
fn the_nearest_file_upwards_holds() {
    let workspace = Workspace::new(&[("coffer-lint.toml", ""), ("a/b/main.tf", LEAKY)]);
    let found = coffer_lint::config::find(&workspace.path().join("a/b")).unwrap();
    assert_eq!(found, workspace.path().join("coffer-lint.toml"));
    assert!(coffer_lint::config::find(Path::new("/")).is_none());
}

/// Every key of a table of the schema, with those below it.
fn keys_of(schema: &serde_json::Value, prefix: &str, keys: &mut Vec<String>) {
    if let Some(properties) = schema["properties"].as_object() {
        for (name, inner) in properties {
            let key = format!("{prefix}{name}");
            keys_of(inner, &format!("{key}."), keys);
            keys.push(key);
        }
    }
    for inner in ["additionalProperties", "items"] {
        if schema[inner].is_object() {
            keys_of(&schema[inner], &format!("{prefix}*."), keys);
        }
    }
}

#[test]
fn the_schema_knows_the_keys_of_the_file_and_no_others() {
    let output = assert_cmd::Command::cargo_bin("coffer-lint")
        .unwrap()
        .args(["config", "schema"])
        .output()
        .unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut keys = Vec::new();
    keys_of(&schema, "", &mut keys);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/lint/configuration.md");
    let page = std::fs::read_to_string(page).unwrap();
    let example = page
        .split("```toml\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let example: toml::Table = example.parse().unwrap();
    let mut told = Vec::new();
    for (name, value) in &example {
        told.push(name.clone());
        let tables = match value {
            toml::Value::Table(table) => vec![table.clone()],
            toml::Value::Array(items) => items
                .iter()
                .filter_map(|item| item.as_table().cloned())
                .collect(),
            _ => Vec::new(),
        };
        for (key, inner) in tables.iter().flatten() {
            let is_list = value.is_array() || inner.is_table();
            let inner_keys = inner.as_table().map_or_else(
                || vec![key.clone()],
                |inner| inner.keys().cloned().collect(),
            );
            let dot = if is_list { ".*." } else { "." };
            told.extend(inner_keys.iter().map(|key| format!("{name}{dot}{key}")));
        }
    }
    for key in &told {
        assert!(keys.contains(key), "the schema lacks {key}: {keys:?}");
    }
    // A key that the schema has and the program does not is refused by name.
    for key in keys.iter().filter(|key| !key.contains('.')) {
        let workspace = Workspace::new(&[("coffer-lint.toml", format!("{key} = 7\n"))]);
        let error = Config::read(&workspace.path().join("coffer-lint.toml"));
        let error = error.unwrap_err().to_string();
        assert!(!error.contains("unknown field"), "{error}");
    }
}
