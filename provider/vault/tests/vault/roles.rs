//! Roles: machines that log in with a role's id and a secret id.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use coffer_vault::{
    Actor, Error, ErrorKind, KeySource, Role, RoleRequest, Secret, SignedDuration, TokenRequest,
    Vault, VersionSelector, alerts,
};
use rusqlite::Connection;

use crate::bench::{Bench, actor, name, put, text};

fn request(uses: u32) -> RoleRequest {
    RoleRequest {
        token: TokenRequest {
            scopes: vec!["prod/".into()],
            policies: Vec::new(),
            rules: Vec::new(),
            ttl: SignedDuration::from_mins(15),
            max_ttl: SignedDuration::from_hours(1),
            uses: None,
            label: String::new(),
        },
        secret_id_ttl: SignedDuration::from_hours(24),
        secret_id_uses: uses,
    }
}

/// A vault with the role `runner`.
fn prepared(uses: u32) -> (Bench, Role) {
    let bench = Bench::new();
    put(&bench.vault, "prod/db", "one");
    put(&bench.vault, "dev/db", "two");
    bench.vault.add_scope("prod/").unwrap();
    let role = bench.vault.create_role("runner", request(uses)).unwrap();
    (bench, role)
}

fn open(bench: &Bench, id: &str, secret_id: &Secret) -> Result<Vault, Error> {
    let key = KeySource::Role {
        id: id.to_owned(),
        secret_id: secret_id.clone(),
    };
    Vault::open(&bench.path, &key, Actor::this_process("machine"))
}

fn refused(result: Result<Vault, Error>) -> String {
    let error = result.err().expect("it opened");
    assert_eq!(error.kind(), ErrorKind::Denied);
    error.to_string()
}

#[test]
fn a_machine_logs_in_once_and_reads_what_the_role_grants() {
    let (bench, role) = prepared(1);
    let secret_id = bench.vault.create_secret_id("runner").unwrap().secret;
    let machine = open(&bench, &role.id, &secret_id).unwrap();
    let read = machine
        .get(&name("prod/db"), VersionSelector::Current)
        .unwrap();
    assert_eq!(text(&read.value), "one");
    assert!(
        machine
            .get(&name("dev/db"), VersionSelector::Current)
            .is_err()
    );
    let token = machine.token(None).unwrap();
    assert_eq!(
        (token.role.as_deref(), token.label.as_str()),
        (Some("runner"), "role runner")
    );
    let lifetime = token.expires.duration_since(token.created);
    assert!(lifetime <= SignedDuration::from_mins(16), "{lifetime}");

    let why = refused(open(&bench, &role.id, &secret_id));
    assert!(why.contains("revoked"), "{why}");
    put(&bench.vault, "a", "someone opens the vault");
    let rows = bench.vault.audit_rows(1, |_| true).unwrap();
    let told = alerts(
        &rows,
        rows[0].event.at,
        &coffer_vault::AlertSettings::default(),
    );
    assert!(
        told.iter().any(|alert| alert.rule == "refused-token"),
        "{told:?}"
    );
    assert!(bench.vault.check().unwrap().problems.is_empty());
}

#[test]
fn neither_half_opens_anything_alone() {
    let (bench, role) = prepared(1);
    let other = bench.vault.create_role("other", request(1)).unwrap();
    let secret_id = bench.vault.create_secret_id("runner").unwrap().secret;
    let as_token = KeySource::Token(secret_id.clone());
    refused(Vault::open(&bench.path, &as_token, actor()));
    let renamed = text(&secret_id).replace("coffer_sid_", "coffer_");
    let as_token = KeySource::Token(Secret::from(renamed));
    refused(Vault::open(&bench.path, &as_token, actor()));
    refused(open(&bench, "", &secret_id));
    refused(open(&bench, &other.id, &secret_id));
    refused(open(
        &bench,
        &role.id,
        &Secret::copy_from(b"coffer_sid_nothing"),
    ));
    // None of this has spent it.
    open(&bench, &role.id, &secret_id).unwrap();
}

#[test]
fn a_secret_id_for_two_logins_is_refused_at_the_third() {
    let (bench, role) = prepared(2);
    let secret_id = bench.vault.create_secret_id("runner").unwrap().secret;
    let machines = [(); 2].map(|()| open(&bench, &role.id, &secret_id).unwrap());
    refused(open(&bench, &role.id, &secret_id));
    for machine in &machines {
        machine
            .get(&name("prod/db"), VersionSelector::Current)
            .unwrap();
    }
}

#[test]
fn a_role_that_is_removed_takes_its_secret_ids_and_tokens_with_it() {
    let (bench, role) = prepared(1);
    let [used, unused] = [(); 2].map(|()| bench.vault.create_secret_id("runner").unwrap().secret);
    let machine = open(&bench, &role.id, &used).unwrap();
    let gone = bench.vault.delete_role("runner").unwrap();
    assert_eq!(gone.tokens.len(), 2);
    assert_eq!(gone.readable, ["prod/db"]);
    assert!(
        machine
            .get(&name("prod/db"), VersionSelector::Current)
            .is_err()
    );
    refused(open(&bench, &role.id, &unused));
    let none = bench.vault.create_secret_id("runner").err().unwrap();
    assert!(matches!(none, Error::NoSuchRole { .. }));
    assert!(bench.vault.roles().unwrap().is_empty());
    assert!(bench.vault.check().unwrap().problems.is_empty());
}

#[test]
fn roles_are_no_policies_and_only_the_owner_has_to_do_with_them() {
    let (bench, role) = prepared(1);
    assert!(bench.vault.policies().unwrap().is_empty());
    assert!(matches!(
        bench.vault.policy("role/runner"),
        Err(Error::NoSuchPolicy { .. })
    ));
    assert!(matches!(
        bench.vault.remove_policy("role/runner"),
        Err(Error::NoSuchPolicy { .. })
    ));
    let again = bench.vault.create_role("runner", request(1)).err().unwrap();
    assert!(again.to_string().contains("exists already"), "{again}");

    let secret_id = bench.vault.create_secret_id("runner").unwrap().secret;
    let machine = open(&bench, &role.id, &secret_id).unwrap();
    assert!(machine.roles().is_err());
    assert!(machine.create_role("mine", request(1)).is_err());
    assert!(machine.create_secret_id("runner").is_err());
    assert!(machine.delete_role("runner").is_err());
}

#[test]
fn a_role_outlives_a_rekey_and_its_secret_ids_do_not() {
    let (bench, role) = prepared(1);
    let secret_id = bench.vault.create_secret_id("runner").unwrap().secret;
    bench
        .vault
        .rekey(&[(crate::bench::key(), String::new())])
        .unwrap();
    refused(open(&bench, &role.id, &secret_id));
    assert_eq!(
        bench.vault.roles().unwrap(),
        [("runner".to_owned(), role.clone())]
    );
    let secret_id = bench.vault.create_secret_id("runner").unwrap().secret;
    open(&bench, &role.id, &secret_id).unwrap();
    assert!(bench.vault.check().unwrap().problems.is_empty());
}

#[test]
fn of_logins_at_once_with_a_secret_id_for_one_only_one_succeeds() {
    let (bench, role) = prepared(1);
    for _ in 0..10 {
        let secret_id = bench.vault.create_secret_id("runner").unwrap().secret;
        let start = Barrier::new(4);
        let login = || {
            start.wait();
            open(&bench, &role.id, &secret_id).err()
        };
        let refusals: Vec<Error> = thread::scope(|scope| {
            let logins = [(); 4].map(|()| scope.spawn(login));
            let ended = logins.map(|login| login.join().unwrap());
            ended.into_iter().flatten().collect()
        });
        assert_eq!(refusals.len(), 3, "{refusals:?}");
        for refusal in refusals {
            assert_eq!(refusal.kind(), ErrorKind::Denied, "{refusal}");
        }
    }
    assert!(bench.vault.check().unwrap().problems.is_empty());
}

#[test]
fn a_secret_id_expires_unused() {
    let (bench, _) = prepared(1);
    let short = RoleRequest {
        secret_id_ttl: SignedDuration::from_secs(1),
        ..request(1)
    };
    let role = bench.vault.create_role("hasty", short).unwrap();
    let secret_id = bench.vault.create_secret_id("hasty").unwrap().secret;
    thread::sleep(Duration::from_millis(1_100));
    let why = refused(open(&bench, &role.id, &secret_id));
    assert!(why.contains("expired"), "{why}");
}

/// What the check of the vault finds after the rows of `table` that stood there before `change` were put back.
fn problems_after_putting_back(
    bench: &Bench,
    table: &str,
    change: impl FnOnce(),
) -> Vec<coffer_vault::Problem> {
    let db = Connection::open(&bench.path).unwrap();
    db.execute_batch(&format!("CREATE TEMP TABLE kept AS SELECT * FROM {table}"))
        .unwrap();
    change();
    db.execute_batch(&format!(
        "INSERT OR REPLACE INTO {table} SELECT * FROM temp.kept"
    ))
    .unwrap();
    bench.reopen().check().unwrap().problems
}

#[test]
fn a_spent_secret_id_that_is_put_back_is_noticed() {
    for uses in [1, 2] {
        let (bench, role) = prepared(uses);
        let secret_id = bench.vault.create_secret_id("runner").unwrap().secret;
        let log_in = || drop(open(&bench, &role.id, &secret_id).unwrap());
        let problems = problems_after_putting_back(&bench, "token", log_in);
        assert!(!problems.is_empty(), "good for {uses}");
    }
}

#[test]
fn a_role_that_is_put_back_is_noticed_and_its_secret_ids_stay_revoked() {
    let (bench, role) = prepared(1);
    let secret_id = bench.vault.create_secret_id("runner").unwrap().secret;
    let delete = || drop(bench.vault.delete_role("runner").unwrap());
    let problems = problems_after_putting_back(&bench, "policy", delete);
    assert!(!problems.is_empty());
    refused(open(&bench, &role.id, &secret_id));
}

#[test]
fn a_revoked_secret_id_that_is_put_back_opens_nothing() {
    let (bench, role) = prepared(1);
    let made = bench.vault.create_secret_id("runner").unwrap();
    let revoke = || drop(bench.vault.revoke_token(&made.info.accessor).unwrap());
    let problems = problems_after_putting_back(&bench, "token", revoke);
    assert!(!problems.is_empty());
    // Its scope has new keys, so what it holds opens neither the scope nor the state.
    let machine = open(&bench, &role.id, &made.secret);
    assert!(machine.is_err(), "its old keys opened the vault");
}
