//! Ephemeral secrets: when they read, what they give, and what they say.

use coffer_tests::scenario::Scenario;

/// Copies what the ephemeral secret gives into the vault, where the test can look at it.
fn copying(ephemeral: &str, expression: &str) -> String {
    format!(
        r#"
ephemeral "coffer_secret" "it" {{
  name = "prod/db"
  {ephemeral}
}}

resource "coffer_secret" "copy" {{
  name             = "copy"
  value_wo         = {expression}
  value_wo_version = 1
}}
"#
    )
}

fn what_it_gives(stored: &str, ephemeral: &str, expression: &str) -> String {
    let scenario = Scenario::new();
    scenario.put("prod/db", stored);
    scenario.configure(&copying(ephemeral, expression));
    scenario.apply(&[]);
    scenario.value_of("copy")
}

#[test]
fn json_keeps_its_types() {
    let stored =
        r#"{"user": "app", "port": 5432, "tls": {"ca": "fake-ca"}, "big": 12345678901234567890}"#;
    let given = what_it_gives(
        stored,
        "",
        r#"join("|", [
      ephemeral.coffer_secret.it.data["port"],
      jsondecode(ephemeral.coffer_secret.it.data_json).port + 1,
      ephemeral.coffer_secret.it.data["big"],
      jsondecode(ephemeral.coffer_secret.it.data_json).tls.ca,
      base64decode(ephemeral.coffer_secret.it.value_base64) == ephemeral.coffer_secret.it.value,
      ephemeral.coffer_secret.it.version,
      ephemeral.coffer_secret.it.version_stages[0],
    ])"#,
    );
    assert_eq!(
        given,
        "5432|5433|12345678901234567890|fake-ca|true|1|current"
    );
    let member = what_it_gives(
        stored,
        "key = \"tls.ca\"",
        "ephemeral.coffer_secret.it.value",
    );
    assert_eq!(member, "fake-ca");
}

#[test]
fn versions_and_stages_are_read_by_name() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-first-value");
    scenario.put("prod/db", "fake-second-value");
    scenario.configure(
        r#"
ephemeral "coffer_secret" "previous" {
  name          = "prod/db"
  version_stage = "previous"
}

ephemeral "coffer_secret" "second" {
  name    = "prod/db"
  version = 2
}

resource "coffer_secret" "copy" {
  name     = "copy"
  value_wo = "${ephemeral.coffer_secret.previous.value}+${ephemeral.coffer_secret.second.value}"
}
"#,
    );
    scenario.apply(&[]);
    assert_eq!(
        scenario.value_of("copy"),
        "fake-first-value+fake-second-value"
    );
}

#[test]
fn a_plan_reads_nothing_when_reading_is_left_to_apply() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-planless-value");
    let text = copying("open_on = \"apply\"", "ephemeral.coffer_secret.it.value");
    scenario.configure(&text);
    let reads = || scenario.audit("get", "prod/db");
    scenario.ok(&["plan"]);
    assert_eq!(reads(), 0);
    scenario.apply(&[]);
    assert_eq!(reads(), 1);
    assert_eq!(scenario.value_of("copy"), "fake-planless-value");
    let before = reads();
    scenario.insist_on_an_empty_plan();
    assert_eq!(reads(), before);

    // The phase can be set from outside; who says «apply» gets a value.
    let mut plan = scenario.command(&["plan"]);
    assert!(
        plan.env("COFFER_PHASE", "apply")
            .output()
            .unwrap()
            .status
            .success()
    );
    assert_eq!(reads(), before + 1);
}

#[test]
fn a_secret_and_its_consumer_are_created_in_one_apply() {
    let scenario = Scenario::new();
    scenario.configure(
        r#"
resource "coffer_secret" "db" {
  name = "prod/db"
  generate {}
}

ephemeral "coffer_secret" "db" {
  name       = "prod/db"
  on_missing = "unknown"
  depends_on = [coffer_secret.db]
}

resource "coffer_secret" "copy" {
  name     = "copy"
  value_wo = ephemeral.coffer_secret.db.value
}
"#,
    );
    scenario.apply(&[]);
    let value = scenario.value_of("prod/db");
    assert_eq!(scenario.value_of("copy"), value);
    scenario.insist_on_an_empty_plan();
    scenario.insist_on_no_trace_of(&value);
}

#[test]
fn a_missing_secret_is_an_error_that_names_it_unless_null_is_wanted() {
    let scenario = Scenario::new();
    scenario.put("prod/dbs", "fake-value");
    scenario.configure(&copying("", "ephemeral.coffer_secret.it.value"));
    let failure = scenario.fails(&["plan"]);
    assert!(
        failure.contains("Cannot read the secret prod/db"),
        "{failure}"
    );
    assert!(failure.contains("Did you mean \"prod/dbs\"?"), "{failure}");

    scenario.change(&copying(
        "on_missing = \"null\"",
        "coalesce(ephemeral.coffer_secret.it.value, \"fake-default\")",
    ));
    scenario.apply(&[]);
    assert_eq!(scenario.value_of("copy"), "fake-default");
}

#[test]
fn a_key_that_leads_nowhere_is_named_and_the_secret_is_not_shown() {
    let scenario = Scenario::new();
    scenario.put("prod/db", r#"{"password": "fake-hidden-value"}"#);
    scenario.configure(&copying(
        "key = \"pasword\"",
        "ephemeral.coffer_secret.it.value",
    ));
    let failure = scenario.fails(&["plan"]);
    assert!(failure.contains("has no member \"pasword\""), "{failure}");
    assert!(
        failure.contains("key = \"pasword\""),
        "the line is shown: {failure}"
    );
    scenario.insist_on_no_trace_of("fake-hidden-value");
}

#[test]
fn an_old_secret_is_told_of_while_planning() {
    let scenario = Scenario::new();
    scenario.put("prod/db", "fake-old-value");
    // Older than a moment it is in any case.
    std::thread::sleep(std::time::Duration::from_millis(20));
    let text = |more: &str| {
        copying(
            &format!("max_age = \"10ms\"\n  {more}"),
            "ephemeral.coffer_secret.it.value",
        )
    };
    scenario.configure(&text(""));
    let plan = scenario.ok(&["plan"]);
    assert!(
        plan.contains("The secret prod/db is older than it may be"),
        "{plan}"
    );
    scenario.change(&text("on_stale = \"error\""));
    let refused = scenario.fails(&["plan"]);
    assert!(
        refused.contains("Rotate it, or raise max_age."),
        "{refused}"
    );
}
