//! Logins of a real PostgreSQL that live for one run.

use coffer_tests::scenario::Scenario;
use serde_json::{Value, json};
use xtask::postgres::{ADMIN, ADMIN_PASSWORD, Postgres};

const PASSWORD_OF_LOGIN: &str = r#"
resource "coffer_database_role" "app" {
  name              = "app"
  connection_secret = "prod/postgres"
  member_of         = ["readers"]
  default_ttl       = "TTL"
  max_ttl           = "1h"
}

ephemeral "coffer_database_credential" "app" {
  role = coffer_database_role.app.id
}

resource "coffer_secret" "dsn" {
  name             = "copy/dsn"
  value_wo         = ephemeral.coffer_database_credential.app.dsn
  value_wo_version = ROUND
}

resource "terraform_data" "uses" {
  depends_on = [coffer_secret.dsn]
  triggers_replace = ROUND
  provisioner "local-exec" {
    command     = "COMMAND"
    environment = { PGUSER = ephemeral.coffer_database_credential.app.username }
  }
}
"#;

fn text(ttl: &str, round: u32, command: &str) -> String {
    PASSWORD_OF_LOGIN
        .replace("TTL", ttl)
        .replace("ROUND", &round.to_string())
        .replace("COMMAND", command)
}

/// A scenario with the server's connection in its vault.
fn prepared(server: &Postgres) -> Scenario {
    server
        .query(ADMIN, ADMIN_PASSWORD, "DROP ROLE IF EXISTS readers")
        .unwrap()
        .unwrap();
    server
        .query(ADMIN, ADMIN_PASSWORD, "CREATE ROLE readers")
        .unwrap()
        .unwrap();
    let scenario = Scenario::new();
    scenario.put("prod/postgres", &server.url());
    scenario
}

/// The logins that coffer has made and that are still there.
fn logins(server: &Postgres) -> usize {
    let count = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'coffer%'";
    server
        .query(ADMIN, ADMIN_PASSWORD, count)
        .unwrap()
        .unwrap()
        .parse()
        .unwrap()
}

/// The leases of the vault's journal.
fn leases(scenario: &Scenario) -> Vec<Value> {
    let listed = scenario.coffer(&["lease", "list", "--format", "json"], "");
    let listed: Value = serde_json::from_str(&listed).unwrap();
    listed["leases"].as_array().unwrap().clone()
}

/// Has a run make a login, and kills it with its providers before it can take the login away.
fn leave_a_login(scenario: &Scenario, round: u32) {
    let mark = format!("waiting-{round}");
    scenario.change(&text("1h", round, &format!("touch {mark}; sleep 60")));
    let mut process = scenario.start_apply_until(&mark);
    coffer_tests::processes::kill_children(process.id());
    process.kill().unwrap();
    process.wait().unwrap();
}

/// One server for all of it: starting one takes seconds.
#[test]
fn a_login_is_made_used_renewed_and_taken_away() {
    let server = Postgres::start().unwrap();
    let scenario = prepared(&server);

    // It lets someone in while the run lasts, with the rights of its group, and ends with it.
    scenario.configure(&text("1h", 1, "sleep 0"));
    scenario.apply(&[]);
    assert_eq!(logins(&server), 0);
    let dsn = scenario.value_of("copy/dsn");
    let login = dsn
        .strip_prefix("postgresql://")
        .unwrap()
        .split('@')
        .next()
        .unwrap();
    let (user, password) = login.split_once(':').unwrap();
    assert!(user.starts_with("coffer_app_"), "{user}");
    assert!(
        server.query(user, password, "SELECT 1").unwrap().is_err(),
        "it is gone"
    );
    scenario.insist_on_an_empty_plan();

    // The server's log has every statement, and no password.
    let log = std::fs::read_to_string(server.log()).unwrap();
    assert!(
        log.contains("SCRAM-SHA-256$4096:"),
        "the statements are logged"
    );
    assert!(
        !log.contains(password),
        "the password stands in the server's log"
    );
    scenario.insist_on_no_trace_of(password);

    // It is renewed while a long run lasts: its life is 3 seconds, and the run takes longer.
    let query = format!(
        "sleep 6; PGPASSWORD='{ADMIN_PASSWORD}' psql -h 127.0.0.1 -p {} -U {ADMIN} -d postgres -tAc \\\"SELECT rolvaliduntil > now() FROM pg_roles WHERE rolname = '$PGUSER'\\\" > valid",
        server.port()
    );
    scenario.change(&text("3s", 2, &query));
    let with_psql = format!(
        "{}:{}",
        server.programs().display(),
        std::env::var("PATH").unwrap()
    );
    let apply = scenario
        .command(&["apply", "-auto-approve"])
        .env("PATH", &with_psql)
        .output()
        .unwrap();
    assert!(
        apply.status.success(),
        "{}",
        coffer_tests::scenario::text(&apply)
    );
    let valid = std::fs::read_to_string(scenario.file("valid")).unwrap();
    assert_eq!(valid.trim(), "t", "it was still valid after its first life");
    assert_eq!(logins(&server), 0);

    // A run that fails leaves none.
    scenario.change(&text("1h", 3, "exit 3"));
    scenario.fails(&["apply", "-auto-approve"]);
    assert_eq!(logins(&server), 0);

    // A run that is killed leaves one, and the next run takes it away.
    leave_a_login(&scenario, 4);
    assert!(logins(&server) > 0, "nobody has taken it away yet");
    scenario.change("data \"coffer_secret_names\" \"all\" {}\n");
    scenario.ok(&["plan"]);
    assert_eq!(logins(&server), 0);

    // Or someone takes it away by hand.
    leave_a_login(&scenario, 5);
    assert!(logins(&server) > 0, "nobody has taken it away yet");
    let lease = &leases(&scenario)[0];
    let path = lease["name"].as_str().unwrap();
    let revoked = scenario.coffer(&["revoke", "--lease", path, "--format", "json"], "");
    let revoked: Value = serde_json::from_str(&revoked).unwrap();
    assert_eq!(revoked["failed"], json!([]));
    assert_eq!(logins(&server), 0);
    assert_eq!(leases(&scenario), Vec::<Value>::new());

    // Or by its number, or with all that is left behind.
    leave_a_login(&scenario, 7);
    let lease = leases(&scenario)[0]["id"].as_str().unwrap().to_owned();
    let both = ["lease", "revoke", &lease, "no-such-lease"];
    let refused = scenario.coffer_command(&both).output().unwrap();
    assert_eq!(
        refused.status.code(),
        Some(3),
        "one of the two is not there"
    );
    assert!(logins(&server) > 0, "so nothing was done");
    let revoked = scenario.coffer(&["lease", "revoke", &lease, "--format", "json"], "");
    let revoked: Value = serde_json::from_str(&revoked).unwrap();
    assert_eq!(revoked, json!({ "revoked": [lease], "failed": [] }));
    assert_eq!((logins(&server), leases(&scenario).len()), (0, 0));
    leave_a_login(&scenario, 8);
    let lease = leases(&scenario)[0]["id"].as_str().unwrap().to_owned();
    let swept = scenario.coffer(&["lease", "sweep", "--format", "json"], "");
    let swept: Value = serde_json::from_str(&swept).unwrap();
    assert_eq!(swept, json!({ "revoked": [lease], "failed": [] }));
    assert_eq!((logins(&server), leases(&scenario).len()), (0, 0));
    let swept = scenario.coffer(&["lease", "sweep"], "");
    assert_eq!(swept, "Nothing was left behind.\n");

    // A login that is revoked while it is in use is gone at once, and the run that it was for still ends well.
    let waits = "touch waiting; while [ ! -e revoked ]; do sleep 0.1; done";
    scenario.change(&text("1h", 6, waits));
    let mut process = scenario.start_apply_until("waiting");
    assert!(logins(&server) > 0, "it is in use");
    let elsewhere = scenario.coffer(&["revoke", "--lease", "elsewhere"], "");
    assert!(elsewhere.contains("0 leases"), "{elsewhere}");
    assert!(logins(&server) > 0, "that was about others");
    let revoked = scenario.coffer(&["revoke", "--lease", "app", "--format", "json"], "");
    let revoked: Value = serde_json::from_str(&revoked).unwrap();
    assert_eq!(revoked["leases"].as_array().map(Vec::len), Some(1));
    assert_eq!(logins(&server), 0);
    std::fs::write(scenario.file("revoked"), "").unwrap();
    assert!(process.wait().unwrap().success());

    // What the server refuses is told, and nothing is left.
    let refused = text("1h", 6, "sleep 0").replace("\"readers\"", "\"nobody_knows\"");
    scenario.change(&refused);
    let printed = scenario.fails(&["apply", "-auto-approve"]);
    assert!(
        printed.contains("refuses statement 2 of creation"),
        "{printed}"
    );
    assert!(printed.contains("CREATEROLE"), "{printed}");
    assert_eq!(logins(&server), 0);
    scenario.insist_on_no_trace_of(ADMIN_PASSWORD);
}

#[test]
fn a_connection_that_leads_nowhere_is_told_without_showing_it() {
    let scenario = Scenario::new();
    scenario.put(
        "prod/postgres",
        "postgresql://admin:fake-unreachable-pw@127.0.0.1:1/app",
    );
    scenario.configure(&text("1h", 1, "true"));
    let printed = scenario.fails(&["apply", "-auto-approve"]);
    assert!(
        printed.contains("PostgreSQL at 127.0.0.1:1 cannot be used"),
        "{printed}"
    );
    scenario.insist_on_no_trace_of("fake-unreachable-pw");

    scenario.put("prod/postgres", "fake-no-connection");
    let printed = scenario.fails(&["apply", "-auto-approve"]);
    assert!(printed.contains("The connection is not one"), "{printed}");
    scenario.insist_on_no_trace_of("fake-no-connection");
}

#[test]
fn statements_that_cannot_be_meant_are_refused_before_anything_is_done() {
    let scenario = Scenario::new();
    let role = |statement: &str| {
        format!(
            "resource \"coffer_database_role\" \"app\" {{\n  name = \"app\"\n  connection_secret = \"prod/postgres\"\n  creation_statements = [\"{statement}\"]\n}}\n"
        )
    };
    scenario.configure(&role(
        "CREATE ROLE \\\"{{nane}}\\\" PASSWORD '{{password}}'",
    ));
    let printed = scenario.fails(&["validate"]);
    assert!(printed.contains("{{nane}} means nothing"), "{printed}");
    scenario.change(&role("CREATE ROLE \\\"{{name}}\\\""));
    let printed = scenario.fails(&["validate"]);
    assert!(
        printed.contains("none of them sets {{password}}"),
        "{printed}"
    );
    scenario.change(&role(
        "CREATE ROLE \\\"{{name}}\\\" LOGIN PASSWORD '{{password}}'",
    ));
    scenario.apply(&[]);
    scenario.insist_on_an_empty_plan();
}
