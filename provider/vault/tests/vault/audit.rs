//! The audit trail: what it says, and that no change to it goes unnoticed.

use std::sync::{Arc, Mutex};

use coffer_vault::{
    Actor, AuditRecord, AuditSink, Error, JsonLinesSink, KeySource, Operation, Outcome, Vault,
    VersionSelector,
};

use crate::bench::{Bench, actor, key, name, put, secret};

fn filled() -> Bench {
    let bench = Bench::new();
    put(&bench.vault, "prod/db", "one");
    for _ in 0..3 {
        bench
            .vault
            .get(&name("prod/db"), VersionSelector::Current)
            .unwrap();
    }
    bench
}

/// Runs SQL on the file behind the vault's back.
fn tamper(bench: &Bench, sql: &str) {
    let db = rusqlite::Connection::open(&bench.path).unwrap();
    db.execute_batch(sql).unwrap();
}

fn first_problem(bench: &Bench) -> (u64, String) {
    let report = bench.vault.verify_audit(&[]).unwrap();
    let problem = report
        .problems
        .first()
        .expect("the change went unnoticed")
        .clone();
    (problem.row, problem.what)
}

#[test]
fn every_access_and_every_refusal_is_a_row_and_none_holds_a_value() {
    let bench = filled();
    let _ = bench
        .vault
        .get(&name("prod/nothing"), VersionSelector::Current);
    let rows = bench.vault.audit_rows(1, |_| true).unwrap();
    let told: Vec<(Operation, Outcome)> = rows
        .iter()
        .map(|row| (row.event.operation, row.event.outcome))
        .collect();
    let ok = Outcome::Ok;
    assert_eq!(
        told,
        [
            (Operation::Init, ok),
            (Operation::Put, ok),
            (Operation::Get, ok),
            (Operation::Get, ok),
            (Operation::Get, ok),
            (Operation::Get, Outcome::Failed),
        ]
    );
    assert_eq!(rows[1].event.items[0].name, "prod/db");
    assert_eq!(rows[1].event.items[0].version, Some(1));
    assert_eq!(rows[2].event.actor.via, "test");
    assert!(!serde_json::to_string(&rows).unwrap().contains("one"));
    assert!(bench.vault.verify_audit(&[]).unwrap().problems.is_empty());
}

#[test]
fn a_changed_row_is_named() {
    let bench = filled();
    tamper(
        &bench,
        "UPDATE audit SET row = zeroblob(length(row)) WHERE seq = 3",
    );
    assert_eq!(
        first_problem(&bench),
        (3, "it was changed, moved or inserted".into())
    );
}

#[test]
fn a_removed_row_is_named() {
    let bench = filled();
    tamper(&bench, "DELETE FROM audit WHERE seq = 3");
    assert_eq!(
        first_problem(&bench),
        (4, "the rows from 3 to 3 are missing".into())
    );
}

#[test]
fn two_rows_that_changed_places_are_named() {
    let bench = filled();
    tamper(
        &bench,
        "UPDATE audit SET seq = 100 WHERE seq = 3; UPDATE audit SET seq = 3 WHERE seq = 4;
         UPDATE audit SET seq = 4 WHERE seq = 100;",
    );
    assert_eq!(
        first_problem(&bench),
        (3, "it was changed, moved or inserted".into())
    );
}

#[test]
fn a_trail_that_was_cut_or_lengthened_stops_the_vault() {
    for sql in [
        "DELETE FROM audit WHERE seq = 5",
        "INSERT INTO audit SELECT seq + 1, session, row, mac FROM audit WHERE seq = 5",
    ] {
        let bench = filled();
        tamper(&bench, sql);
        let error = bench
            .vault
            .get(&name("prod/db"), VersionSelector::Current)
            .err()
            .unwrap();
        assert!(
            error.to_string().contains("the audit trail ends at row"),
            "{error}"
        );
    }
}

#[test]
fn a_file_that_was_put_back_is_noticed_by_a_checkpoint() {
    let bench = filled();
    let old = bench.vault.audit_checkpoint().unwrap();
    let Bench {
        vault,
        path,
        folder,
    } = bench;
    drop(vault);
    let copy = std::fs::read(&path).unwrap();
    let vault = Vault::open(&path, &key(), actor()).unwrap();
    put(&vault, "prod/db", "two");
    let new = vault.audit_checkpoint().unwrap();
    let both = [old.clone(), new.clone()];
    assert!(vault.verify_audit(&both).unwrap().problems.is_empty());
    drop(vault);
    std::fs::write(&path, copy).unwrap();
    let vault = Vault::open(&path, &key(), actor()).unwrap();
    let problems = vault
        .verify_audit(std::slice::from_ref(&new))
        .unwrap()
        .problems;
    assert!(problems[0].what.contains("older copy"), "{problems:?}");
    assert!(vault.verify_audit(&[old]).unwrap().problems.is_empty());
    // Other rows have been written since; they are not those of the checkpoint.
    vault.verify_audit(&[]).unwrap();
    assert_eq!(vault.verify_audit(&[new]).unwrap().problems.len(), 1);
    drop(folder);
}

#[test]
fn a_forged_checkpoint_or_one_of_another_vault_is_refused() {
    let bench = filled();
    let note = bench.vault.audit_checkpoint().unwrap();
    let forged = note.replacen("\n5\n", "\n4\n", 1);
    assert_ne!(note, forged);
    let refused = |note: String| {
        matches!(
            bench.vault.verify_audit(&[note]),
            Err(Error::BadCheckpoint { .. })
        )
    };
    assert!(refused(forged));
    assert!(refused(Bench::new().vault.audit_checkpoint().unwrap()));
    assert!(refused("nonsense".into()));
    assert!(!refused(note));
}

#[test]
fn rows_put_back_or_taken_away_are_found_by_the_check() {
    for (what, sql) in [
        (
            "an older head",
            "UPDATE secret SET head = (SELECT head FROM old), revision = 1",
        ),
        (
            "a removed secret",
            "DELETE FROM folder; DELETE FROM version; DELETE FROM secret",
        ),
        ("a removed slot", "DELETE FROM slot WHERE id = 2"),
        ("a removed listing", "DELETE FROM folder"),
    ] {
        let bench = Bench::new();
        put(&bench.vault, "prod/db", "one");
        bench
            .vault
            .add_slot(&KeySource::KeyBytes(vec![1; 32].into()), "")
            .unwrap();
        tamper(&bench, "CREATE TABLE old AS SELECT head FROM secret");
        put(&bench.vault, "prod/db", "two");
        assert!(
            bench.vault.check().unwrap().problems.is_empty(),
            "{what}: too early"
        );
        tamper(&bench, sql);
        assert!(
            !bench.vault.check().unwrap().problems.is_empty(),
            "{what} went unnoticed"
        );
    }
}

#[test]
fn a_json_lines_sink_gets_every_row_of_its_handle() {
    let bench = Bench::new();
    let path = bench.folder.path().join("audit.jsonl");
    let sink = Arc::new(JsonLinesSink::open(&path).unwrap());
    let vault = bench.reopen().with_sink(sink);
    put(&vault, "prod/db", "one");
    let lines = std::fs::read_to_string(&path).unwrap();
    let row: serde_json::Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!((&row["seq"], &row["operation"]), (&2.into(), &"put".into()));
    assert_eq!(row["items"][0]["name"], "prod/db");
    let note = vault.audit_checkpoint().unwrap();
    let lines = std::fs::read_to_string(&path).unwrap();
    let last: serde_json::Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!(last["checkpoint"], note.as_str());
}

#[test]
fn what_a_sink_does_not_take_is_not_handed_out() {
    struct Broken(Mutex<u32>);
    impl AuditSink for Broken {
        fn describe(&self) -> String {
            "broken".into()
        }
        fn deliver(&self, records: &[AuditRecord]) -> Result<(), String> {
            *self.0.lock().unwrap() += u32::try_from(records.len()).unwrap();
            Err("no connection".into())
        }
        fn deliver_checkpoint(&self, _note: &str) -> Result<(), String> {
            Err("no connection".into())
        }
    }
    let bench = filled();
    let sink = Arc::new(Broken(Mutex::new(0)));
    let vault = bench.reopen().with_sink(sink.clone());
    let answer = vault.get(&name("prod/db"), VersionSelector::Current);
    assert!(matches!(answer, Err(Error::SinkFailed { .. })));
    assert_eq!(*sink.0.lock().unwrap(), 1);
    let checkpoint = vault.audit_checkpoint();
    assert!(matches!(checkpoint, Err(Error::SinkFailed { .. })));
}

#[test]
fn a_failed_attempt_to_open_is_a_row_once_someone_opens() {
    let bench = filled();
    let wrong = KeySource::KeyBytes(secret("wrong-wrong-wrong-wrong-wrong-wrong-"));
    for _ in 0..2 {
        assert!(Vault::open(&bench.path, &wrong, Actor::this_process("guesser")).is_err());
    }
    put(&bench.vault, "a", "x");
    let failed = bench
        .vault
        .audit_rows(1, |row| row.event.operation == Operation::OpenFailed)
        .unwrap();
    assert_eq!(failed.len(), 2);
    assert_eq!(failed[0].event.outcome, Outcome::Denied);
    assert_eq!(failed[0].event.actor.via, "guesser");
    assert!(bench.vault.check().unwrap().problems.is_empty());
}
