//! Transit keys: decrypting, and opening the embedded vault.

use std::sync::Arc;

use coffer_backend::{ErrorKind, Patience, TransitKey, TransitWrap, VaultLogin, VaultSettings};
use coffer_vault::{Actor, KeySource, PutRequest, Secret, Vault, VersionSelector, create_key_file};
use xtask::openbao::ROOT_TOKEN;

use crate::server::{bao, given, name, settings, store};

fn key(name: &str) -> TransitKey {
    bao(&["write", "-f", &format!("transit/keys/{name}")]);
    TransitKey {
        mount: "transit".to_owned(),
        name: name.to_owned(),
    }
}

#[tokio::test]
async fn what_is_encrypted_in_a_context_is_decrypted_in_it_alone() {
    let (store, key) = (store(), key("data"));
    let plaintext = Secret::copy_from(b"fake-value");
    let ciphertext = store
        .encrypt(&key, &plaintext, Some(b"prod/db"))
        .await
        .unwrap();
    let read = store.decrypt(&key, &ciphertext, Some(b"prod/db")).await;
    assert!(read.unwrap().ct_eq(&plaintext));
    let error = store.decrypt(&key, &ciphertext, None).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

fn slot(settings: VaultSettings, key: &TransitKey) -> KeySource {
    KeySource::Wrapped(Arc::new(TransitWrap::new(settings, key.clone())))
}

#[test]
fn a_vault_is_opened_by_transit_alone_also_after_the_key_is_rotated() {
    let key = key("slots");
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = (folder.path().join("vault.db"), folder.path().join("key"));
    create_key_file(&file).unwrap();
    let actor = Actor::this_process("test");
    let vault = Vault::init(&path, &KeySource::KeyFile(file), actor.clone()).unwrap();
    let request = PutRequest::new(Secret::copy_from(b"fake-value"));
    vault.put(&name("a"), request).unwrap();
    let root = || settings(VaultLogin::Token(given(ROOT_TOKEN)));
    let added = vault.add_slot(&slot(root(), &key), "production").unwrap();
    assert_eq!(added.kind, "transit");
    drop(vault);

    bao(&["write", "-f", "transit/keys/slots/rotate"]);
    let vault = Vault::open(&path, &slot(root(), &key), actor.clone()).unwrap();
    let read = vault.get(&name("a"), VersionSelector::Current).unwrap();
    assert_eq!(read.value.danger_expose(), b"fake-value");
    drop(vault);

    let nobody = VaultSettings {
        address: Some("http://127.0.0.1:9".to_owned()),
        patience: Patience {
            retries: 0,
            ..Patience::default()
        },
        ..root()
    };
    let error = Vault::open(&path, &slot(nobody, &key), actor)
        .err()
        .unwrap();
    let said = error.to_string();
    assert!(
        said.contains("the transit key slots at http://127.0.0.1:9"),
        "{said}"
    );
}
