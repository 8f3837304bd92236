//! Passwords that Terraform generates for one run, and their hashes.

use coffer_tests::scenario::Scenario;
use xtask::postgres::{ADMIN, ADMIN_PASSWORD, Postgres};

const HASHED: &str = r#"
ephemeral "coffer_password" "it" {
  length  = LENGTH
  special = false
  hashes  = ["argon2id", "bcrypt", "scram_sha_256"]
}

resource "coffer_secret" "it" {
  name = "it"
  value_wo = jsonencode({
    password = ephemeral.coffer_password.it.result
    argon2id = ephemeral.coffer_password.it.argon2id_hash
    bcrypt   = ephemeral.coffer_password.it.bcrypt_hash
    scram    = ephemeral.coffer_password.it.scram_sha_256
  })
  value_wo_version = 1
}
"#;

#[test]
fn the_hashes_that_are_asked_for_are_of_the_password() {
    let scenario = Scenario::new();
    scenario.configure(&HASHED.replace("LENGTH", "40"));
    scenario.apply(&[]);
    let kept: serde_json::Value = serde_json::from_str(&scenario.value_of("it")).unwrap();
    let text = |member: &str| kept[member].as_str().unwrap().to_owned();
    assert!(text("argon2id").starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(text("bcrypt").starts_with("$2b$10$"));

    // PostgreSQL lets in whoever has the password of the verifier.
    let server = Postgres::start().unwrap();
    let made = format!("CREATE ROLE hashed LOGIN PASSWORD '{}'", text("scram"));
    server.query(ADMIN, ADMIN_PASSWORD, &made).unwrap().unwrap();
    let answer = server.query("hashed", &text("password"), "SELECT 1");
    assert_eq!(answer.unwrap().unwrap(), "1");
    for member in ["password", "argon2id", "bcrypt", "scram"] {
        scenario.insist_on_no_trace_of(&text(member));
    }

    scenario.change(&HASHED.replace("LENGTH", "80"));
    let refused = scenario.fails(&["plan"]);
    assert!(
        refused.contains("Bcrypt takes 71 bytes and the password has 80"),
        "{refused}"
    );
    scenario.change(
        &HASHED
            .replace("\"bcrypt\"", "\"md5\"")
            .replace("LENGTH", "40"),
    );
    let refused = scenario.fails(&["validate"]);
    assert!(
        refused.contains("There are argon2id, bcrypt and scram_sha_256"),
        "{refused}"
    );
}
