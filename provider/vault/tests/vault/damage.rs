//! Damage and tampering: nothing wrong is ever handed out, and what is wrong is named.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use coffer_vault::{Error, ErrorKind, KeySource, Vault, VersionSelector};

use crate::bench::{Bench, actor, key, name, put, secret, text};

const CURRENT: VersionSelector = VersionSelector::Current;

/// Opens, reads everything and checks; returns what was read, or the first error.
fn read_all(path: &Path) -> Result<Vec<String>, Error> {
    let vault = Vault::open(path, &key(), actor())?;
    let mut found = Vec::new();
    for at in ["prod/db", "prod/api", "dev/db"] {
        found.push(text(&vault.get(&name(at), CURRENT)?.value).to_owned());
    }
    vault.list("")?;
    let report = vault.check()?;
    match report.problems.first() {
        Some(problem) => Err(Error::Corrupted {
            path: path.to_path_buf(),
            what: format!("{}: {}", problem.what, problem.detail),
        }),
        None => Ok(found),
    }
}

fn filled() -> Bench {
    let bench = Bench::new();
    for (at, value) in [("prod/db", "one"), ("prod/api", "two"), ("dev/db", "three")] {
        put(&bench.vault, at, value);
    }
    bench.vault.check().unwrap();
    bench
}

/// The bytes of a filled vault that nobody has open.
fn filled_bytes() -> Vec<u8> {
    let Bench {
        vault,
        path,
        folder,
    } = filled();
    drop(vault);
    let bytes = fs::read(&path).unwrap();
    drop(folder);
    bytes
}

/// Reads a vault of these bytes in a folder of its own.
fn read_bytes(bytes: &[u8]) -> Result<Vec<String>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.db");
    fs::write(&path, bytes).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    read_all(&path)
}

#[test]
fn damage_anywhere_in_the_file_is_either_harmless_or_named() {
    let whole = filled_bytes();
    let mut named = 0;
    for start in (0..whole.len()).step_by(256) {
        let mut damaged = whole.clone();
        for byte in damaged.iter_mut().skip(start).take(16) {
            *byte ^= 0xa5;
        }
        match read_bytes(&damaged) {
            Ok(found) => assert_eq!(found, ["one", "two", "three"], "wrong values after {start}"),
            Err(error) => {
                assert!(
                    matches!(error.kind(), ErrorKind::Damaged | ErrorKind::NotFound)
                        || matches!(error, Error::NoSuchSlot { .. }),
                    "damage at {start} was reported as: {error}"
                );
                named += 1;
            }
        }
    }
    assert!(
        named > whole.len() / 256 / 10,
        "only {named} damages were noticed"
    );
    assert!(read_bytes(&whole).is_ok());
}

#[test]
fn a_file_cut_short_is_named() {
    let whole = filled_bytes();
    for length in [
        0,
        1,
        50,
        100,
        1000,
        4096,
        whole.len() / 2,
        whole.len() - 4096,
    ] {
        let error = read_bytes(&whole[..length])
            .err()
            .unwrap_or_else(|| panic!("{length} were enough"));
        assert_eq!(error.kind(), ErrorKind::Damaged, "{length} bytes: {error}");
    }
}

#[test]
fn a_foreign_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    fs::write(&path, "x".repeat(5000)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(
        Vault::open(&path, &key(), actor()),
        Err(Error::NotAVault { .. })
    ));
    assert!(matches!(
        Vault::init(&path, &key(), actor()),
        Err(Error::Exists { .. })
    ));
    assert_eq!(fs::read(&path).unwrap(), "x".repeat(5000).as_bytes());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_newer_format_is_named_as_such() {
    let mut bytes = filled_bytes();
    bytes[63] = 9;
    assert!(matches!(
        read_bytes(&bytes),
        Err(Error::NewerFormat { found: 9, .. })
    ));
}

#[test]
fn a_missing_vault_and_a_wrong_key_are_told_apart() {
    let bench = filled();
    let missing = bench.folder.path().join("nothing.db");
    assert!(matches!(
        Vault::open(&missing, &key(), actor()),
        Err(Error::Missing { .. })
    ));
    let wrong = KeySource::KeyBytes(secret(&"w".repeat(40)));
    assert!(matches!(
        Vault::open(&bench.path, &wrong, actor()),
        Err(Error::WrongKey { .. })
    ));
    let passphrase = KeySource::Passphrase(secret("wrong"));
    assert!(matches!(
        Vault::open(&bench.path, &passphrase, actor()),
        Err(Error::NoSuchSlot { .. })
    ));
    let short = KeySource::KeyBytes(secret("short"));
    assert!(matches!(
        Vault::open(&bench.path, &short, actor()),
        Err(Error::UnusableKey { .. })
    ));
}

#[test]
fn a_passphrase_opens_the_vault_and_another_one_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.db");
    let passphrase = |text| KeySource::Passphrase(secret(text));
    Vault::init(&path, &passphrase("test-only words"), actor()).unwrap();
    assert!(Vault::open(&path, &passphrase("test-only words"), actor()).is_ok());
    assert!(matches!(
        Vault::open(&path, &passphrase("test-only word"), actor()),
        Err(Error::WrongKey { .. })
    ));
}

#[test]
fn files_that_others_can_reach_are_refused() {
    let bench = filled();
    for mode in [0o640, 0o604, 0o666] {
        fs::set_permissions(&bench.path, fs::Permissions::from_mode(mode)).unwrap();
        match read_all(&bench.path) {
            Err(error @ Error::LoosePermissions { .. }) => {
                assert!(error.remedy().unwrap().contains("chmod 600 "));
            }
            other => panic!("mode {mode:o}: {other:?}"),
        }
    }
    fs::set_permissions(&bench.path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(matches!(read_all(&bench.path), Err(Error::ReadOnly { .. })));
}

#[test]
fn a_new_vault_and_key_are_private_and_overwrite_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, key_path) = (
        folder.path().join("vault.db"),
        folder.path().join("vault.key"),
    );
    coffer_vault::create_key_file(&key_path).unwrap();
    assert!(matches!(
        coffer_vault::create_key_file(&key_path),
        Err(Error::Exists { .. })
    ));
    let key = KeySource::KeyFile(key_path.clone());
    let vault = Vault::init(&path, &key, actor()).unwrap();
    put(&vault, "a", "x");
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
    }
    assert!(matches!(
        Vault::init(&path, &key, actor()),
        Err(Error::Exists { .. })
    ));
    fs::set_permissions(&key_path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(
        Vault::open(&path, &key, actor()),
        Err(Error::LoosePermissions { .. })
    ));
}

#[test]
fn a_destroyed_value_and_its_key_are_gone_from_every_file() {
    let bench = Bench::new();
    put(&bench.vault, "prod/db", "one");
    put(&bench.vault, "prod/db", "two");
    let wrapped = column(&bench, "data_key");
    let value = column(&bench, "value");
    assert!(
        everything(&bench)
            .windows(wrapped.len())
            .any(|bytes| bytes == wrapped)
    );
    bench.vault.destroy(&name("prod/db"), &[1]).unwrap();
    for gone in [&wrapped[10..], &value[10..]] {
        for part in gone.chunks(32).filter(|part| part.len() == 32) {
            let left = everything(&bench)
                .windows(32)
                .filter(|bytes| *bytes == part)
                .count();
            assert_eq!(
                left, 0,
                "a part of the destroyed version is still in the file"
            );
        }
    }
}

/// A column of the first version's row.
fn column(bench: &Bench, column: &str) -> Vec<u8> {
    let db = rusqlite::Connection::open(&bench.path).unwrap();
    db.query_row(
        &format!("SELECT {column} FROM version WHERE number = 1"),
        [],
        |row| row.get(0),
    )
    .unwrap()
}

/// The bytes of the vault and of the files beside it.
fn everything(bench: &Bench) -> Vec<u8> {
    let mut bytes = Vec::new();
    for file in fs::read_dir(bench.folder.path()).unwrap() {
        bytes.extend(fs::read(file.unwrap().path()).unwrap());
    }
    bytes
}

#[test]
fn no_name_value_or_label_stands_in_the_file() {
    let bench = Bench::new();
    let canary = "canary-value-never-in-the-clear";
    let mut change = coffer_vault::MetadataChange::default();
    change
        .labels
        .insert("canary-label".into(), Some("canary-text".into()));
    let request = coffer_vault::PutRequest::new(secret(canary)).with_metadata(change);
    bench
        .vault
        .put(&name("canary-folder/canary-name"), request)
        .unwrap();
    bench
        .vault
        .get(&name("canary-folder/canary-name"), CURRENT)
        .unwrap();
    let bytes = everything(&bench);
    assert!(!bytes.windows(6).any(|window| window == b"canary"));
}
