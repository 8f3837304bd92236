//! Backups: consistent while in use, and restored only whole.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use coffer_vault::{Error, KeySource, Vault, VersionSelector};

use crate::bench::{Bench, actor, key, name, put, secret, text};

const CURRENT: VersionSelector = VersionSelector::Current;

#[test]
fn a_backup_made_while_others_write_restores_to_a_whole_vault() {
    let bench = Bench::new();
    for n in 0..50 {
        put(&bench.vault, &format!("prod/{n}"), &"x".repeat(n * 100));
    }
    let other = bench.reopen();
    let writer = std::thread::spawn(move || {
        for n in 0..50 {
            put(&other, "busy", &n.to_string());
        }
    });
    let file = bench.folder.path().join("backup.coffer");
    let made = bench.vault.backup(&file).unwrap();
    writer.join().unwrap();
    assert_eq!(made.bytes, fs::metadata(&file).unwrap().len());
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let to = bench.folder.path().join("restored.db");
    let report = Vault::restore_backup(&file, &to, &key(), actor()).unwrap();
    assert!(report.secrets >= 50);
    let restored = Vault::open(&to, &key(), actor()).unwrap();
    assert_eq!(
        text(&restored.get(&name("prod/3"), CURRENT).unwrap().value),
        "x".repeat(300)
    );
    put(&restored, "prod/new", "x");
    assert!(restored.check().unwrap().problems.is_empty());
    drop(restored);
    let left: Vec<String> = fs::read_dir(bench.folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|file| !file.starts_with("vault.db"))
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_backup_hides_what_is_in_it_and_is_never_overwritten() {
    let bench = Bench::new();
    put(&bench.vault, "canary-name", "canary-value");
    let file = bench.folder.path().join("backup");
    bench.vault.backup(&file).unwrap();
    let bytes = fs::read(&file).unwrap();
    for shown in ["canary", "SQLite", "CREATE TABLE"] {
        assert!(
            !bytes
                .windows(shown.len())
                .any(|window| window == shown.as_bytes()),
            "{shown}"
        );
    }
    assert!(matches!(
        bench.vault.backup(&file),
        Err(Error::Exists { .. })
    ));
    assert_eq!(fs::read(&file).unwrap(), bytes);
    let taken = Vault::restore_backup(&file, &bench.path, &key(), actor());
    assert!(matches!(taken, Err(Error::Exists { .. })));
}

#[test]
fn a_cut_or_changed_backup_and_a_wrong_key_restore_nothing() {
    let bench = Bench::new();
    put(&bench.vault, "prod/db", "one");
    let file = bench.folder.path().join("backup");
    bench.vault.backup(&file).unwrap();
    let whole = fs::read(&file).unwrap();
    let to = bench.folder.path().join("restored.db");
    let nothing = |bytes: &[u8], what: &str| {
        fs::write(&file, bytes).unwrap();
        match Vault::restore_backup(&file, &to, &key(), actor()) {
            Err(
                Error::BadBackup { .. }
                | Error::Corrupted { .. }
                | Error::WrongKey { .. }
                | Error::NoSuchSlot { .. },
            ) => {}
            Err(error) => panic!("{what}: {error}"),
            Ok(_) => panic!("{what} was restored"),
        }
        assert!(!to.exists(), "{what}");
    };
    for length in [0, 5, 12, 100, whole.len() / 2, whole.len() - 1] {
        nothing(&whole[..length], &format!("the first {length} bytes"));
    }
    nothing(&[whole.as_slice(), b"x"].concat(), "a longer file");
    for at in (0..whole.len()).step_by(whole.len() / 60) {
        let mut changed = whole.clone();
        changed[at] ^= 0x20;
        nothing(&changed, &format!("a change at byte {at}"));
    }
    fs::write(&file, &whole).unwrap();
    let wrong = KeySource::KeyBytes(secret(&"w".repeat(40)));
    assert!(matches!(
        Vault::restore_backup(&file, &to, &wrong, actor()),
        Err(Error::WrongKey { .. })
    ));
    assert!(Vault::restore_backup(&file, &to, &key(), actor()).is_ok());
}
