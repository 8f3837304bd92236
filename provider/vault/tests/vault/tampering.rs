//! Tampering with single records by someone who knows SQL and has no key: nothing goes unnoticed.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use coffer_vault::{
    LeaseRequest, Policy, RoleRequest, SignedDuration, Timestamp, TokenRequest, Vault,
    VersionSelector,
};
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::bench::{actor, folder_in_memory, key, name, put};

/// Every column that is sealed or authenticated, with what orders its table's rows.
const COLUMNS: [(&str, &str); 19] = [
    ("vault", "root"),
    ("vault", "state"),
    ("slot", "kind"),
    ("slot", "params"),
    ("slot", "sealed"),
    ("scope", "sealed_key"),
    ("scope", "keyring"),
    ("secret", "lookup"),
    ("secret", "head"),
    ("version", "data_key"),
    ("version", "meta"),
    ("version", "value"),
    ("audit_session", "sealed_key"),
    ("audit", "row"),
    ("audit", "mac"),
    ("policy", "sealed"),
    ("token", "record"),
    ("token", "sealed_grant"),
    ("lease", "sealed"),
];

/// The bytes and bits that are flipped: one in 184. `COFFER_EVERY_BIT` makes a long run flip every bit of every byte, which takes
/// about ten minutes. [`crate::every_bit`] always does, for what can be tried faster.
fn flips(length: usize) -> Vec<(usize, u8)> {
    if std::env::var_os("COFFER_EVERY_BIT").is_some() {
        return (0..length)
            .flat_map(|at| (0..8).map(move |bit| (at, bit)))
            .collect();
    }
    (0..length)
        .step_by(23)
        .map(|at| (at, (at % 8) as u8))
        .collect()
}

/// A vault with two rows of every kind, closed, and copies of it.
struct Original {
    folder: TempDir,
    path: PathBuf,
}

impl Original {
    fn new() -> Self {
        let folder = folder_in_memory();
        let path = folder.path().join("vault.db");
        let vault = Vault::init(&path, &key(), actor()).unwrap();
        fill(&vault);
        drop(vault);
        Self { folder, path }
    }

    /// A copy after `change`.
    fn changed(&self, change: impl FnOnce(&Connection)) -> PathBuf {
        let copy = self.folder.path().join("copy.db");
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(self.folder.path().join(format!("copy.db{suffix}")));
        }
        fs::copy(&self.path, &copy).unwrap();
        fs::set_permissions(&copy, Permissions::from_mode(0o600)).unwrap();
        let db = Connection::open(&copy).unwrap();
        db.execute_batch("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF")
            .unwrap();
        change(&db);
        copy
    }
}

fn fill(vault: &Vault) {
    vault.add_scope("prod/").unwrap();
    vault.add_scope("dev/").unwrap();
    for at in ["prod/db", "prod/api", "dev/db"] {
        put(vault, at, "one");
        put(vault, at, "two");
    }
    let other = coffer_vault::KeySource::KeyBytes(vec![b'o'; 32].into());
    vault.add_slot(&other, "second").unwrap();
    for policy in ["reader", "writer"] {
        vault.write_policy(policy, Policy::default()).unwrap();
        let token = TokenRequest {
            scopes: vec!["prod/".into()],
            policies: vec![policy.into()],
            rules: Vec::new(),
            ttl: SignedDuration::from_hours(1),
            max_ttl: SignedDuration::from_hours(1),
            uses: None,
            label: policy.into(),
        };
        vault.create_token(token.clone()).unwrap();
        let role = RoleRequest {
            token,
            secret_id_ttl: SignedDuration::from_hours(1),
            secret_id_uses: 2,
        };
        vault.create_role(policy, role).unwrap();
        vault.create_secret_id(policy).unwrap();
        let lease = LeaseRequest {
            name: name("prod/db"),
            kind: "test".into(),
            revocation: policy.into(),
            expires: Timestamp::MAX,
        };
        vault.register_lease(lease).unwrap();
    }
    let second = Vault::open(vault.path(), &key(), actor()).unwrap();
    second
        .get(&name("prod/db"), VersionSelector::Current)
        .unwrap();
}

/// Whether opening the vault or checking it tells that something is wrong.
fn is_noticed(path: &Path) -> bool {
    match Vault::open(path, &key(), actor()).and_then(|vault| vault.check()) {
        Err(_) => true,
        Ok(report) => !report.problems.is_empty(),
    }
}

/// A column of all rows.
fn column(db: &Connection, (table, column): (&str, &str)) -> Vec<Value> {
    let order = if matches!(table, "version") {
        "secret, number"
    } else {
        "1"
    };
    let mut all = db
        .prepare(&format!("SELECT {column} FROM {table} ORDER BY {order}"))
        .unwrap();
    let values = all.query_map([], |row| row.get(0)).unwrap();
    values.map(Result::unwrap).collect()
}

/// Replaces every occurrence of one value by another.
fn replace(db: &Connection, (table, column): (&str, &str), old: &Value, new: &Value) {
    let sql = format!("UPDATE OR REPLACE {table} SET {column} = ?1 WHERE {column} = ?2");
    assert!(db.execute(&sql, params![new, old]).unwrap() > 0);
}

fn flipped(value: &Value, at: usize, bit: u8) -> Option<Value> {
    match value {
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1 << bit;
            Some(Value::Blob(bytes))
        }
        Value::Text(text) => {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            String::from_utf8(bytes).ok().map(Value::Text)
        }
        _ => None,
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::Blob(bytes) => bytes.len(),
        Value::Text(text) => text.len(),
        _ => 0,
    }
}

#[test]
fn every_flipped_bit_of_a_sealed_column_is_noticed() {
    let original = Original::new();
    let untouched = original.changed(|_| {});
    assert!(!is_noticed(&untouched), "the original itself is damaged");
    for place in COLUMNS {
        let all = column(&Connection::open(&original.path).unwrap(), place);
        // Tables with rows of several kinds: policies and roles, tokens and secret ids.
        let rows = if matches!(place.0, "policy" | "token") {
            all.len()
        } else {
            1
        };
        for old in all.iter().take(rows) {
            for (at, bit) in flips(length(old)) {
                let Some(new) = flipped(old, at, bit) else {
                    continue;
                };
                let copy = original.changed(|db| replace(db, place, old, &new));
                assert!(is_noticed(&copy), "{place:?}, byte {at}, bit {bit}");
            }
        }
    }
}

#[test]
fn a_record_moved_to_another_row_is_noticed() {
    let original = Original::new();
    for place in COLUMNS {
        let all = column(&Connection::open(&original.path).unwrap(), place);
        for (from, source) in all.iter().enumerate() {
            for (to, target) in all.iter().enumerate() {
                if source == target {
                    continue;
                }
                let copied = original.changed(|db| replace(db, place, target, source));
                assert!(
                    is_noticed(&copied),
                    "{place:?}: row {from} copied over row {to}"
                );
                if from < to {
                    let aside = Value::Blob(b"aside".to_vec());
                    let swapped = original.changed(|db| {
                        if matches!(place, ("slot", "kind" | "params")) {
                            replace(db, place, target, source);
                            return;
                        }
                        replace(db, place, target, &aside);
                        replace(db, place, source, target);
                        replace(db, place, &aside, source);
                    });
                    assert!(
                        is_noticed(&swapped),
                        "{place:?}: rows {from} and {to} swapped"
                    );
                }
            }
        }
    }
}

#[test]
fn a_record_put_back_is_noticed() {
    let original = Original::new();
    let changed = original.folder.path().join("changed.db");
    fs::copy(&original.path, &changed).unwrap();
    fs::set_permissions(&changed, Permissions::from_mode(0o600)).unwrap();
    let vault = Vault::open(&changed, &key(), actor()).unwrap();
    put(&vault, "prod/db", "three");
    vault.set_enabled(&name("prod/api"), 1, false).unwrap();
    vault.rotate_term("prod/").unwrap();
    vault.write_policy("reader", Policy::default()).unwrap();
    for lease in vault.leases().unwrap() {
        vault.lease_failed(&lease.id, "later").unwrap();
    }
    let token = vault.tokens().unwrap().remove(0);
    vault
        .renew_token(&token.accessor, SignedDuration::from_mins(1))
        .unwrap();
    drop(vault);
    let later = Original {
        path: changed,
        folder: original.folder,
    };
    let mut put_back = 0;
    for place in COLUMNS {
        let old = column(&Connection::open(&original.path).unwrap(), place);
        let new = column(&Connection::open(&later.path).unwrap(), place);
        for (old, new) in old.iter().zip(&new).filter(|(old, new)| old != new) {
            put_back += 1;
            let copy = later.changed(|db| replace(db, place, new, old));
            assert!(is_noticed(&copy), "{place:?}");
        }
    }
    assert!(put_back >= 8, "only {put_back} records had changed");
}

#[test]
fn a_record_of_another_vault_is_noticed() {
    let (original, other) = (Original::new(), Original::new());
    for place in COLUMNS {
        let own = column(&Connection::open(&original.path).unwrap(), place).remove(0);
        let foreign = column(&Connection::open(&other.path).unwrap(), place).remove(0);
        if own == foreign {
            continue;
        }
        let copy = original.changed(|db| replace(db, place, &own, &foreign));
        assert!(is_noticed(&copy), "{place:?}");
    }
}
