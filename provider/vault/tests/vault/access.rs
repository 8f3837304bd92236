//! Tokens and policies: what a token may do, and when it ends.

use std::collections::BTreeSet;

use coffer_vault::{
    Capability, Error, KeySource, NewToken, PathPattern, Policy, Rule, Secret, SignedDuration,
    TokenRequest, Vault, VersionSelector, suggest_policy,
};

use crate::bench::{Bench, actor, key, name, put, secret, text};

const CURRENT: VersionSelector = VersionSelector::Current;

fn bench() -> Bench {
    let bench = Bench::new();
    bench.vault.add_scope("prod/").unwrap();
    for at in ["prod/db", "prod/root", "dev/db"] {
        put(&bench.vault, at, at);
    }
    bench
}

fn request(scopes: &[&str]) -> TokenRequest {
    TokenRequest {
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        policies: Vec::new(),
        rules: Vec::new(),
        ttl: SignedDuration::from_hours(1),
        max_ttl: SignedDuration::from_hours(2),
        uses: None,
        label: "test".into(),
    }
}

fn rule(path: &str, capabilities: &[Capability]) -> Rule {
    Rule {
        path: PathPattern::parse(path).unwrap(),
        capabilities: capabilities.iter().copied().collect::<BTreeSet<_>>(),
    }
}

fn open(bench: &Bench, token: &Secret) -> Result<Vault, Error> {
    Vault::open(&bench.path, &KeySource::Token(token.clone()), actor())
}

fn made(vault: &Vault, request: TokenRequest) -> NewToken {
    vault.create_token(request).unwrap()
}

fn is_denied<T>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::Denied { .. }))
}

fn is_whole(vault: &Vault) {
    let report = vault.check().unwrap();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

#[test]
fn a_token_reads_its_scope_and_nothing_else_and_is_named_in_the_trail() {
    let bench = bench();
    let token = made(&bench.vault, request(&["prod/"]));
    let limited = open(&bench, &token.secret).unwrap();
    assert_eq!(
        text(&limited.get(&name("prod/db"), CURRENT).unwrap().value),
        "prod/db"
    );
    assert!(is_denied(limited.get(&name("dev/db"), CURRENT)));
    assert!(is_denied(limited.put(
        &name("prod/db"),
        coffer_vault::PutRequest::new(secret("x"))
    )));
    assert!(is_denied(limited.check()) && is_denied(limited.rekey(&[(key(), String::new())])));
    assert!(is_denied(limited.add_slot(&key(), "")) && is_denied(limited.audit_rows(1, |_| true)));
    let names: Vec<String> = limited
        .list("")
        .unwrap()
        .into_iter()
        .map(|s| s.name.to_string())
        .collect();
    assert_eq!(names, ["prod/db", "prod/root"]);
    let rows = bench
        .vault
        .audit_rows(1, move |row| row.event.actor.accessor.is_some())
        .unwrap();
    assert_eq!(rows.len(), 8);
    assert!(
        rows.iter()
            .all(|row| row.event.actor.accessor.as_deref() == Some(token.info.accessor.as_str()))
    );
    is_whole(&bench.vault);
    assert!(bench.vault.verify_audit(&[]).unwrap().problems.is_empty());
}

#[test]
fn rules_bound_a_token_inside_its_scope_and_a_changed_policy_reaches_it_at_once() {
    let bench = bench();
    let policy = |rules: Vec<Rule>| Policy { rules };
    let reader = policy(vec![
        rule("prod/*", &[Capability::Read]),
        rule("prod/root", &[Capability::Deny]),
    ]);
    bench.vault.write_policy("reader", reader).unwrap();
    let mut wanted = request(&["prod/"]);
    wanted.policies = vec!["reader".into()];
    wanted.rules = vec![rule("prod/new/*", &[Capability::Create])];
    let token = made(&bench.vault, wanted);
    let limited = open(&bench, &token.secret).unwrap();
    assert!(limited.get(&name("prod/db"), CURRENT).is_ok());
    assert!(is_denied(limited.get(&name("prod/root"), CURRENT)));
    assert!(limited.list("").unwrap().is_empty(), "it may not list");
    put(&limited, "prod/new/a", "1");
    assert!(is_denied(limited.put(
        &name("prod/new/a"),
        coffer_vault::PutRequest::new(secret("2"))
    )));
    bench
        .vault
        .write_policy(
            "reader",
            policy(vec![rule("prod/root", &[Capability::Read])]),
        )
        .unwrap();
    assert!(is_denied(limited.get(&name("prod/db"), CURRENT)));
    assert!(limited.get(&name("prod/root"), CURRENT).is_ok());
    bench.vault.remove_policy("reader").unwrap();
    assert!(is_denied(limited.get(&name("prod/root"), CURRENT)));
    assert!(matches!(
        bench.vault.policy("reader"),
        Err(Error::NoSuchPolicy { .. })
    ));
    is_whole(&bench.vault);
}

#[test]
fn a_token_ends_by_time_and_by_use_and_can_be_renewed_up_to_its_maximum() {
    let bench = bench();
    let mut short = request(&["prod/"]);
    short.ttl = SignedDuration::from_millis(1);
    let token = made(&bench.vault, short);
    std::thread::sleep(std::time::Duration::from_millis(5));
    assert!(matches!(
        open(&bench, &token.secret),
        Err(Error::TokenRefused { .. })
    ));
    let renewed = bench
        .vault
        .renew_token(&token.info.accessor, SignedDuration::from_hours(100))
        .unwrap();
    assert_eq!(renewed.expires, renewed.max_expires);
    assert!(open(&bench, &token.secret).is_ok());

    let mut once = request(&["prod/"]);
    once.uses = Some(2);
    let token = made(&bench.vault, once);
    let (one, other) = (
        open(&bench, &token.secret).unwrap(),
        open(&bench, &token.secret).unwrap(),
    );
    assert!(one.get(&name("prod/db"), CURRENT).is_ok());
    assert!(
        is_denied(other.get(&name("dev/db"), CURRENT)),
        "a refusal is a use too"
    );
    for handle in [&one, &other] {
        assert!(matches!(
            handle.get(&name("prod/db"), CURRENT),
            Err(Error::TokenRefused { .. })
        ));
    }
    let swept = bench.vault.sweep_tokens().unwrap();
    assert_eq!(swept.tokens.len(), 1);
    assert_eq!(bench.vault.tokens().unwrap().len(), 1);
    is_whole(&bench.vault);
}

#[test]
fn revoking_a_token_revokes_its_children_and_leaves_the_others() {
    let bench = bench();
    let parent = made(&bench.vault, request(&["prod/"]));
    let other = made(&bench.vault, request(&["prod/", ""]));
    let holder = open(&bench, &parent.secret).unwrap();
    let mut wide = request(&["prod/"]);
    wide.rules = vec![rule("*", &Capability::ALL[..6])];
    wide.ttl = SignedDuration::from_hours(2);
    wide.max_ttl = SignedDuration::from_hours(200);
    let child = made(&holder, wide);
    assert!(child.info.max_expires <= parent.info.max_expires);
    assert!(
        holder.create_token(request(&[""])).is_err(),
        "it gives on what it has"
    );
    let limited = open(&bench, &child.secret).unwrap();
    assert!(limited.get(&name("prod/db"), CURRENT).is_ok());
    assert!(
        is_denied(limited.put(&name("prod/db"), coffer_vault::PutRequest::new(secret("x")))),
        "the parent may not write"
    );
    let revoked = bench.vault.revoke_token(&parent.info.accessor).unwrap();
    assert_eq!(revoked.tokens.len(), 2);
    assert_eq!(revoked.readable, ["prod/db", "prod/root"]);
    for handle in [&holder, &limited] {
        assert!(matches!(
            handle.get(&name("prod/db"), CURRENT),
            Err(Error::TokenRefused { .. })
        ));
    }
    let other = open(&bench, &other.secret).unwrap();
    put(&bench.vault, "prod/db", "later");
    assert_eq!(
        text(&other.get(&name("prod/db"), CURRENT).unwrap().value),
        "later"
    );
    is_whole(&bench.vault);
    assert!(bench.vault.verify_audit(&[]).unwrap().problems.is_empty());
}

#[test]
fn a_new_term_leaves_tokens_as_they_are_and_a_rekey_ends_them() {
    let bench = bench();
    let token = made(&bench.vault, request(&["prod/"]));
    let limited = open(&bench, &token.secret).unwrap();
    bench.vault.rotate_term("prod/").unwrap();
    bench.vault.rewrap("prod/", 100).unwrap();
    assert!(limited.get(&name("prod/db"), CURRENT).is_ok());
    bench.vault.write_policy("kept", Policy::default()).unwrap();
    bench.vault.rekey(&[(key(), String::new())]).unwrap();
    assert!(limited.get(&name("prod/db"), CURRENT).is_err());
    assert!(open(&bench, &token.secret).is_err());
    assert!(bench.vault.tokens().unwrap().is_empty());
    assert_eq!(bench.vault.policies().unwrap(), ["kept"]);
    is_whole(&bench.vault);
}

#[test]
fn a_ticket_is_exchanged_once_and_does_nothing_more() {
    let bench = bench();
    let mut wanted = request(&["prod/"]);
    wanted.uses = Some(2);
    let ticket = bench.vault.create_ticket(wanted).unwrap();
    let (first, second) = (
        open(&bench, &ticket.secret).unwrap(),
        open(&bench, &ticket.secret).unwrap(),
    );
    let token = first.exchange_ticket().unwrap();
    assert_eq!(token.info.uses_left, Some(2));
    assert_ne!(token.info.accessor, ticket.info.accessor);
    let refused =
        |result: Result<NewToken, Error>| matches!(result, Err(Error::TokenRefused { .. }));
    assert!(
        refused(second.exchange_ticket()),
        "someone was there before"
    );
    assert!(open(&bench, &ticket.secret).is_err());
    let machine = open(&bench, &token.secret).unwrap();
    assert!(machine.get(&name("prod/db"), CURRENT).is_ok());
    assert!(
        matches!(machine.exchange_ticket(), Err(Error::Invalid { .. })),
        "a token is no ticket"
    );
    assert!(
        machine.get(&name("prod/db"), CURRENT).is_err(),
        "its uses are spent"
    );

    let spent = bench.vault.create_ticket(request(&["prod/"])).unwrap();
    let holder = open(&bench, &spent.secret).unwrap();
    holder.get(&name("prod/db"), CURRENT).unwrap();
    assert!(
        refused(holder.exchange_ticket()),
        "its one use was the read"
    );
    is_whole(&bench.vault);
}

#[test]
fn a_suggested_policy_allows_what_was_done_and_no_more() {
    let bench = bench();
    put(&bench.vault, "app/one/password", "x");
    put(&bench.vault, "app/two/password", "x");
    let rows = bench.vault.audit_rows(1, |_| true).unwrap();
    let exact = suggest_policy(&rows, 0);
    let may = |policy: &Policy, wanted, path| coffer_vault::allows(&policy.rules, wanted, path);
    assert!(may(&exact, Capability::Create, "app/one/password"));
    assert!(!may(&exact, Capability::Read, "app/one/password"));
    assert!(!may(&exact, Capability::Create, "app/three/password"));
    let general = suggest_policy(&rows, 2);
    assert!(may(&general, Capability::Create, "app/three/password"));
    assert!(!may(&general, Capability::Create, "app/three/user"));
}
