//! What the holder of a token and the file can decrypt with software of his own: the crate's internals without its rules.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{Bearer, TokenRequest};
use crate::actor::Actor;
use crate::hazmat::{Key, Kind, Place, VaultId, open};
use crate::keys::{Keys, Opener};
use crate::name::SecretName;
use crate::put::PutRequest;
use crate::secret::Secret;
use crate::slot::KeySource;
use crate::vault::Vault;

const NAMES: [&str; 4] = ["prod/db", "prod/payments/key", "dev/db", "alone"];

fn put(vault: &Vault, name: &str, value: &str) {
    let request = PutRequest::new(Secret::copy_from(value.as_bytes()));
    vault
        .put(&SecretName::parse(name).unwrap(), request)
        .unwrap();
}

/// A vault with three scopes, and a token for `prod/` that may only list: what it may read by its keys is more.
fn vault_and_token() -> (tempfile::TempDir, PathBuf, Vault, Secret) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.db");
    let key = KeySource::KeyBytes(Secret::copy_from(&[7; 32]));
    let vault = Vault::init(&path, &key, Actor::this_process("test")).unwrap();
    vault.add_scope("prod/").unwrap();
    vault.add_scope("prod/payments/").unwrap();
    for name in NAMES {
        put(&vault, name, name);
    }
    let token = vault
        .create_token(TokenRequest {
            scopes: vec!["prod/".into()],
            policies: Vec::new(),
            rules: Vec::new(),
            ttl: jiff::SignedDuration::from_hours(1),
            max_ttl: jiff::SignedDuration::from_hours(1),
            uses: None,
            label: String::new(),
        })
        .unwrap();
    (folder, path, vault, token.secret)
}

/// Every key that the token's holder can get at.
fn keys_of(path: &Path, token: &Secret) -> (VaultId, Vec<Key>) {
    let db = Connection::open(path).unwrap();
    let bearer = Bearer::parse(token).unwrap();
    let keys = Keys::load(&db, path, &Opener::Token(bearer.clone())).unwrap();
    let mut all = vec![bearer.key(), keys.writer.clone(), keys.set.clone()];
    for scope in &keys.scopes {
        all.extend([scope.key.clone(), scope.keyring.index.clone()]);
        all.extend(scope.keyring.terms.values().map(|term| term.key.clone()));
    }
    (keys.vault, all)
}

/// Scope, number, term, wrapped data key and sealed value.
type Version = (u64, u64, u32, Vec<u8>, Vec<u8>);

/// The names of the values in the file that open with these keys, each tried in its own place. Every data key that opens
/// is tried on every value.
fn readable(path: &Path, vault: VaultId, keys: &[Key]) -> Vec<String> {
    let db = Connection::open(path).unwrap();
    let mut rows = db
        .prepare(
            "SELECT secret.scope, version.number, version.term, version.data_key, version.value
             FROM version JOIN secret ON secret.id = version.secret",
        )
        .unwrap();
    let versions: Vec<Version> = rows
        .query_map([], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut every_key = keys.to_vec();
    let mut found = Vec::new();
    for name in NAMES.iter().chain(&["prod/later"]) {
        for (scope, number, term, data_key, _) in &versions {
            let place = Place::new(vault, Kind::DataKey)
                .scope(*scope)
                .path(name.as_bytes())
                .number(*number)
                .term(*term);
            let opened = keys.iter().find_map(|key| open(key, &place, data_key).ok());
            every_key.extend(opened.and_then(|key| Key::from_bytes(key.danger_expose())));
        }
    }
    for name in NAMES.iter().chain(&["prod/later"]) {
        for (_, number, _, _, value) in &versions {
            let place = Place::new(vault, Kind::Value)
                .path(name.as_bytes())
                .number(*number);
            if every_key.iter().any(|key| open(key, &place, value).is_ok()) {
                found.push((*name).to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_token_and_the_file_open_what_was_granted_and_nothing_else() {
    let (_folder, path, _vault, token) = vault_and_token();
    let (vault, keys) = keys_of(&path, &token);
    assert_eq!(readable(&path, vault, &keys), ["prod/db"]);
    let db = Connection::open(&path).unwrap();
    let opens = |sql: &str, place: &dyn Fn(u64) -> Place<'static>| {
        let mut rows = db.prepare(sql).unwrap();
        let rows: Vec<(u64, Vec<u8>)> = rows
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(!rows.is_empty());
        rows.iter()
            .filter(|(id, record)| {
                keys.iter()
                    .any(|key| open(key, &place(*id), record).is_ok())
            })
            .count()
    };
    let root = Place::new(vault, Kind::RootKeyring);
    assert_eq!(opens("SELECT 1, root FROM vault", &|_| root), 0);
    let scope_key = |id| Place::new(vault, Kind::ScopeKey).scope(id);
    assert_eq!(opens("SELECT id, sealed_key FROM scope", &scope_key), 0);
    let keyring = |id| Place::new(vault, Kind::Keyring).scope(id);
    assert_eq!(opens("SELECT id, keyring FROM scope", &keyring), 1);
    let row = |seq| Place::new(vault, Kind::AuditRow).number(seq);
    assert_eq!(
        opens("SELECT seq, row FROM audit", &row),
        0,
        "the trail of others"
    );
}

#[test]
fn after_a_revocation_the_old_keys_open_nothing_that_is_written_later() {
    let (_folder, path, vault, token) = vault_and_token();
    let (id, keys) = keys_of(&path, &token);
    let accessor = vault.tokens().unwrap()[0].accessor.clone();
    let revocation = vault.revoke_token(&accessor).unwrap();
    assert_eq!(revocation.readable, ["prod/db"]);
    put(&vault, "prod/later", "x");
    put(&vault, "prod/db", "replaced");
    assert_eq!(
        readable(&path, id, &keys),
        ["prod/db"],
        "version 1, which it could read before"
    );
    vault.rewrap("prod/", 100).unwrap();
    assert_eq!(readable(&path, id, &keys), [""; 0], "its old term is gone");
    let db = Connection::open(&path).unwrap();
    let state: Vec<u8> = db
        .query_row("SELECT state FROM vault", [], |row| row.get(0))
        .unwrap();
    let place = Place::new(id, Kind::State);
    assert!(keys.iter().all(|key| open(key, &place, &state).is_err()));
}
