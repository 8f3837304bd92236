//! What the engines of a real OpenBao give for a run: logins of a real PostgreSQL, static roles, plaintexts of transit keys.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use coffer_tests::scenario::{Scenario, text};
use xtask::openbao::{OpenBao, ROOT_TOKEN};
use xtask::postgres::{ADMIN, ADMIN_PASSWORD, Postgres};

const PROVIDER: &str = r#"
provider "coffer" {
  vault {
    token_ttl = "10s"
  }
}
"#;

/// Logins of the same engine, by its path and as a database's credential, and the login of a static role.
const LOGINS: &str = r#"
ephemeral "coffer_lease" "app" {
  path = "database/creds/ROLE"
}

ephemeral "coffer_database_credential" "app" {
  role = "ROLE"
}

ephemeral "coffer_database_credential" "steady" {
  role        = "steady"
  static_role = true
}

resource "coffer_secret" "logins" {
  name = "copy/logins"
  value_wo = jsonencode({
    lease      = ephemeral.coffer_lease.app.data.password
    credential = ephemeral.coffer_database_credential.app.password
    steady     = ephemeral.coffer_database_credential.steady.password
  })
  value_wo_version = ROUND
}

resource "terraform_data" "uses" {
  depends_on       = [coffer_secret.logins]
  triggers_replace = ROUND
  provisioner "local-exec" {
    command = "COMMAND"
    environment = {
      LEASE           = ephemeral.coffer_lease.app.data.username
      LEASE_PASSWORD  = ephemeral.coffer_lease.app.data.password
      CREDENTIAL      = ephemeral.coffer_database_credential.app.username
      PASSWORD        = ephemeral.coffer_database_credential.app.password
      STEADY_PASSWORD = ephemeral.coffer_database_credential.steady.password
    }
  }
}
"#;

struct World {
    postgres: Postgres,
    server: OpenBao,
    scenario: Scenario,
}

impl World {
    fn new() -> Self {
        let (postgres, server) = (Postgres::start().unwrap(), OpenBao::start().unwrap());
        let made = "CREATE ROLE steady LOGIN PASSWORD 'fake-first-password'";
        postgres
            .query(ADMIN, ADMIN_PASSWORD, made)
            .unwrap()
            .unwrap();
        let bao = |arguments: &[&str]| server.bao(arguments).unwrap().unwrap();
        bao(&["secrets", "enable", "database"]);
        let url = format!(
            "connection_url=postgresql://{{{{username}}}}:{{{{password}}}}@127.0.0.1:{}/postgres?sslmode=disable",
            postgres.port()
        );
        bao(&[
            "write",
            "database/config/app",
            "plugin_name=postgresql-database-plugin",
            "allowed_roles=*",
            &url,
            &format!("username={ADMIN}"),
            &format!("password={ADMIN_PASSWORD}"),
        ]);
        for (role, ttl) in [("app", "1h"), ("short", "6s")] {
            bao(&[
                "write",
                &format!("database/roles/{role}"),
                "db_name=app",
                "creation_statements=CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'",
                &format!("default_ttl={ttl}"),
                "max_ttl=2h",
            ]);
        }
        let steady = ["db_name=app", "username=steady", "rotation_period=24h"];
        bao(&[&["write", "database/static-roles/steady"][..], &steady].concat());
        let path = std::env::var("PATH").unwrap();
        let with_psql = format!("{}:{path}", postgres.programs().display());
        let scenario = Scenario::new()
            .env("BAO_ADDR", &server.url())
            .env("BAO_TOKEN", ROOT_TOKEN)
            .env("PATH", &with_psql);
        Self {
            postgres,
            server,
            scenario,
        }
    }

    /// The configuration of a round in which `command` runs.
    fn text(role: &str, round: u32, command: &str) -> String {
        let logins = LOGINS
            .replace("ROLE", role)
            .replace("ROUND", &round.to_string())
            .replace("COMMAND", command);
        format!("{PROVIDER}{logins}")
    }

    /// A command that logs in with a user and a password of the environment and notes who it is.
    fn logs_in(&self, user: &str, password: &str) -> String {
        format!(
            "PGPASSWORD=${password} psql -h 127.0.0.1 -p {} -U {user} -d postgres -tAc 'SELECT current_user' >> who",
            self.postgres.port()
        )
    }

    /// The logins that the engine has made and that are still there.
    fn logins(&self) -> usize {
        let count = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'v-%'";
        let counted = self.postgres.query(ADMIN, ADMIN_PASSWORD, count);
        counted.unwrap().unwrap().parse().unwrap()
    }

    /// What was kept of a round.
    fn kept(&self) -> Vec<String> {
        let read = ["kv", "get", "-format=json", "secret/copy/logins"];
        let read: serde_json::Value =
            serde_json::from_str(&self.server.bao(&read).unwrap().unwrap()).unwrap();
        let kept = read["data"]["data"].as_object().unwrap();
        let values = kept
            .values()
            .map(|value| value.as_str().unwrap().to_owned());
        values.collect()
    }
}

/// One pair of servers for all of it: starting them takes seconds.
#[test]
fn logins_of_a_database_engine_are_used_renewed_and_revoked() {
    let world = World::new();
    let scenario = &world.scenario;

    // Each of them lets someone in while the run lasts.
    let all = [
        world.logs_in("$LEASE", "LEASE_PASSWORD"),
        world.logs_in("$CREDENTIAL", "PASSWORD"),
        world.logs_in("steady", "STEADY_PASSWORD"),
    ];
    scenario.configure_all(&World::text("app", 1, &all.join(" && ")));
    scenario.apply(&[]);
    let who = fs::read_to_string(scenario.file("who")).unwrap();
    let who: Vec<&str> = who.lines().collect();
    assert!(
        who.len() == 3 && who[0] != who[1] && who[2] == "steady",
        "{who:?}"
    );
    assert_eq!(world.logins(), 0, "they end with the run");
    let steady = "SELECT 1 FROM pg_roles WHERE rolname = 'steady'";
    let steady = world.postgres.query(ADMIN, ADMIN_PASSWORD, steady);
    assert_eq!(steady.unwrap().unwrap(), "1", "a static role stays");
    scenario.insist_on_an_empty_plan();
    assert_eq!(world.logins(), 0, "neither does a plan leave any");
    for value in world.kept() {
        scenario.insist_on_no_trace_of(&value);
    }

    // They live for 6 seconds, and the run takes longer.
    let late = format!("sleep 14; {}", all[..2].join(" && "));
    scenario.change_all(&World::text("short", 2, &late));
    scenario.apply(&[]);
    assert_eq!(world.logins(), 0);

    // A run that fails leaves none.
    scenario.change_all(&World::text("app", 3, "exit 3"));
    scenario.fails(&["apply", "-auto-approve"]);
    assert_eq!(world.logins(), 0);

    // A run that is killed leaves them until its own token ends.
    scenario.change_all(&World::text("app", 4, "touch waiting; sleep 60"));
    let mut process = scenario.start_apply_until("waiting");
    coffer_tests::processes::kill_children(process.id());
    process.kill().unwrap();
    process.wait().unwrap();
    assert!(world.logins() > 0, "nobody has taken them away yet");
    let start = Instant::now();
    while world.logins() > 0 {
        assert!(start.elapsed() < Duration::from_secs(60), "they stay");
        thread::sleep(Duration::from_millis(500));
    }
    scenario.insist_on_no_trace_of(ROOT_TOKEN);
    scenario.insist_on_no_trace_of(ADMIN_PASSWORD);
}

fn lease(arguments: &str) -> String {
    format!("{PROVIDER}ephemeral \"coffer_lease\" \"it\" {{\n{arguments}\n}}\n")
}

#[test]
fn what_an_engine_cannot_give_is_told() {
    let server = OpenBao::start().unwrap();
    let bao = |arguments: &[&str]| server.bao(arguments).unwrap().unwrap();
    bao(&["secrets", "enable", "pki"]);
    bao(&[
        "write",
        "pki/root/generate/internal",
        "common_name=example.com",
    ]);
    bao(&[
        "write",
        "pki/roles/app",
        "allow_any_name=true",
        "generate_lease=true",
        "ttl=1h",
    ]);
    let scenario = Scenario::new().env("BAO_ADDR", &server.url());
    let policy = scenario.file("policy");
    fs::write(
        &policy,
        "path \"pki/issue/app\" { capabilities = [\"update\"] }",
    )
    .unwrap();
    bao(&["policy", "write", "issues", policy.to_str().unwrap()]);
    let limited = bao(&["token", "create", "-field=token", "-policy=issues"]);
    let scenario = scenario.env("BAO_TOKEN", ROOT_TOKEN);

    scenario.configure_all(&lease("path = \"nothing/here\""));
    let nothing = scenario.fails(&["plan"]);
    assert!(
        nothing.contains("Cannot get a lease of nothing/here"),
        "{nothing}"
    );
    scenario.change_all(&lease("path = \"a//b\""));
    let no_path = scenario.fails(&["plan"]);
    assert!(no_path.contains("empty segment"), "{no_path}");
    let both = "path = \"pki/issue/app\"\nmethod = \"read\"\nparameters = { common_name = \"a.example.com\" }";
    scenario.change_all(&lease(both));
    let both = scenario.fails(&["plan"]);
    assert!(both.contains("What is read has no parameters"), "{both}");
    scenario.change_all(&lease(
        "path = \"pki/issue/app\"\nparameters_json = \"fake-no-json\"",
    ));
    let no_object = scenario.fails(&["plan"]);
    assert!(
        no_object.contains("The parameters are no JSON object"),
        "{no_object}"
    );
    scenario.change_all(&lease("path = \"pki/issue/app\"\nparameters = {}"));
    let refused = scenario.fails(&["plan"]);
    assert!(
        refused.contains("common_name"),
        "the engine's own words: {refused}"
    );

    // With JSON parameters it works; the guard counts and judges it as it does reads.
    let good = "path = \"pki/issue/app\"\nparameters_json = jsonencode({ common_name = \"a.example.com\", ttl = \"30m\" })";
    scenario.change_all(&lease(good));
    scenario.ok(&["plan"]);
    let guarded = lease(good).replacen(
        "vault {",
        "guard {\n allowed_names = [\"database/*\"]\n}\nvault {",
        1,
    );
    scenario.change_all(&guarded);
    let guarded = scenario.fails(&["plan"]);
    assert!(
        guarded.contains("The guard does not let pki/issue/app be read"),
        "{guarded}"
    );

    // A token that may neither make children nor revoke leaves the lease to its end, and that is told.
    scenario.change_all(&lease(good));
    let scenario = scenario.env("BAO_TOKEN", &limited);
    let left = scenario.fails(&["plan"]);
    assert!(
        left.contains("Cannot revoke the lease pki/issue/app/"),
        "{left}"
    );
    assert!(left.contains("sys/leases/revoke"), "{left}");
}

/// Encrypts with the key `app`.
fn encrypt(server: &OpenBao, plaintext: &str, more: &[&str]) -> String {
    let plaintext = format!("plaintext={}", STANDARD.encode(plaintext));
    let arguments = [
        "write",
        "-field=ciphertext",
        "transit/encrypt/app",
        &plaintext,
    ];
    server
        .bao(&[&arguments[..], more].concat())
        .unwrap()
        .unwrap()
}

#[test]
fn a_ciphertext_in_the_code_is_decrypted_and_stands_nowhere() {
    let server = OpenBao::start().unwrap();
    let bao = |arguments: &[&str]| server.bao(arguments).unwrap().unwrap();
    bao(&["secrets", "enable", "transit"]);
    bao(&["write", "-f", "transit/keys/app"]);
    let value = r#"{"user":"mailer","password":"fake-smtp-password"}"#;
    let associated = format!("associated_data={}", STANDARD.encode("prod/smtp"));
    let bound = encrypt(&server, value, &[&associated]);
    let decrypt = |more: &str| {
        format!(
            "{PROVIDER}\nephemeral \"coffer_decrypt\" \"smtp\" {{\n  key = \"app\"\n  ciphertext = \"{bound}\"\n{more}\n}}\n\
             resource \"coffer_secret\" \"smtp\" {{\n  name = \"prod/smtp\"\n  value_wo = ephemeral.coffer_decrypt.smtp.data.password\n}}\n"
        )
    };
    let scenario = Scenario::new()
        .env("BAO_ADDR", &server.url())
        .env("BAO_TOKEN", ROOT_TOKEN);
    scenario.configure_all(&decrypt("associated_data = \"prod/smtp\""));
    scenario.apply(&[]);
    let stored = bao(&["kv", "get", "-field=value", "secret/prod/smtp"]);
    assert_eq!(stored, "fake-smtp-password");
    scenario.insist_on_an_empty_plan();

    scenario.change_all(&decrypt(""));
    let unbound = scenario.fails(&["plan"]);
    assert!(
        unbound.contains("Cannot decrypt with the transit key app"),
        "{unbound}"
    );
    scenario
        .change_all(&decrypt("associated_data = \"prod/smtp\"").replace("\"app\"", "\"transit/\""));
    let misspelt = scenario.fails(&["plan"]);
    assert!(misspelt.contains("This is no transit key"), "{misspelt}");
    for value in ["fake-smtp-password", value] {
        scenario.insist_on_no_trace_of(value);
    }
}

#[test]
fn the_embedded_vault_refuses_what_only_a_server_has() {
    let scenario = Scenario::new();
    let decrypt = "key = \"app\"\nciphertext = \"vault:v1:fake\"";
    for (kind, arguments) in [
        ("coffer_lease", "path = \"database/creds/app\""),
        ("coffer_decrypt", decrypt),
    ] {
        scenario.configure(&format!(
            "ephemeral \"{kind}\" \"it\" {{\n{arguments}\n}}\n"
        ));
        let output = scenario.run(&["plan"]);
        let told = coffer_tests::scenario::unwrapped(&text(&output));
        assert!(!output.status.success(), "{told}");
        let needs = format!("{kind} needs a HashiCorp Vault or OpenBao server");
        assert!(told.contains(&needs), "{told}");
        assert!(told.contains("The store `local` has no engines"), "{told}");
    }
}
