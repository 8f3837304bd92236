//! `coffer lease` with credentials that cannot be taken back. Those that can are tried with a real PostgreSQL and real tokens
//! where the provider hands them out.

use coffer_vault::{Actor, KeySource, Lease, LeaseRequest, SecretName, Timestamp, Vault};
use serde_json::{Value, json};

use crate::bench::Bench;

/// Registers a lease that has run out.
fn left_behind(bench: &Bench, kind: &str, revocation: &str) -> Lease {
    let key = KeySource::KeyFile(bench.folder().join("vault.key"));
    let vault = Vault::open(&bench.vault(), &key, Actor::this_process("test")).unwrap();
    let request = LeaseRequest {
        name: SecretName::parse("prod/db").unwrap(),
        kind: kind.to_owned(),
        revocation: revocation.to_owned(),
        expires: Timestamp::UNIX_EPOCH,
    };
    vault.register_lease(request).unwrap()
}

fn json_of(bench: &Bench, arguments: &[&str]) -> Value {
    let run = bench.coffer(&[arguments, &["--format", "json"]].concat(), "");
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_lease_of_another_program_is_left_to_it() {
    let bench = Bench::new();
    let lease = left_behind(&bench, "another", "whatever");
    let swept = json_of(&bench, &["lease", "sweep"]);
    assert_eq!(swept, json!({ "revoked": [], "failed": [] }));
    let run = bench.coffer(&["lease", "revoke", &lease.id], "");
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let why = "only the program that handed it out can revoke a lease of the kind \"another\"";
    assert!(run.stderr.contains(why), "{}", run.stderr);
    assert!(run.stderr.contains("coffer lease close"), "{}", run.stderr);
    let listed = json_of(&bench, &["lease", "list"]);
    assert_eq!(listed["leases"][0]["attempts"], 0, "nothing was tried");
}

#[test]
fn what_cannot_be_revoked_is_tried_six_times_and_stays_visible() {
    let bench = Bench::new();
    let role = json!({ "connection": "prod/db", "role": "coffer_app" }).to_string();
    let lease = left_behind(&bench, "postgresql", &role);
    for _ in 0..6 {
        let swept = json_of(&bench, &["lease", "sweep"]);
        assert_eq!(swept["failed"][0]["lease"], lease.id.as_str());
        let why = swept["failed"][0]["why"].as_str().unwrap();
        assert!(why.contains("the connection is not one"), "{why}");
        assert!(!swept.to_string().contains("only-for-tests"), "{swept}");
    }
    let listed = bench.coffer(&["lease", "list"], "").succeeded().stdout;
    assert!(listed.contains("irrevocable"), "{listed}");
    let swept = bench.coffer(&["lease", "sweep"], "").succeeded().stdout;
    assert_eq!(swept, "Nothing was left behind.\n", "nobody tries unasked");
    let asked = json_of(&bench, &["lease", "revoke", &lease.id]);
    assert_eq!(asked["failed"][0]["lease"], lease.id.as_str());
    bench.coffer(&["lease", "close", &lease.id], "").succeeded();
    let listed = json_of(&bench, &["lease", "list"]);
    assert_eq!(listed, json!({ "leases": [] }));
}
