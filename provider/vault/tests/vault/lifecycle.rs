//! A secret's life: versions, stages, deletion, destruction.

use coffer_vault::{
    Error, Expect, MetadataChange, PutRequest, Stage, Timestamp, VersionSelector, VersionState,
};

use crate::bench::{Bench, name, put, secret, text};

const CURRENT: VersionSelector = VersionSelector::Current;

#[test]
fn a_value_comes_back_as_it_was_stored_also_in_another_process() {
    let bench = Bench::new();
    for value in [
        &b""[..],
        b"text",
        b"\0\xff binary \n",
        &vec![7; 1024 * 1024],
    ] {
        let request = PutRequest::new(value.to_vec().into());
        bench.vault.put(&name("prod/db"), request).unwrap();
        let other = bench.reopen();
        assert_eq!(
            other
                .get(&name("prod/db"), CURRENT)
                .unwrap()
                .value
                .danger_expose(),
            value
        );
    }
}

#[test]
fn a_put_makes_a_version_current_and_keeps_the_one_before() {
    let bench = Bench::new();
    assert_eq!(put(&bench.vault, "prod/db", "one"), 1);
    assert_eq!(put(&bench.vault, "prod/db", "two"), 2);
    let db = name("prod/db");
    let read = |which| text(&bench.vault.get(&db, which).unwrap().value).to_owned();
    assert_eq!(read(CURRENT), "two");
    assert_eq!(read(VersionSelector::Version(1)), "one");
    assert_eq!(read(VersionSelector::Stage(Stage::Previous)), "one");
    assert!(matches!(
        bench.vault.get(&db, VersionSelector::Version(3)),
        Err(Error::NoSuchVersion { latest: 2, .. })
    ));
    assert!(matches!(
        bench.vault.get(&db, VersionSelector::Stage(Stage::Pending)),
        Err(Error::NoSuchVersion { .. })
    ));
}

#[test]
fn a_missing_secret_is_reported_with_names_that_were_meant() {
    let bench = Bench::new();
    put(&bench.vault, "prod/db-main", "x");
    put(&bench.vault, "other/db-main", "x");
    match bench.vault.get(&name("prod/db-mian"), CURRENT) {
        Err(error @ Error::NotFound { .. }) => {
            assert_eq!(error.remedy().unwrap(), "did you mean \"prod/db-main\"?");
        }
        other => panic!("unexpected: {:?}", other.map(|v| v.metadata)),
    }
}

#[test]
fn a_pending_version_becomes_current_by_promotion_and_promotion_can_be_repeated() {
    let bench = Bench::new();
    let db = name("prod/db");
    put(&bench.vault, "prod/db", "one");
    bench
        .vault
        .put(&db, PutRequest::new(secret("two")).pending())
        .unwrap();
    assert_eq!(text(&bench.vault.get(&db, CURRENT).unwrap().value), "one");
    let pending = bench
        .vault
        .get(&db, VersionSelector::Stage(Stage::Pending))
        .unwrap();
    assert_eq!(pending.metadata.version, 2);
    for _ in 0..2 {
        let metadata = bench
            .vault
            .promote(&db, 2, MetadataChange::default())
            .unwrap();
        assert_eq!(
            (metadata.current, metadata.pending, metadata.previous),
            (Some(2), None, Some(1))
        );
    }
    assert_eq!(text(&bench.vault.get(&db, CURRENT).unwrap().value), "two");
}

#[test]
fn compare_and_set_lets_one_of_two_writers_through() {
    let bench = Bench::new();
    let db = name("prod/db");
    let absent = || PutRequest::new(secret("first")).expect(Expect::Absent);
    bench.vault.put(&db, absent()).unwrap();
    assert!(matches!(
        bench.vault.put(&db, absent()),
        Err(Error::Conflict { .. })
    ));
    let after = |version| PutRequest::new(secret("next")).expect(Expect::Latest(version));
    bench.vault.put(&db, after(1)).unwrap();
    assert!(matches!(
        bench.vault.put(&db, after(1)),
        Err(Error::Conflict { .. })
    ));
    assert_eq!(bench.vault.metadata(&db).unwrap().latest, 2);
}

#[test]
fn a_put_with_an_idempotency_token_happens_once() {
    let bench = Bench::new();
    let db = name("prod/db");
    let request = |value| {
        PutRequest::new(secret(value))
            .expect(Expect::Absent)
            .idempotency_token("apply-1")
    };
    let first = bench.vault.put(&db, request("one")).unwrap();
    let again = bench.reopen().put(&db, request("one")).unwrap();
    assert!(!first.repeated && again.repeated);
    assert_eq!(first.version, again.version);
    assert!(matches!(
        bench.vault.put(&db, request("two")),
        Err(Error::TokenReused { version: 1, .. })
    ));
}

#[test]
fn a_disabled_version_is_kept_and_not_handed_out() {
    let bench = Bench::new();
    let db = name("prod/db");
    put(&bench.vault, "prod/db", "one");
    bench.vault.set_enabled(&db, 1, false).unwrap();
    assert!(matches!(
        bench.vault.get(&db, CURRENT),
        Err(Error::Disabled { version: 1, .. })
    ));
    assert!(!bench.vault.matches_current(&db, &secret("one")).unwrap());
    bench.vault.set_enabled(&db, 1, true).unwrap();
    assert_eq!(text(&bench.vault.get(&db, CURRENT).unwrap().value), "one");
}

#[test]
fn a_deleted_secret_can_be_restored_and_not_overwritten() {
    let bench = Bench::new();
    let db = name("prod/db");
    put(&bench.vault, "prod/db", "one");
    let later = Timestamp::from_second(Timestamp::now().as_second() + 3600).unwrap();
    bench.vault.delete(&db, later).unwrap();
    assert!(matches!(
        bench.vault.get(&db, CURRENT),
        Err(Error::Deleted { .. })
    ));
    assert!(matches!(
        bench.vault.put(&db, PutRequest::new(secret("two"))),
        Err(Error::Deleted { .. })
    ));
    assert!(!bench.vault.exists(&db).unwrap());
    assert!(bench.vault.list("").unwrap().is_empty());
    bench.vault.restore(&db).unwrap();
    assert_eq!(text(&bench.vault.get(&db, CURRENT).unwrap().value), "one");
}

#[test]
fn the_name_of_a_secret_is_free_again_after_its_recovery_window() {
    let bench = Bench::new();
    let db = name("prod/db");
    put(&bench.vault, "prod/db", "one");
    let soon = Timestamp::from_millisecond(Timestamp::now().as_millisecond() + 30).unwrap();
    bench.vault.delete(&db, soon).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(60));
    assert!(matches!(
        bench.vault.restore(&db),
        Err(Error::NotFound { .. })
    ));
    assert_eq!(put(&bench.vault, "prod/db", "anew"), 1);
    assert_eq!(text(&bench.vault.get(&db, CURRENT).unwrap().value), "anew");
}

#[test]
fn a_destroyed_version_leaves_a_tombstone() {
    let bench = Bench::new();
    let db = name("prod/db");
    put(&bench.vault, "prod/db", "one");
    put(&bench.vault, "prod/db", "two");
    bench.vault.destroy(&db, &[2]).unwrap();
    assert!(matches!(
        bench.vault.get(&db, VersionSelector::Version(2)),
        Err(Error::Destroyed { version: 2, .. })
    ));
    assert!(matches!(
        bench.vault.get(&db, CURRENT),
        Err(Error::NoSuchVersion { .. })
    ));
    assert_eq!(
        text(
            &bench
                .vault
                .get(&db, VersionSelector::Version(1))
                .unwrap()
                .value
        ),
        "one"
    );
    let versions = bench.vault.versions(&db).unwrap();
    assert!(matches!(versions[1].state, VersionState::Destroyed(_)));
    assert_eq!(put(&bench.vault, "prod/db", "three"), 3);
}

#[test]
fn versions_beyond_those_to_keep_are_destroyed_by_the_next_put() {
    let bench = Bench::new();
    let db = name("prod/db");
    let change = MetadataChange {
        versions_to_keep: Some(2),
        ..MetadataChange::default()
    };
    bench
        .vault
        .put(&db, PutRequest::new(secret("1")).with_metadata(change))
        .unwrap();
    for value in ["2", "3", "4"] {
        put(&bench.vault, "prod/db", value);
    }
    let destroyed: Vec<bool> = bench
        .vault
        .versions(&db)
        .unwrap()
        .iter()
        .map(|version| matches!(version.state, VersionState::Destroyed(_)))
        .collect();
    assert_eq!(destroyed, [true, true, false, false]);
}

#[test]
fn a_purged_secret_is_gone() {
    let bench = Bench::new();
    let db = name("prod/db");
    put(&bench.vault, "prod/db", "one");
    bench.vault.purge(&db).unwrap();
    assert!(matches!(
        bench.vault.metadata(&db),
        Err(Error::NotFound { .. })
    ));
    assert!(bench.vault.list("").unwrap().is_empty());
}

#[test]
fn lists_by_prefix_whether_or_not_it_ends_at_a_folder() {
    let bench = Bench::new();
    for at in [
        "prod/db",
        "prod/db-replica",
        "prod/app/key",
        "production",
        "dev/db",
    ] {
        put(&bench.vault, at, "x");
    }
    let list = |prefix: &str| -> Vec<String> {
        bench
            .vault
            .list(prefix)
            .unwrap()
            .iter()
            .map(|found| found.name.to_string())
            .collect()
    };
    assert_eq!(
        list(""),
        [
            "dev/db",
            "prod/app/key",
            "prod/db",
            "prod/db-replica",
            "production"
        ]
    );
    assert_eq!(
        list("prod/"),
        ["prod/app/key", "prod/db", "prod/db-replica"]
    );
    assert_eq!(list("prod/d"), ["prod/db", "prod/db-replica"]);
    assert_eq!(list("prod/app/"), ["prod/app/key"]);
    assert_eq!(
        list("pro"),
        ["prod/app/key", "prod/db", "prod/db-replica", "production"]
    );
    assert!(list("nothing/").is_empty());
}

#[test]
fn metadata_changes_apply_only_to_the_expected_revision() {
    let bench = Bench::new();
    let db = name("prod/db");
    put(&bench.vault, "prod/db", "one");
    let revision = bench.vault.metadata(&db).unwrap().revision;
    let mut change = MetadataChange {
        expect_revision: Some(revision),
        ..Default::default()
    };
    change.labels.insert("team".into(), Some("data".into()));
    let changed = bench.vault.update(&db, change.clone()).unwrap();
    assert_eq!(changed.labels["team"], "data");
    assert!(matches!(
        bench.vault.update(&db, change),
        Err(Error::Conflict { .. })
    ));
}

#[test]
fn many_values_are_read_in_one_call_and_a_missing_one_does_not_hide_the_others() {
    let bench = Bench::new();
    put(&bench.vault, "a", "1");
    put(&bench.vault, "c", "3");
    let wanted = ["a", "b", "c"].map(|at| (name(at), CURRENT));
    let found = bench.vault.get_many(&wanted).unwrap();
    assert_eq!(text(&found[0].as_ref().ok().unwrap().value), "1");
    assert!(matches!(found[1], Err(Error::NotFound { .. })));
    assert_eq!(text(&found[2].as_ref().ok().unwrap().value), "3");
}

#[test]
fn a_fingerprint_tells_values_and_names_apart() {
    let bench = Bench::new();
    let print = |at: &str, value: &str| bench.vault.fingerprint(&name(at), &secret(value)).unwrap();
    let before = print("prod/db", "value");
    bench.vault.add_scope("prod/").unwrap();
    assert_eq!(
        print("prod/db", "value"),
        before,
        "the secret moved to another scope"
    );
    bench.vault.rotate_term("prod/").unwrap();
    bench.vault.add_scope("prod/db/").unwrap();
    assert_eq!(print("prod/db", "value"), before);
    assert_eq!(print("a", "value").len(), 24);
    assert_eq!(
        print("a", "value"),
        bench
            .reopen()
            .fingerprint(&name("a"), &secret("value"))
            .unwrap()
    );
    assert_ne!(print("a", "value"), print("a", "other"));
    assert_ne!(print("a", "value"), print("b", "value"));
}

#[test]
fn a_vault_can_be_used_from_many_threads_and_handles_at_once() {
    let bench = Bench::new();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let vault = if thread % 2 == 0 {
                bench.vault.clone()
            } else {
                bench.reopen()
            };
            scope.spawn(move || {
                for turn in 0..10 {
                    put(
                        &vault,
                        &format!("thread-{thread}/secret"),
                        &format!("{turn}"),
                    );
                    put(&vault, "shared", "x");
                    vault.get(&name("shared"), CURRENT).unwrap();
                }
            });
        }
    });
    assert_eq!(bench.vault.metadata(&name("shared")).unwrap().latest, 80);
    assert_eq!(bench.vault.list("thread-").unwrap().len(), 8);
}
