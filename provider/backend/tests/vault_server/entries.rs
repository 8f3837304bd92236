//! What other programs write is read, and what they read of coffer's.

use coffer_backend::{ErrorKind, SecretStore};
use coffer_vault::{MetadataChange, PutRequest, Secret, VersionSelector};
use serde_json::Value;

use crate::server::{bao, name, store};

fn put(value: &str) -> PutRequest {
    PutRequest::new(Secret::copy_from(value.as_bytes()))
}

async fn current(secret: &str) -> String {
    let found = store().get(&name(secret), VersionSelector::Current).await;
    found
        .ok()
        .unwrap()
        .value
        .danger_expose_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn an_entry_of_another_program_is_a_json_object() {
    bao(&[
        "kv",
        "put",
        "secret/foreign/map",
        "user=app",
        "password=fake-value",
    ]);
    assert_eq!(
        current("foreign/map").await,
        r#"{"password":"fake-value","user":"app"}"#
    );
    bao(&["kv", "put", "secret/foreign/one", "value=fake-value"]);
    assert_eq!(current("foreign/one").await, "fake-value");
}

#[tokio::test]
async fn other_programs_find_the_members_of_an_object() {
    let value = r#"{"password":"fake-value","port":5432,"user":"app"}"#;
    store().put(&name("own/object"), put(value)).await.unwrap();
    let read = bao(&["kv", "get", "-field=password", "secret/own/object"]);
    assert_eq!(read, "fake-value");
    assert_eq!(current("own/object").await, value);
}

#[tokio::test]
async fn a_plain_put_writes_no_metadata() {
    store()
        .put(&name("own/plain"), put("fake-value"))
        .await
        .unwrap();
    let shown = bao(&["kv", "metadata", "get", "-format=json", "secret/own/plain"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["data"]["custom_metadata"], Value::Null);
}

#[tokio::test]
async fn a_version_that_another_program_writes_becomes_current() {
    let (store, secret) = (store(), name("own/overtaken"));
    store.put(&secret, put("fake-first")).await.unwrap();
    store
        .put(&secret, put("fake-second").pending())
        .await
        .unwrap();
    assert_eq!(current("own/overtaken").await, "fake-first");
    bao(&["kv", "put", "secret/own/overtaken", "value=fake-third"]);
    assert_eq!(current("own/overtaken").await, "fake-third");
    let found = store.metadata(&secret).await.unwrap();
    assert_eq!(
        (found.current, found.pending, found.previous),
        (Some(3), Some(2), Some(1))
    );
}

#[tokio::test]
async fn metadata_of_other_programs_stays() {
    bao(&["kv", "put", "secret/own/shared", "value=fake-value"]);
    bao(&[
        "kv",
        "metadata",
        "put",
        "-custom-metadata=owner=platform",
        "secret/own/shared",
    ]);
    let change = MetadataChange {
        description: Some("what it is for".to_owned()),
        ..MetadataChange::default()
    };
    store().update(&name("own/shared"), change).await.unwrap();
    let shown = bao(&["kv", "metadata", "get", "-format=json", "secret/own/shared"]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let custom = &shown["data"]["custom_metadata"];
    assert_eq!(custom["owner"], "platform");
    assert_eq!(custom["coffer.description"], "what it is for");
}

#[tokio::test]
async fn more_labels_than_there_is_room_for_are_refused() {
    let (store, secret) = (store(), name("own/crowded"));
    store.put(&secret, put("fake-value")).await.unwrap();
    let labels = (0..70).map(|number| (format!("l{number}"), Some("x".to_owned())));
    let change = MetadataChange {
        labels: labels.collect(),
        ..MetadataChange::default()
    };
    let error = store.update(&secret, change).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(error.to_string().contains("64 are the most"), "{error}");
}

#[tokio::test]
async fn a_version_that_another_program_deleted_is_disabled() {
    bao(&["kv", "put", "secret/foreign/deleted", "value=fake-value"]);
    bao(&["kv", "delete", "secret/foreign/deleted"]);
    let (store, secret) = (store(), name("foreign/deleted"));
    let read = store.get(&secret, VersionSelector::Current).await;
    assert_eq!(read.err().unwrap().kind(), ErrorKind::Unreadable);
    store.set_enabled(&secret, 1, true).await.unwrap();
    assert_eq!(current("foreign/deleted").await, "fake-value");
}
