//! `coffer revoke` with credentials that work until then.

use crate::bench::{Bench, Run, run};

/// Runs `arguments` with the token instead of the key.
fn as_token(bench: &Bench, token: &str, arguments: &[&str]) -> Run {
    let mut command = bench.command();
    command
        .env_remove("COFFER_KEY_FILE")
        .env("COFFER_TOKEN", token);
    run(command.args(arguments), "")
}

/// A token's text and its accessor, from what making it printed.
fn made(printed: &str) -> (String, String) {
    let json: serde_json::Value = serde_json::from_str(printed).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&json["token"]), text(&json["info"]["accessor"]))
}

#[test]
fn a_revoked_token_and_what_it_made_open_nothing_any_more_and_others_do() {
    const READ: [&str; 3] = ["get", "prod/db", "--reveal"];
    let bench = Bench::new();
    bench.coffer(&["scope", "add", "prod/"], "").succeeded();
    let make = [
        "token",
        "create",
        "--scope",
        "prod/",
        "--allow",
        "read:prod/db",
        "--format",
        "json",
    ];
    let (token, accessor) = made(&bench.coffer(&make, "").succeeded().stdout);
    let (child, child_accessor) = made(&as_token(&bench, &token, &make).succeeded().stdout);
    let (other, _) = made(&bench.coffer(&make, "").succeeded().stdout);
    for live in [&token, &child, &other] {
        let read = as_token(&bench, live, &READ).succeeded();
        assert_eq!(read.stdout, "only-for-tests");
    }

    let revoke = ["revoke", "--token", &accessor, "--format", "json"];
    let told = bench.coffer(&revoke, "").succeeded().stdout;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let mut revoked: Vec<&str> = told["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it.as_str().unwrap())
        .collect();
    revoked.sort_unstable();
    let mut expected = [accessor.as_str(), child_accessor.as_str()];
    expected.sort_unstable();
    assert_eq!(revoked, expected);

    for dead in [&token, &child] {
        as_token(&bench, dead, &READ).failed(4, "does not open the vault", "token create");
    }
    let read = as_token(&bench, &other, &READ).succeeded();
    assert_eq!(read.stdout, "only-for-tests");
    bench.is_whole();
}
