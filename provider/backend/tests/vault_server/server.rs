//! The server that the tests share.

use std::sync::LazyLock;

use coffer_backend::{VaultCredential, VaultLogin, VaultSettings, VaultStore};
use coffer_vault::{Secret, SecretName};
use xtask::openbao::{OpenBao, ROOT_TOKEN};

pub(crate) static SERVER: LazyLock<OpenBao> = LazyLock::new(|| {
    let server = OpenBao::start().unwrap();
    for arguments in [
        ["auth", "enable", "approle"].as_slice(),
        &["auth", "enable", "userpass"],
        &["auth", "enable", "cert"],
        &["secrets", "enable", "transit"],
        &["secrets", "enable", "pki"],
    ] {
        server.bao(arguments).unwrap().unwrap();
    }
    let policy = "path \"secret/*\" { capabilities = [\"create\", \"read\", \"update\", \"patch\", \"list\", \"delete\"] }";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), policy).unwrap();
    let path = file.path().to_str().unwrap();
    server
        .bao(&["policy", "write", "app", path])
        .unwrap()
        .unwrap();
    server
});

/// Runs a command of the client that must succeed.
pub(crate) fn bao(arguments: &[&str]) -> String {
    SERVER.bao(arguments).unwrap().unwrap()
}

pub(crate) fn given(text: &str) -> VaultCredential {
    VaultCredential::Given(Secret::copy_from(text.as_bytes()))
}

/// The settings with a way to log in.
pub(crate) fn settings(login: VaultLogin) -> VaultSettings {
    VaultSettings {
        address: Some(SERVER.url()),
        login: Some(login),
        ..VaultSettings::default()
    }
}

/// The store of the superuser.
pub(crate) fn store() -> VaultStore {
    VaultStore::new(settings(VaultLogin::Token(given(ROOT_TOKEN))))
}

pub(crate) fn name(text: &str) -> SecretName {
    SecretName::parse(text).unwrap()
}
