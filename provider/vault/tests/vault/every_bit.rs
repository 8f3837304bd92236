//! Every bit of what opens a vault and of its trail, flipped one by one in place: slots, keyrings, audit rows. What a record
//! does with a flipped bit is tried where records are made; a part of every other column in [`crate::tampering`].

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use coffer_vault::{KeySource, Vault};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::bench::{actor, folder_in_memory, key, put};

/// A vault that is closed, and a connection that changes it without waiting for the disk.
struct Closed {
    db: Connection,
    path: PathBuf,
    /// Goes away with it.
    _folder: TempDir,
}

impl Closed {
    fn new() -> Self {
        let folder = folder_in_memory();
        let path = folder.path().join("vault.db");
        let vault = Vault::init(&path, &key(), actor()).unwrap();
        let other = KeySource::KeyBytes(vec![b'o'; 32].into());
        vault.add_slot(&other, "second").unwrap();
        vault.add_scope("prod/").unwrap();
        put(&vault, "prod/db", "one");
        drop(vault);
        let db = Connection::open(&path).unwrap();
        db.execute_batch("PRAGMA synchronous = OFF").unwrap();
        Self {
            db,
            path,
            _folder: folder,
        }
    }

    /// A copy, in the place of the last one, and a connection that changes it.
    fn copy(&self) -> (PathBuf, Connection) {
        let copy = self.path.with_file_name("copy.db");
        for suffix in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(self.path.with_file_name(format!("copy.db{suffix}")));
        }
        let sql = format!("VACUUM INTO '{}'", copy.display());
        self.db.execute_batch(&sql).unwrap();
        fs::set_permissions(&copy, Permissions::from_mode(0o600)).unwrap();
        let db = Connection::open(&copy).unwrap();
        db.execute_batch("PRAGMA synchronous = OFF").unwrap();
        (copy, db)
    }

    /// The bytes of a column in the row where `is`.
    fn read(&self, table: &str, column: &str, is: &str) -> Vec<u8> {
        let sql = format!("SELECT {column} FROM {table} WHERE {is}");
        let bytes = |row: &rusqlite::Row<'_>| match row.get_ref(0)? {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Ok(bytes.to_vec()),
            _ => Ok(Vec::new()),
        };
        self.db.query_row(&sql, [], bytes).unwrap()
    }

    /// Flips every bit of the column and asks each time whether it `is_noticed`. Texts stay texts, valid or not.
    fn flip_every_bit(
        &self,
        (table, column, is): (&str, &str, &str),
        is_noticed: impl Fn() -> bool,
    ) {
        let whole = self.read(table, column, is);
        let ty = format!("SELECT typeof({column}) FROM {table} WHERE {is}");
        let ty: String = self.db.query_row(&ty, [], |row| row.get(0)).unwrap();
        let sql = format!("UPDATE {table} SET {column} = CAST(?1 AS {ty}) WHERE {is}");
        let write = |bytes: &[u8]| self.db.execute(&sql, params![bytes]).unwrap();
        assert!(!whole.is_empty());
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut changed = whole.clone();
                changed[at] ^= 1 << bit;
                write(&changed);
                assert!(is_noticed(), "{table}.{column}, byte {at}, bit {bit}");
            }
        }
        write(&whole);
        assert_eq!(self.read(table, column, is), whole);
    }
}

#[test]
fn every_flipped_bit_of_a_slot_or_a_keyring_keeps_the_vault_closed() {
    let closed = Closed::new();
    let opens = || Vault::open(&closed.path, &key(), actor()).is_ok();
    assert!(opens());
    for place in [
        ("slot", "kind", "id = 1"),
        ("slot", "label", "id = 2"),
        ("slot", "params", "id = 1"),
        ("slot", "sealed", "id = 1"),
        ("vault", "root", "true"),
        ("scope", "sealed_key", "id = 2"),
        ("scope", "keyring", "id = 2"),
    ] {
        // A slot is opened with its own key.
        let second = KeySource::KeyBytes(vec![b'o'; 32].into());
        let own = if place.2 == "id = 2" && place.0 == "slot" {
            second
        } else {
            key()
        };
        closed.flip_every_bit(place, || {
            let refused = Vault::open(&closed.path, &own, actor()).is_err();
            // Failed attempts are noted beside the trail, and would pile up.
            closed.db.execute("DELETE FROM attempt", []).unwrap();
            refused
        });
    }
    assert!(opens(), "as it was, it opens");
}

/// Verifying adds a row itself, so that a trail that is verified again and again takes longer each time: after so many
/// flips a fresh copy is taken.
const FLIPS_OF_A_COPY: usize = 64;

#[test]
fn every_flipped_bit_of_an_audit_row_is_found() {
    let closed = Closed::new();
    for column in ["row", "mac"] {
        let whole = closed.read("audit", column, "seq = 3");
        let sql = format!("UPDATE audit SET {column} = ?1 WHERE seq = 3");
        let flips: Vec<usize> = (0..whole.len() * 8).collect();
        for flips in flips.chunks(FLIPS_OF_A_COPY) {
            let (copy, db) = closed.copy();
            let vault = Vault::open(&copy, &key(), actor()).unwrap();
            for flip in flips {
                let mut changed = whole.clone();
                changed[flip / 8] ^= 1 << (flip % 8);
                db.execute(&sql, [&changed]).unwrap();
                let report = vault.verify_audit(&[]).unwrap();
                let first = report.problems.first().map(|problem| problem.row);
                assert_eq!(first, Some(3), "{column}, bit {flip}");
            }
            db.execute(&sql, [&whole]).unwrap();
            let report = vault.verify_audit(&[]).unwrap();
            assert!(report.problems.is_empty(), "as it was, it is whole");
        }
    }
}
