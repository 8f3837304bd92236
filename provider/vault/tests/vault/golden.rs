//! Vaults of every format that there was: this program and an independent reader find in them what was put there.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use coffer_vault::{
    Actor, KeySource, LeaseRequest, Policy, PutRequest, RoleRequest, Secret, SignedDuration,
    Timestamp, TokenRequest, Vault, VersionSelector, VersionState,
};
use serde_json::{Value, json};

use crate::bench::{actor, name, put, secret};

/// The formats whose golden files stand in `tests/golden`.
const FORMATS: [u32; 1] = [1];
/// What opens them. They are public, so nothing in them is a secret.
pub(crate) const KEY: &[u8] = b"golden files only, not a real one";

pub(crate) fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(file)
}

fn expected(format: u32) -> Value {
    let text = fs::read_to_string(golden(&format!("vault-{format}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A copy of a golden vault and of its key that may be opened.
fn copy(format: u32) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (vault, key) = (folder.path().join("vault.db"), folder.path().join("key"));
    fs::copy(golden(&format!("vault-{format}.db")), &vault).unwrap();
    fs::write(&key, KEY).unwrap();
    for file in [&vault, &key] {
        fs::set_permissions(file, Permissions::from_mode(0o600)).unwrap();
    }
    (folder, vault, key)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The reader is short enough to be judged by reading it.
#[test]
fn the_independent_reader_has_a_hundred_lines_at_most() {
    let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tools/read_vault.py");
    assert!(fs::read_to_string(reader).unwrap().lines().count() <= 100);
}

/// What the vault holds, in the words of the golden JSON.
fn contents(vault: &Vault) -> Value {
    let rows = vault.audit_rows(1, |_| true).unwrap();
    let audit: Vec<String> = rows
        .iter()
        .map(|row| row.event.operation.to_string())
        .collect();
    let scopes: Vec<String> = vault
        .scopes()
        .unwrap()
        .into_iter()
        .map(|scope| scope.prefix)
        .collect();
    let mut secrets = BTreeMap::new();
    for found in vault.list("").unwrap() {
        let mut versions = BTreeMap::new();
        for version in vault.versions(&found.name).unwrap() {
            let (state, value) = match version.state {
                VersionState::Destroyed(_) => ("destroyed", None),
                VersionState::Disabled => ("disabled", None),
                VersionState::Enabled => {
                    let which = VersionSelector::Version(version.version);
                    let value = vault.get(&found.name, which).unwrap().value;
                    ("enabled", Some(hex(value.danger_expose())))
                }
            };
            versions.insert(
                version.version.to_string(),
                json!({ "state": state, "value": value }),
            );
        }
        secrets.insert(
            found.name.to_string(),
            json!({ "current": found.current, "versions": versions }),
        );
    }
    json!({ "audit": audit, "scopes": scopes, "secrets": secrets })
}

#[test]
fn this_program_reads_vaults_of_every_format_and_writes_on() {
    for format in FORMATS {
        let (_folder, path, key) = copy(format);
        let vault = Vault::open(&path, &KeySource::KeyFile(key), actor()).unwrap();
        assert_eq!(contents(&vault), expected(format), "format {format}");
        put(&vault, "prod/db", "written on");
        let report = vault.check().unwrap();
        assert!(report.problems.is_empty(), "{:?}", report.problems);
    }
}

/// What the independent reader finds in a vault, and in its trail the program that builds on it; the key `-` stands for the
/// passphrase.
pub(crate) fn read_independently(vault: &Path, key: &Path, passphrase: &str) -> Value {
    let mut found = run_python("read_vault.py", vault, key, passphrase);
    found["audit"] = run_python("verify_vault.py", vault, key, passphrase)["audit"].take();
    found
}

fn run_python(script: &str, vault: &Path, key: &Path, passphrase: &str) -> Value {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tools");
    let script = tools.join(script);
    // `cargo xtask test` keeps its Python beside the build: target/debug/deps/<this program>.
    let program = std::env::current_exe().unwrap();
    let python = program
        .ancestors()
        .nth(3)
        .unwrap()
        .join("tools/python/bin/python");
    assert!(
        python.exists(),
        "{} is missing; `cargo xtask test --fetch-only` fetches it",
        python.display()
    );
    let run = Command::new(&python)
        .args([&script, vault, key])
        .env("COFFER_PASSPHRASE", passphrase)
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    serde_json::from_slice(&run.stdout).unwrap()
}

#[test]
fn an_independent_reader_finds_the_same() {
    for format in FORMATS {
        let (_folder, path, key) = copy(format);
        for (key, passphrase) in [(key.as_path(), ""), (Path::new("-"), "golden words")] {
            let found = read_independently(&path, key, passphrase);
            assert_eq!(found, expected(format), "format {format}");
        }
    }
}

/// A vault of today has what came after the golden files: roles, secret ids, and scopes with the fingerprint key of
/// the scope that their secrets came from.
#[test]
fn an_independent_reader_reads_what_this_program_writes_now() {
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = (folder.path().join("vault.db"), folder.path().join("key"));
    fs::write(&file, KEY).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    let key = KeySource::KeyFile(file.clone());
    fill(&path, &key);
    let vault = Vault::open(&path, &key, actor()).unwrap();
    put(&vault, "moved/db", "into a scope of its own");
    vault.add_scope("moved/").unwrap();
    let role = RoleRequest {
        token: reader(),
        secret_id_ttl: SignedDuration::from_hours(1),
        secret_id_uses: 2,
    };
    let role = vault.create_role("runner", role).unwrap();
    let login = KeySource::Role {
        id: role.id,
        secret_id: vault.create_secret_id("runner").unwrap().secret,
    };
    drop(Vault::open(&path, &login, actor()).unwrap());
    let told = contents(&vault);
    drop(vault);
    let mut found = read_independently(&path, &file, "");
    // Reading has left rows in the trail behind what was told.
    let told_rows = told["audit"].as_array().unwrap();
    let rows = found["audit"].as_array_mut().unwrap();
    rows.truncate(told_rows.len());
    assert_eq!(found, told);
}

/// Writes the golden files of the newest format, for the one time when a format is new.
#[test]
#[ignore = "writes into tests/golden: only for a new format"]
fn write_golden_files() {
    let folder = tempfile::tempdir().unwrap();
    let (path, key) = (folder.path().join("vault.db"), folder.path().join("key"));
    fs::write(&key, KEY).unwrap();
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    let key = KeySource::KeyFile(key);
    fill(&path, &key);
    fs::copy(&path, golden("vault-1.db")).unwrap();
    let told = contents(&Vault::open(&path, &key, actor()).unwrap());
    fs::write(golden("vault-1.json"), format!("{told:#}\n")).unwrap();
}

/// A token of the policy `reader`.
fn reader() -> TokenRequest {
    TokenRequest {
        scopes: vec!["prod/".into()],
        policies: vec!["reader".into()],
        rules: Vec::new(),
        ttl: SignedDuration::from_hours(24),
        max_ttl: SignedDuration::from_hours(48),
        uses: None,
        label: "reader".into(),
    }
}

/// A vault with at least one record of every kind that format 1 began with, closed.
fn fill(path: &Path, key: &KeySource) {
    let writer = Actor {
        user: "golden".into(),
        host: "golden.example".into(),
        process: 1,
        via: "test".into(),
        reason: Some("to be read for ever".into()),
        accessor: None,
    };
    let vault = Vault::init(path, key, writer.clone()).unwrap();
    put(&vault, "prod/db", "the first value");
    let long = "the second value, which takes more than one block of padding to be hidden";
    put(&vault, "prod/db", long);
    put(&vault, "dev/empty", "");
    let bytes = PutRequest::new(Secret::copy_from(&[0, 255, 10, 13])).idempotency_token("once");
    vault.put(&name("dev/bytes"), bytes).unwrap();
    let pending = PutRequest::new(secret("pending")).pending();
    vault.put(&name("dev/bytes"), pending).unwrap();
    vault.add_scope("prod/").unwrap();
    vault.destroy(&name("prod/db"), &[1]).unwrap();
    vault.rotate_term("prod/").unwrap();
    put(&vault, "prod/db", "under the second term");
    let passphrase = KeySource::Passphrase(secret("golden words"));
    vault
        .rekey(&[(key.clone(), "file".into()), (passphrase, "words".into())])
        .unwrap();
    let lease = LeaseRequest {
        name: name("prod/db"),
        kind: "postgresql".into(),
        revocation: "role".into(),
        expires: Timestamp::MAX,
    };
    vault.register_lease(lease).unwrap();
    let rules = r#"{"rules": [{"path": "prod/+", "capabilities": ["read", "list"]}]}"#;
    vault
        .write_policy("reader", Policy::parse(rules).unwrap())
        .unwrap();
    let token = reader();
    let revoked = vault.create_token(token.clone()).unwrap();
    let parent = vault.create_token(token.clone()).unwrap();
    vault.revoke_token(&revoked.info.accessor).unwrap();
    let holder = Vault::open(path, &KeySource::Token(parent.secret), writer.clone()).unwrap();
    let child = TokenRequest {
        policies: Vec::new(),
        ..token
    };
    holder.create_token(child).unwrap();
    drop(holder);
    // A second handle is a second session of the trail.
    let other = Vault::open(path, key, writer).unwrap();
    put(&other, "prod/key", "-----BEGIN NOTHING-----");
    other.set_enabled(&name("prod/key"), 1, false).unwrap();
}
