//! The workbench of the tests: a vault in a temporary folder.

use std::path::{Path, PathBuf};

use coffer_vault::{Actor, KeySource, PutRequest, Secret, SecretName, Vault};
use tempfile::TempDir;

/// A vault in a folder that goes away with it.
pub(crate) struct Bench {
    pub(crate) vault: Vault,
    pub(crate) path: PathBuf,
    pub(crate) folder: TempDir,
}

impl Bench {
    /// A fresh vault that the key of [`key`] opens.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.db");
        let vault = Vault::init(&path, &key(), actor()).unwrap();
        Self {
            vault,
            path,
            folder,
        }
    }

    /// Another handle on the same file, as another process would have it.
    pub(crate) fn reopen(&self) -> Vault {
        Vault::open(&self.path, &key(), actor()).unwrap()
    }
}

/// A folder for thousands of writes: in memory where there is a place for it.
pub(crate) fn folder_in_memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    folder.unwrap()
}

pub(crate) fn actor() -> Actor {
    Actor::this_process("test")
}

/// A key that is visibly none.
pub(crate) fn key() -> KeySource {
    KeySource::KeyBytes(secret("only-for-tests-only-for-tests-only"))
}

pub(crate) fn secret(text: &str) -> Secret {
    Secret::copy_from(text.as_bytes())
}

pub(crate) fn name(text: &str) -> SecretName {
    SecretName::parse(text).unwrap()
}

pub(crate) fn put(vault: &Vault, at: &str, value: &str) -> u64 {
    vault
        .put(&name(at), PutRequest::new(secret(value)))
        .unwrap()
        .version
}

/// The text of a value.
pub(crate) fn text(value: &Secret) -> &str {
    value.danger_expose_str().unwrap()
}
