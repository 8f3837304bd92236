//! A disk that fails, and a kill, at every write and sync: by `strace -e inject`, where it is installed.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use coffer_vault::{ErrorKind, PutRequest, Vault, VersionSelector};

use crate::bench::{Bench, actor, key, name, put, secret, text};

/// How many points each fault is tried at. `COFFER_FAULT_POINTS` sets it for long runs.
fn points() -> u32 {
    std::env::var("COFFER_FAULT_POINTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(6)
}

/// What goes wrong, as strace takes it. The calls before `when` are spared.
const FAULTS: [(&str, &str); 6] = [
    ("pwrite64", "error=ENOSPC"),
    ("pwrite64", "error=EIO"),
    ("pwrite64", "signal=SIGKILL"),
    ("fsync,fdatasync", "error=EIO"),
    ("fsync,fdatasync", "signal=SIGKILL"),
    ("ftruncate", "error=EIO"),
];

/// The child: stores four versions and tells how each ended.
#[test]
#[ignore = "runs only as the child of the test below"]
fn writer() {
    let Ok(at) = std::env::var("COFFER_FAULT_VAULT") else {
        return;
    };
    let vault = match Vault::open(Path::new(&at), &key(), actor()) {
        Ok(vault) => vault,
        Err(error) => {
            println!("not opened: {error}");
            return;
        }
    };
    for number in 2..6 {
        match vault.put(
            &name("prod/db"),
            PutRequest::new(secret(&format!("value {number}"))),
        ) {
            Ok(stored) => println!("acknowledged {}", stored.version),
            Err(error) if error.kind() == ErrorKind::OutcomeUnknown => println!("unknown: {error}"),
            Err(error) => println!("failed: {error}"),
        }
    }
}

#[test]
fn a_disk_that_fails_at_any_write_or_sync_loses_nothing_that_was_acknowledged() {
    if Command::new("strace").arg("-V").output().is_err() {
        println!("skipped: strace is not installed");
        return;
    }
    let bench = Bench::new();
    put(&bench.vault, "prod/db", "value 1");
    let (path, folder) = (bench.path.clone(), bench.folder.path().to_path_buf());
    drop(bench.vault);
    let mut hit = 0;
    for (call, fault) in FAULTS {
        for point in 0..points() {
            let when = 1 + point * 3;
            for suffix in ["", "-wal", "-shm"] {
                let _ = fs::remove_file(folder.join(format!("copy.db{suffix}")));
            }
            let copy = folder.join("copy.db");
            fs::copy(&path, &copy).unwrap();
            fs::set_permissions(&copy, Permissions::from_mode(0o600)).unwrap();
            let output = Command::new("strace")
                .args(["-f", "-qq", "-o", "/dev/null", "-e"])
                .arg(format!("inject={call}:{fault}:when={when}"))
                .arg(std::env::current_exe().unwrap())
                .args(["--exact", "faults::writer", "--ignored", "--nocapture"])
                .env("COFFER_FAULT_VAULT", &copy)
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stdout).into_owned();
            let what = format!("{call} {fault} at {when}:\n{told}");
            let acknowledged: Vec<u64> = told
                .lines()
                .filter_map(|line| line.split("acknowledged ").nth(1)?.parse().ok())
                .collect();
            let vault =
                Vault::open(&copy, &key(), actor()).unwrap_or_else(|error| panic!("{what}{error}"));
            let latest = vault.metadata(&name("prod/db")).unwrap().latest;
            for version in &acknowledged {
                let found = vault.get(&name("prod/db"), VersionSelector::Version(*version));
                let found =
                    found.unwrap_or_else(|error| panic!("{what}version {version}: {error}"));
                assert!(text(&found.value).starts_with("value "), "{what}");
            }
            let is_open = fault.contains("KILL") || told.contains("unknown: ");
            let written = acknowledged.len() as u64 + 1;
            assert!(
                latest == written || (is_open && latest > written),
                "{what}latest {latest}"
            );
            let report = vault.check().unwrap();
            assert!(report.problems.is_empty(), "{what}{:?}", report.problems);
            hit += usize::from(acknowledged.len() < 4);
        }
    }
    assert!(hit >= 10, "only {hit} faults were felt");
}
