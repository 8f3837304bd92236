//! Rotation: the version as the edge to every consumer.

use coffer_tests::scenario::Scenario;

/// The shortest real use, with a consumer that needs no cloud.
fn rotated(rotation: &str) -> String {
    format!(
        r#"
resource "coffer_secret" "db" {{
  name = "prod/db"
  generate {{ length = 32 }}
}}

resource "coffer_rotation" "db" {{
  name = coffer_secret.db.name
  {rotation}
  generate {{ length = 32 }}
}}

ephemeral "coffer_secret" "db" {{
  name    = coffer_secret.db.name
  version = coffer_rotation.db.version
}}

resource "coffer_secret" "app" {{
  name             = "app/db"
  value_wo         = ephemeral.coffer_secret.db.value
  value_wo_version = coffer_rotation.db.version
}}
"#
    )
}

#[test]
fn a_due_rotation_is_planned_told_and_reaches_the_consumer_in_one_apply() {
    let scenario = Scenario::new();
    scenario.configure(&rotated("rotate_after = \"30d\""));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let first = scenario.value_of("prod/db");
    assert_eq!(scenario.value_of("app/db"), first);
    let state = scenario.state_of("coffer_rotation.db");
    assert_eq!(state["version"], 1, "what is not due is not rotated");

    scenario.change(&rotated("rotate_after = \"1ms\""));
    let plan = scenario.ok(&["plan"]);
    assert!(plan.contains("Rotation due: prod/db"), "{plan}");
    assert!(plan.contains("1 -> (known after apply)"), "{plan}");
    assert!(
        plan.contains("0 to add, 2 to change, 0 to destroy"),
        "{plan}"
    );
    assert_eq!(
        scenario.value_of("prod/db"),
        first,
        "a plan rotates nothing"
    );

    scenario.apply(&[]);
    let second = scenario.value_of("prod/db");
    assert_ne!(first, second);
    assert_eq!(scenario.value_of("app/db"), second);
    let state = scenario.state_of("coffer_rotation.db");
    assert_eq!(
        (&state["version"], &state["previous_version"]),
        (&2.into(), &1.into())
    );

    scenario.change(&rotated("rotate_after = \"30d\""));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.value_of("prod/db"), second);
    for value in [first, second] {
        scenario.insist_on_no_trace_of(&value);
    }
}

#[test]
fn the_clock_is_in_the_vault_and_two_workspaces_rotate_once() {
    let scenario = Scenario::new();
    let due = rotated("rotate_after = \"3s\"");
    scenario.configure(&rotated("rotate_after = \"30d\""));
    scenario.apply(&[]);
    std::thread::sleep(std::time::Duration::from_secs(3));
    scenario.change(&due);
    scenario.ok(&["plan", "-out=due.tfplan"]);
    // Someone else rotates between plan and apply.
    scenario.put("prod/db", "fake-rotated-elsewhere");
    scenario.ok(&["apply", "due.tfplan"]);
    assert_eq!(scenario.value_of("prod/db"), "fake-rotated-elsewhere");
    assert_eq!(scenario.value_of("app/db"), "fake-rotated-elsewhere");
    assert_eq!(scenario.state_of("coffer_rotation.db")["version"], 2);
}

#[test]
fn a_deferred_version_becomes_current_once_the_consumers_have_it() {
    let scenario = Scenario::new();
    let text = |keeper: &str| {
        rotated(&format!(
            "promotion = \"deferred\"\n  keepers = {{ round = \"{keeper}\" }}"
        )) + r#"
resource "coffer_rotation_promotion" "db" {
  name       = coffer_rotation.db.name
  version    = coffer_rotation.db.version
  depends_on = [coffer_secret.app]
}
"#
    };
    scenario.configure(&text("1"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let first = scenario.value_of("prod/db");

    // The consumer fails: the new value waits, and the old one stays current.
    let failing = text("2").replace("\"app/db\"", "\"not a name\"");
    scenario.change(&failing);
    scenario.fails(&["apply", "-auto-approve"]);
    assert_eq!(scenario.value_of("prod/db"), first);

    scenario.change(&text("2"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let second = scenario.value_of("prod/db");
    assert_ne!(first, second);
    assert_eq!(scenario.value_of("app/db"), second);
    assert_eq!(
        scenario.state_of("coffer_rotation_promotion.db")["current_version"],
        2
    );
}

#[test]
fn a_rotation_creates_the_secret_that_is_not_there_and_leaves_it_when_destroyed() {
    let scenario = Scenario::new();
    scenario.configure(
        "resource \"coffer_rotation\" \"db\" {\n  name = \"prod/db\"\n  generate {}\n}\n",
    );
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.value_of("prod/db").len(), 32);
    scenario.ok(&["destroy", "-auto-approve"]);
    assert_eq!(scenario.names(), ["prod/db"]);
}

#[test]
fn a_schedule_is_kept_by_rate_and_by_cron_and_bounded_by_a_window() {
    let scenario = Scenario::new();
    scenario.configure(&rotated("schedule_expression = \"cron(0 4 1 1 ? 2199)\""));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let state = scenario.state_of("coffer_rotation.db");
    assert_eq!(state["next_rotation"], "2199-01-01T04:00:00Z");

    scenario.change(&rotated("schedule_expression = \"rate(30 days)\""));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert_eq!(scenario.state_of("coffer_rotation.db")["version"], 1);

    for (rotation, expected) in [
        (
            "schedule_expression = \"cron(0 4 * * * *)\"",
            "schedule_expression",
        ),
        (
            "rotate_after = \"30d\"\n  schedule_expression = \"rate(1 day)\"",
            "At most one of",
        ),
        (
            "rotate_after = \"30d\"\n  rotation_window = \"4h\"",
            "A window without times",
        ),
    ] {
        scenario.change(&rotated(rotation));
        let refused = scenario.fails(&["validate"]);
        assert!(refused.contains(expected), "{refused}");
    }
}
