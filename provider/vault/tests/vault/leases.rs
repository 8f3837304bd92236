//! The journal of leases.

use coffer_vault::{Error, LeaseRequest, MAX_ATTEMPTS, Timestamp};

use crate::bench::{Bench, name};

fn in_seconds(seconds: i64) -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second() + seconds).unwrap()
}

fn request(expires: Timestamp) -> LeaseRequest {
    LeaseRequest {
        name: name("prod/db"),
        kind: "postgresql".into(),
        revocation: r#"{"role":"coffer_prod_db_1"}"#.into(),
        expires,
    }
}

#[test]
fn a_lease_is_there_until_it_is_closed_and_closing_can_be_repeated() {
    let bench = Bench::new();
    let lease = bench.vault.register_lease(request(in_seconds(60))).unwrap();
    assert_eq!(
        bench.reopen().leases().unwrap(),
        std::slice::from_ref(&lease)
    );
    assert!(bench.vault.close_lease(&lease.id).unwrap());
    assert!(!bench.vault.close_lease(&lease.id).unwrap());
    assert!(bench.vault.leases().unwrap().is_empty());
    assert!(matches!(
        bench.vault.renew_lease(&lease.id, in_seconds(9)),
        Err(Error::NoSuchLease { .. })
    ));
    assert!(bench.vault.check().unwrap().problems.is_empty());
}

#[test]
fn an_expired_lease_is_abandoned_and_a_renewed_one_is_not() {
    let bench = Bench::new();
    let lease = bench.vault.register_lease(request(in_seconds(-1))).unwrap();
    bench.vault.register_lease(request(in_seconds(60))).unwrap();
    assert_eq!(
        bench.vault.abandoned_leases().unwrap(),
        std::slice::from_ref(&lease)
    );
    bench.vault.renew_lease(&lease.id, in_seconds(60)).unwrap();
    assert!(bench.vault.abandoned_leases().unwrap().is_empty());
}

#[test]
fn a_lease_whose_revocation_keeps_failing_becomes_irrevocable_and_stays_visible() {
    let bench = Bench::new();
    let lease = bench.vault.register_lease(request(in_seconds(-1))).unwrap();
    for attempt in 1..=MAX_ATTEMPTS {
        assert_eq!(bench.vault.abandoned_leases().unwrap().len(), 1);
        let failed = bench
            .vault
            .lease_failed(&lease.id, "connection refused")
            .unwrap();
        assert_eq!(failed.attempts, attempt);
    }
    assert!(bench.vault.abandoned_leases().unwrap().is_empty());
    let left = bench.vault.leases().unwrap();
    assert!(left[0].is_irrevocable());
    assert_eq!(left[0].last_error.as_deref(), Some("connection refused"));
    assert!(bench.vault.check().unwrap().problems.is_empty());
}
