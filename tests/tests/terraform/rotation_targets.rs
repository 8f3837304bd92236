//! Rotation of credentials in systems outside, planned and applied by the real Terraform.

use coffer_tests::scenario::{AWS, LOCAL, Scenario, text};
use xtask::moto::Moto;
use xtask::postgres::{ADMIN, ADMIN_PASSWORD, Postgres};

const FIRST: &str = "fake-first-password";

fn configuration(rotation: &str) -> String {
    format!(
        r#"
resource "coffer_rotation" "app" {{
  name = "prod/app"
  {rotation}
  target_postgresql {{
    admin_secret = "prod/postgres"
  }}
}}

ephemeral "coffer_secret" "app" {{
  name    = coffer_rotation.app.name
  version = coffer_rotation.app.version
}}

resource "coffer_secret" "consumer" {{
  name             = "copy/app"
  value_wo         = ephemeral.coffer_secret.app.value
  value_wo_version = coffer_rotation.app.version
}}
"#
    )
}

/// A scenario whose vault has the server's connection and the first password of two users of it.
fn prepared(server: &Postgres) -> Scenario {
    for user in ["app_a", "app_b"] {
        let _ = server
            .query(ADMIN, ADMIN_PASSWORD, &format!("CREATE ROLE {user} LOGIN"))
            .unwrap();
        let statement = format!("ALTER ROLE {user} PASSWORD '{FIRST}'");
        server
            .query(ADMIN, ADMIN_PASSWORD, &statement)
            .unwrap()
            .unwrap();
    }
    let scenario = Scenario::new();
    scenario.put("prod/postgres", &server.url());
    scenario.put("prod/app", FIRST);
    scenario
}

fn accepts(server: &Postgres, user: &str, password: &str) -> bool {
    server.query(user, password, "SELECT 1").unwrap().is_ok()
}

/// One server for all of it: starting one takes seconds.
#[test]
fn a_role_is_rotated_by_plan_and_apply_and_by_whoever_comes_in_between() {
    let server = Postgres::start().unwrap();
    due_rotations_are_planned_and_applied(&server);
    interrupted_rotations_are_resumed(&server);
    unattended_rotations_reach_the_consumers(&server);
    alternating_users_are_both_valid_until_the_grace_period_is_over(&server);
    drift_is_found_and_mended(&server);
}

fn due_rotations_are_planned_and_applied(server: &Postgres) {
    let scenario = prepared(server);
    let quiet = "usernames = [\"app_a\"]\n  rotate_after = \"30d\"";
    scenario.configure(&configuration(quiet));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert!(accepts(server, "app_a", FIRST), "nothing was due");
    let state = scenario.state_of("coffer_rotation.app");
    assert_eq!(state["active_username"], "app_a");
    assert_eq!(state["rotation_due"], false);

    scenario.change(&configuration(&quiet.replace("30d", "1ms")));
    let plan = coffer_tests::scenario::unwrapped(&scenario.ok(&["plan"]));
    assert!(plan.contains("Rotation due: prod/app"), "{plan}");
    assert!(
        plan.contains("Apply will generate version 2 of prod/app for the postgresql user app_a"),
        "{plan}"
    );
    assert!(
        plan.contains("0 to add, 2 to change, 0 to destroy"),
        "{plan}"
    );
    assert!(accepts(server, "app_a", FIRST), "a plan changes nothing");

    scenario.apply(&[]);
    let second = scenario.value_of("prod/app");
    assert!(accepts(server, "app_a", &second));
    assert!(!accepts(server, "app_a", FIRST));
    assert_eq!(scenario.value_of("copy/app"), second);
    scenario.change(&configuration(quiet));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let log = std::fs::read_to_string(server.log()).unwrap();
    assert!(!log.contains(&second), "the server's log has the password");
    for value in [&second, FIRST, ADMIN_PASSWORD] {
        scenario.insist_on_no_trace_of(value);
    }

    // Whoever destroys the rotation ends it, also for the unattended runs.
    scenario.ok(&["destroy", "-auto-approve"]);
    let told = scenario.coffer(&["rotate", "status"], "");
    assert!(told.contains("No secret has a rotation policy"), "{told}");
    assert_eq!(scenario.value_of("prod/app"), second);
}

fn interrupted_rotations_are_resumed(server: &Postgres) {
    let scenario = prepared(server);
    let rotation = "usernames = [\"app_a\"]\n  rotate_after = \"30d\"";
    scenario.configure(&configuration(rotation));
    scenario.apply(&[]);
    scenario.put(
        "prod/postgres",
        "postgresql://admin:fake-unreachable-pw@127.0.0.1:1/postgres",
    );
    scenario.change(&configuration(&format!(
        "{rotation}\n  keepers = {{ round = \"1\" }}"
    )));
    scenario.apply(&[]);
    scenario.change(&configuration(&format!(
        "{rotation}\n  keepers = {{ round = \"2\" }}"
    )));
    let printed = scenario.fails(&["apply", "-auto-approve"]);
    assert!(
        printed.contains("stays pending, at the step pending"),
        "{printed}"
    );
    assert!(printed.contains("goes on where it stopped"), "{printed}");
    assert!(accepts(server, "app_a", FIRST));
    assert_eq!(scenario.value_of("prod/app"), FIRST);

    scenario.put("prod/postgres", &server.url());
    let plan = coffer_tests::scenario::unwrapped(&scenario.ok(&["plan"]));
    assert!(plan.contains("Rotation under way: prod/app"), "{plan}");
    assert!(plan.contains("Apply will resume it there"), "{plan}");
    scenario.apply(&[]);
    let second = scenario.value_of("prod/app");
    assert!(accepts(server, "app_a", &second));
    assert_eq!(scenario.state_of("coffer_rotation.app")["version"], 2);
    assert_eq!(scenario.value_of("copy/app"), second);
    scenario.insist_on_an_empty_plan();
    scenario.insist_on_no_trace_of("fake-unreachable-pw");
}

fn unattended_rotations_reach_the_consumers(server: &Postgres) {
    let scenario = prepared(server);
    scenario.configure(&configuration(
        "usernames = [\"app_a\"]\n  rotate_after = \"30d\"",
    ));
    scenario.apply(&[]);
    let told = scenario.coffer(&["rotate", "--due"], "");
    assert_eq!(told, "Nothing is due.\n");

    // A finding marks it, and the next run rotates it.
    let exposed = ["rotate", "exposed", "prod/app", "--because", "finding 1234"];
    scenario.coffer(&exposed, "");
    let told = scenario.coffer(&["rotate", "--due", "--dry-run"], "");
    assert!(told.contains("marked as exposed (finding 1234)"), "{told}");
    let told = scenario.coffer(&["rotate", "--due", "--name", "prod/*"], "");
    assert!(told.contains("prod/app: version 2 is current"), "{told}");
    let second = scenario.value_of("prod/app");
    assert!(accepts(server, "app_a", &second));

    let plan = scenario.ok(&["plan"]);
    assert!(!plan.contains("Rotation due"), "{plan}");
    scenario.apply(&[]);
    assert_eq!(scenario.value_of("copy/app"), second);
    scenario.insist_on_an_empty_plan();

    // A failure has its exit code, is shown by the status, and the next run goes on.
    scenario.put(
        "prod/postgres",
        "postgresql://admin:fake-unreachable-pw@127.0.0.1:1/postgres",
    );
    let output = scenario
        .coffer_command(&["rotate", "prod/app"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(10), "{}", text(&output));
    let output = scenario
        .coffer_command(&["rotate", "status"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(10), "{}", text(&output));
    assert!(
        text(&output).contains("1 attempt failed"),
        "{}",
        text(&output)
    );
    scenario.put("prod/postgres", &server.url());
    let told = scenario.coffer(&["rotate", "--due"], "");
    assert!(told.contains("taken up at the step pending"), "{told}");
    assert!(accepts(server, "app_a", &scenario.value_of("prod/app")));
}

fn alternating_users_are_both_valid_until_the_grace_period_is_over(server: &Postgres) {
    let scenario = prepared(server);
    let rotation = |grace: &str, round: u32| {
        configuration(&format!(
            "strategy = \"alternating\"\n  usernames = [\"app_a\", \"app_b\"]\n  value_format = \"plain\"\n  grace_period = \"{grace}\"\n  keepers = {{ round = \"{round}\" }}"
        ))
    };
    scenario.configure(&rotation("1d", 1));
    scenario.apply(&[]);
    scenario.change(&rotation("1d", 2));
    let plan = coffer_tests::scenario::unwrapped(&scenario.ok(&["plan"]));
    assert!(plan.contains("for the postgresql user app_b"), "{plan}");
    assert!(plan.contains("version 1 stays valid for 1d"), "{plan}");
    scenario.apply(&[]);
    let second = scenario.value_of("prod/app");
    assert!(accepts(server, "app_b", &second));
    assert!(accepts(server, "app_a", FIRST), "within its grace period");
    let state = scenario.state_of("coffer_rotation.app");
    assert_eq!(state["active_username"], "app_b");
    assert!(state["previous_valid_until"].is_string());
    scenario.insist_on_an_empty_plan();

    // A shorter grace period holds from the next rotation on.
    scenario.change(&rotation("2s", 3));
    scenario.apply(&[]);
    let third = scenario.value_of("prod/app");
    std::thread::sleep(std::time::Duration::from_secs(2));
    let plan = scenario.ok(&["plan"]);
    assert!(
        plan.contains("The previous version has had its time"),
        "{plan}"
    );
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    assert!(accepts(server, "app_a", &third));
    assert!(!accepts(server, "app_b", &second), "its time is over");
}

fn drift_is_found_and_mended(server: &Postgres) {
    let scenario = prepared(server);
    scenario.configure(&configuration(
        "usernames = [\"app_a\"]\n  detect_drift = true",
    ));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let by_hand = "ALTER ROLE app_a PASSWORD 'fake-set-by-hand'";
    server
        .query(ADMIN, ADMIN_PASSWORD, by_hand)
        .unwrap()
        .unwrap();
    let plan = coffer_tests::scenario::unwrapped(&scenario.ok(&["plan"]));
    assert!(plan.contains("is not accepted any more"), "{plan}");
    scenario.apply(&[]);
    assert!(accepts(server, "app_a", &scenario.value_of("prod/app")));
    scenario.insist_on_an_empty_plan();
}

#[test]
fn a_rotation_that_cannot_be_meant_is_refused_at_its_argument() {
    let scenario = Scenario::new();
    scenario.configure(&configuration("usernames = [\"app_a\"]"));
    for (rotation, expected) in [
        ("", "needs usernames"),
        (
            "strategy = \"alternating\"\n  usernames = [\"a\"]",
            "takes turns between two usernames",
        ),
        ("usernames = [\"a\", \"b\"]", "changes one username"),
        ("usernames = [\"a\\\"b\"]", "without quotation marks"),
        (
            "usernames = [\"a\"]\n  grace_period = \"1d\"",
            "knows one password for each user",
        ),
        (
            "usernames = [\"a\"]\n  time_zone = \"Mars/Phobos\"",
            "there is no time zone \"Mars/Phobos\"",
        ),
        (
            "usernames = [\"a\"]\n  blackout {\n    schedule_expression = \"rate(1 day)\"\n    length = \"1h\"\n  }",
            "begins at times of the clock",
        ),
    ] {
        scenario.change(&configuration(rotation));
        let refused = scenario.fails(&["validate"]);
        assert!(
            refused.to_lowercase().contains(&expected.to_lowercase()),
            "{expected}: {refused}"
        );
    }
}

#[test]
fn the_password_of_a_database_in_aws_follows_a_rotation_in_place() {
    let moto = Moto::start().unwrap();
    let scenario = Scenario::with_aws(&moto);
    let with = |after: &str| {
        format!(
            r#"{LOCAL}{AWS}
resource "coffer_rotation" "db" {{
  name         = "prod/db"
  rotate_after = "{after}"
}}

ephemeral "coffer_secret" "db" {{
  name    = coffer_rotation.db.name
  version = coffer_rotation.db.version
}}

resource "aws_db_instance" "db" {{
  identifier          = "prod"
  engine              = "postgres"
  instance_class      = "db.t3.micro"
  allocated_storage   = 20
  username            = "app"
  password_wo         = ephemeral.coffer_secret.db.value
  password_wo_version = coffer_rotation.db.version
  skip_final_snapshot = true
  apply_immediately   = true
}}
"#
        )
    };
    scenario.configure_all(&with("30d"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let first = scenario.value_of("prod/db");
    scenario.change_all(&with("1ms"));
    let actions = scenario.planned_actions(&[]);
    assert!(
        actions.contains(&("aws_db_instance.db".to_owned(), "update".to_owned())),
        "{actions:?}"
    );
    scenario.apply(&[]);
    let database = scenario.state_of("aws_db_instance.db");
    assert_eq!(database["password_wo_version"], 2);
    scenario.change_all(&with("30d"));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
    let second = scenario.value_of("prod/db");
    assert_ne!(first, second);
    for value in [first, second] {
        scenario.insist_on_no_trace_of(&value);
    }
}
