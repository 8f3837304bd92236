//! Reading every value to search for it.

use coffer_vault::{Error, Operation, VersionSelector};

use crate::bench::{Bench, name, put, text};

#[test]
fn every_value_that_is_left_is_read_in_one_row() {
    let bench = Bench::new();
    let vault = &bench.vault;
    put(vault, "prod/db", "only-for-tests-1");
    put(vault, "prod/db", "only-for-tests-2");
    put(vault, "prod/db", "only-for-tests-3");
    put(vault, "dev/db", "only-for-tests-4");
    vault.destroy(&name("prod/db"), &[1]).unwrap();
    vault.set_enabled(&name("prod/db"), 2, false).unwrap();
    let refused = vault.get(&name("prod/db"), VersionSelector::Version(2));
    assert!(matches!(refused, Err(Error::Disabled { .. })));

    let found = vault.prove("").unwrap();
    let values: Vec<&str> = found.values.iter().map(|one| text(&one.value)).collect();
    assert_eq!(
        values,
        ["only-for-tests-4", "only-for-tests-2", "only-for-tests-3"]
    );
    assert_eq!(found.left_out, []);
    assert_eq!(vault.prove("dev/").unwrap().values.len(), 1);
    assert_eq!(vault.prove("none/").unwrap().values.len(), 0);

    let rows = vault.newest_audit_rows(50).unwrap();
    let proofs: Vec<_> = rows
        .iter()
        .filter(|row| row.event.operation == Operation::Prove)
        .collect();
    assert_eq!(proofs.len(), 3);
    let items: Vec<(&str, Option<u64>)> = proofs[0]
        .event
        .items
        .iter()
        .map(|item| (item.name.as_str(), item.version))
        .collect();
    assert_eq!(
        items,
        [
            ("dev/db", Some(1)),
            ("prod/db", Some(2)),
            ("prod/db", Some(3))
        ]
    );
}
