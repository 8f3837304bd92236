//! Slots whose key another system wraps. The real system is tested where the client of it is; here it is a stand-in, so that
//! what the slot looks like in the file can be frozen.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;

use coffer_vault::{Error, KeySource, KeyWrap, Secret, Vault, VersionSelector};

use crate::bench::{actor, name, put};
use crate::golden::{KEY, golden, read_independently};

/// A stand-in for a transit engine, which "encrypts" by writing the bytes backwards in hexadecimal.
struct Backwards {
    refuses: bool,
}

impl KeyWrap for Backwards {
    fn kind(&self) -> &str {
        "transit"
    }

    fn describe(&self) -> String {
        "the transit key golden at https://bao.example".into()
    }

    fn wrap(&self, key: &Secret) -> Result<String, String> {
        let backwards = key.danger_expose().iter().rev();
        let text: String = backwards.map(|byte| format!("{byte:02x}")).collect();
        Ok(format!("vault:v1:{text}"))
    }

    fn unwrap_key(&self, wrapped: &str) -> Result<Secret, String> {
        let text = wrapped.strip_prefix("vault:v1:").filter(|_| !self.refuses);
        let text = text.ok_or("permission denied")?;
        let pairs = (0..text.len()).step_by(2).rev();
        let bytes = pairs.map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap());
        Ok(Secret::from(bytes.collect::<Vec<u8>>()))
    }
}

fn transit(refuses: bool) -> KeySource {
    KeySource::Wrapped(Arc::new(Backwards { refuses }))
}

/// A copy of the golden vault with such a slot, and of its key file, that may be opened.
fn copy() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (vault, key) = (folder.path().join("vault.db"), folder.path().join("key"));
    fs::copy(golden("vault-1-transit.db"), &vault).unwrap();
    fs::write(&key, KEY).unwrap();
    for file in [&vault, &key] {
        fs::set_permissions(file, Permissions::from_mode(0o600)).unwrap();
    }
    (folder, vault, key)
}

#[test]
fn a_frozen_vault_opens_by_its_transit_slot_and_by_its_key_file() {
    let (_folder, path, file) = copy();
    for key in [transit(false), KeySource::KeyFile(file)] {
        let vault = Vault::open(&path, &key, actor()).unwrap();
        let read = vault
            .get(&name("prod/db"), VersionSelector::Current)
            .unwrap();
        assert_eq!(read.value.danger_expose(), b"behind a transit slot");
        let kinds: Vec<String> = vault
            .slots()
            .unwrap()
            .into_iter()
            .map(|it| it.kind)
            .collect();
        assert_eq!(kinds, ["key-file", "transit"]);
        assert!(vault.check().unwrap().problems.is_empty());
    }
}

#[test]
fn an_independent_reader_passes_over_the_slot_that_it_cannot_unwrap() {
    let (_folder, path, key) = copy();
    let found = read_independently(&path, &key, "");
    let value: String = b"behind a transit slot"
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        found["secrets"]["prod/db"]["versions"]["1"]["value"],
        value.as_str()
    );
}

#[test]
fn a_system_that_refuses_is_named_with_its_reason() {
    let (_folder, path, _) = copy();
    let error = Vault::open(&path, &transit(true), actor()).err().unwrap();
    assert!(matches!(error, Error::KeySystem { .. }), "{error}");
    assert_eq!(
        error.to_string(),
        "the transit key golden at https://bao.example gave no key: permission denied"
    );
}

/// Writes the golden file, for the one time when such slots are new.
#[test]
#[ignore = "writes into tests/golden: only for a new format"]
fn write_golden_file() {
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = (folder.path().join("vault.db"), folder.path().join("key"));
    fs::write(&file, KEY).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let vault = Vault::init(&path, &KeySource::KeyFile(file), actor()).unwrap();
    put(&vault, "prod/db", "behind a transit slot");
    vault.add_slot(&transit(false), "production").unwrap();
    drop(vault);
    fs::copy(&path, golden("vault-1-transit.db")).unwrap();
}
