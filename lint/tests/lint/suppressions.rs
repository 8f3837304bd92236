//! Suppressions in the code, and the baseline.

use coffer_lint::config::{Config, SuppressionSetting};
use coffer_lint::filter::How;
use coffer_lint::filter::baseline::Baseline;
use coffer_lint::run::{self, Options, Outcome};

use crate::workspace::Workspace;

fn run_with(name: &str, text: &str, honour: &[&str]) -> Outcome {
    let workspace = Workspace::new(&[(name, text)]);
    run::run(Options {
        paths: vec![workspace.path()],
        config: Config {
            suppressions: SuppressionSetting {
                honour: honour.iter().map(|tool| (*tool).to_owned()).collect(),
                ..SuppressionSetting::default()
            },
            ..Config::default()
        },
        ..Options::default()
    })
    .unwrap()
}

fn rules(outcome: &Outcome) -> Vec<&'static str> {
    outcome
        .findings
        .iter()
        .map(|finding| finding.rule.id)
        .collect()
}

const RULE: &str = "literal-in-secret-argument";

#[test]
fn a_suppression_covers_its_line_the_next_one_or_a_block() {
    for text in [
        "resource \"aws_db_instance\" \"d\" {\n  password_wo = \"Tr0ub4dor\" # coffer-lint: allow(literal-in-secret-argument) a test\n}\n",
        "resource \"aws_db_instance\" \"d\" {\n  // coffer-lint: allow(literal-in-secret-argument) a test\n  # another comment\n\n  password_wo = \"Tr0ub4dor\"\n}\n",
        "/* coffer-lint: allow(credentials) a test */\nresource \"aws_db_instance\" \"d\" {\n  name = \"a\"\n  password_wo = \"Tr0ub4dor\"\n}\n",
        "# coffer-lint: allow(state, literal-in-secret-argument): a test until=2999-12-31\nresource \"aws_db_instance\" \"d\" {\n  password_wo = \"Tr0ub4dor\"\n}\n",
    ] {
        let outcome = run_with("main.tf", text, &[]);
        assert!(outcome.findings.is_empty(), "{text} {:?}", rules(&outcome));
        assert_eq!(outcome.accepted[0].how, How::Inline("a test".to_owned()));
    }
}

#[test]
fn a_suppression_covers_nothing_else() {
    let text = "resource \"aws_db_instance\" \"d\" {\n  # coffer-lint: allow(literal-in-secret-argument) a test\n  name = \"a\"\n  password_wo = \"Tr0ub4dor\"\n}\n";
    assert_eq!(
        rules(&run_with("main.tf", text, &[])),
        ["unused-suppression", RULE]
    );
}

#[test]
fn suppressions_have_to_be_in_order() {
    let line = |comment: &str| {
        format!(
            "resource \"aws_db_instance\" \"d\" {{\n  password_wo = \"Tr0ub4dor\" # coffer-lint: {comment}\n}}\n"
        )
    };
    for (comment, wanted) in [
        (
            "allow(literal-in-secret-argument)",
            "unexplained-suppression",
        ),
        (
            "allow(literal-in-secret-argument) why until=2020-01-01",
            "expired-suppression",
        ),
        (
            "allow(literal-in-secret-argument) why until=soon",
            "expired-suppression",
        ),
        ("allow(literal-in-secret-thing) why", "unused-suppression"),
        ("allow(state) why", "unused-suppression"),
    ] {
        let outcome = run_with("main.tf", &line(comment), &[]);
        assert_eq!(rules(&outcome), [RULE, wanted], "{comment}");
    }
}

#[test]
fn templates_are_suppressed_by_comment_or_metadata() {
    let resource = "  Db:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: abcdefg\n";
    for text in [
        format!(
            "Resources:\n  # coffer-lint: allow(literal-in-secret-property) a test\n{resource}"
        ),
        format!(
            "Resources:\n{resource}    Metadata:\n      coffer-lint:\n        allow:\n          - {{rule: literal-in-secret-property, reason: a test}}\n"
        ),
        format!(
            "Metadata:\n  coffer-lint:\n    allow:\n      - {{rule: credentials, reason: a test}}\nResources:\n{resource}"
        ),
    ] {
        let outcome = run_with("t.yaml", &text, &[]);
        assert!(outcome.findings.is_empty(), "{text} {:?}", rules(&outcome));
        assert_eq!(outcome.accepted.len(), 1);
    }
    let json = r#"{"Resources": {"Db": {"Type": "AWS::RDS::DBInstance", "Metadata": {"coffer-lint": {"allow": [{"rule": "literal-in-secret-property", "reason": "a test"}]}}, "Properties": {"MasterUserPassword": "abcdefg"}}}}"#;
    assert!(run_with("t.json", json, &[]).findings.is_empty());
}

#[test]
fn comments_of_other_tools_count_where_the_configuration_says_so() {
    for (tool, comment) in [
        ("gitleaks", "gitleaks:allow"),
        ("trivy", "trivy:ignore:AVD-1"),
        ("tfsec", "tfsec:ignore:x"),
        ("checkov", "checkov:skip=CKV_1:why"),
        ("kics", "kics-scan ignore-line"),
        ("detect-secrets", "pragma: allowlist secret"),
        ("semgrep", "nosemgrep: x"),
    ] {
        let text = format!(
            "resource \"aws_db_instance\" \"d\" {{\n  password_wo = \"Tr0ub4dor\" # {comment}\n}}\n"
        );
        assert_eq!(rules(&run_with("main.tf", &text, &[])), [RULE], "{comment}");
        assert!(
            run_with("main.tf", &text, &[tool]).findings.is_empty(),
            "{comment}"
        );
    }
}

#[test]
fn a_baseline_accepts_what_was_there_and_survives_moves_of_lines() {
    let old = "resource \"aws_db_instance\" \"d\" {\n  password_wo = \"Tr0ub4dor\"\n}\n";
    let workspace = Workspace::new(&[("main.tf", old)]);
    let path = workspace.path().join("baseline.json");
    Baseline::of(&workspace.run(&[])).write(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        !text.contains("Tr0ub4dor") && !text.contains("\"line\""),
        "{text}"
    );
    let moved = format!(
        "# moved\n\n{old}resource \"aws_db_instance\" \"e\" {{\n  password_wo = \"Tr0ub4dor\"\n}}\n"
    );
    std::fs::write(workspace.path().join("main.tf"), moved).unwrap();
    let again = |paths| {
        run::run(Options {
            paths,
            config: Config {
                baseline: Some(path.clone()),
                ..Config::default()
            },
            ..Options::default()
        })
        .unwrap()
    };
    let outcome = again(vec![workspace.path()]);
    assert_eq!(outcome.accepted.len(), 1);
    assert_eq!(outcome.findings.len(), 1);
    assert!(outcome.findings[0].sink.contains("aws_db_instance.e"));
    std::fs::write(workspace.path().join("main.tf"), "").unwrap();
    let (kept, gone) = Baseline::read(&path)
        .unwrap()
        .pruned(&again(vec![workspace.path()]));
    assert_eq!((kept.len(), gone), (0, 1));
}

#[test]
fn what_is_no_baseline_is_refused() {
    let workspace = Workspace::new(&[
        ("a.json", "[]"),
        ("b.json", "{\"version\": 2, \"findings\": []}"),
    ]);
    for name in ["a.json", "b.json", "c.json"] {
        assert!(
            Baseline::read(&workspace.path().join(name)).is_err(),
            "{name}"
        );
    }
}

#[test]
fn aliases_that_unfold_without_end_cost_nothing() {
    let mut text = "# coffer-lint: allow(credentials) a test\na: &a0 [x, x]\n".to_owned();
    for n in 1..40 {
        text.push_str(&format!("b{n}: &a{n} [*a{0}, *a{0}]\n", n - 1));
    }
    text.push_str("Resources:\n  Db:\n    Type: AWS::RDS::DBInstance\n    Properties: *a39\n");
    run_with("t.yaml", &text, &[]);
}
