//! The user's own providers: their schemas and their locked versions.

use coffer_lint::run::{self, Options};

use crate::workspace::Workspace;

const SCHEMA: &str = r#"{
  "format_version": "1.0",
  "provider_schemas": {
    "registry.example.org/corp/shop": {
      "provider": {"block": {"attributes": {"login": {"type": "string", "sensitive": true, "optional": true}}}},
      "resource_schemas": {"shop_till": {"block": {
        "attributes": {
          "word": {"type": "string", "sensitive": true, "optional": true},
          "word_wo": {"type": "string", "write_only": true, "optional": true},
          "label": {"type": "string", "optional": true}
        },
        "block_types": {"door": {"nesting_mode": "list", "block": {"attributes": {"pin": {"type": "string", "sensitive": true, "required": true}}}}}
      }}},
      "data_source_schemas": {"shop_card": {"block": {"attributes": {"digits": {"type": "string", "sensitive": true, "computed": true}}}}},
      "ephemeral_resource_schemas": {"shop_card": {"block": {"attributes": {}}}}
    }
  }
}"#;

const CONFIGURATION: &str = "provider \"shop\" {\n  login = \"abcdefg\"\n}\n\nresource \"shop_till\" \"t\" {\n  word  = \"hijklmn\"\n  label = \"front\"\n  door {\n    pin = \"opqrstu\"\n  }\n}\n\ndata \"shop_card\" \"c\" {}\n";

fn run_with(files: &[(&str, &str)], schema: Option<&str>) -> run::Outcome {
    let workspace = Workspace::new(files);
    run::run(Options {
        paths: vec![workspace.path()],
        schemas: schema
            .map(|name| workspace.path().join(name))
            .into_iter()
            .collect(),
        ..Options::default()
    })
    .unwrap()
}

fn said(outcome: &run::Outcome, rule: &str) -> Vec<String> {
    let of_rule = outcome
        .findings
        .iter()
        .filter(|finding| finding.rule.id == rule);
    of_rule
        .map(|finding| format!("{}: {}", finding.sink, finding.help))
        .collect()
}

#[test]
fn a_schema_tells_which_arguments_are_secrets() {
    let files = [("main.tf", CONFIGURATION), ("schema.json", SCHEMA)];
    let outcome = run_with(&files, Some("schema.json"));
    let secrets = said(&outcome, "literal-in-secret-argument");
    assert_eq!(secrets.len(), 2, "{secrets:?}");
    assert!(
        secrets[0].starts_with("shop_till.t.word: write `word_wo` with"),
        "{secrets:?}"
    );
    assert!(
        secrets[1].starts_with("shop_till.t.door.pin: take the value from"),
        "{secrets:?}"
    );
    assert_eq!(said(&outcome, "credential-in-provider").len(), 1);
    assert_eq!(said(&outcome, "write-only-twin-unused").len(), 1);
    let read = said(&outcome, "secret-data-source");
    assert!(read[0].contains("ephemeral \"shop_card\""), "{read:?}");
    assert!(run_with(&files, None).findings.is_empty());
}

#[test]
fn a_schema_without_the_twin_has_the_last_word() {
    let schema = r#"{"provider_schemas": {"registry.terraform.io/hashicorp/aws": {"resource_schemas": {"aws_db_instance": {"block": {"attributes": {"password": {"sensitive": true}}}}}}}}"#;
    let text = "resource \"aws_db_instance\" \"d\" {\n  password = var.pw\n}\n";
    let files = [("main.tf", text), ("schema.json", schema)];
    assert_eq!(
        said(&run_with(&files, None), "write-only-twin-unused").len(),
        1
    );
    assert_eq!(
        said(
            &run_with(&files, Some("schema.json")),
            "write-only-twin-unused"
        )
        .len(),
        0
    );
}

#[test]
fn what_is_no_schema_is_refused() {
    let workspace = Workspace::new(&[("main.tf", ""), ("state.json", "{\"version\": 4}")]);
    let error = run::run(Options {
        paths: vec![workspace.path()],
        schemas: vec![workspace.path().join("state.json")],
        ..Options::default()
    })
    .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("terraform providers schema -json"),
        "{error}"
    );
}

#[test]
fn advice_fits_the_locked_version() {
    let lock = |version: &str| {
        format!(
            "provider \"registry.terraform.io/hashicorp/aws\" {{\n  version = \"{version}\"\n}}\n"
        )
    };
    let text = "resource \"aws_db_instance\" \"d\" {\n  password = var.pw\n}\n";
    for (version, upgrade) in [("5.31.0", true), ("5.100.0", false)] {
        let lock = lock(version);
        let files = [
            ("root/main.tf", text),
            (".terraform.lock.hcl", lock.as_str()),
        ];
        let help = said(&run_with(&files, None), "write-only-twin-unused");
        assert_eq!(
            help[0].contains("5.31.0 is locked here, so upgrade first"),
            upgrade,
            "{help:?}"
        );
    }
}
