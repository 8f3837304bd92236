//! What goes wrong on the way.

use std::time::Duration;

use coffer_backend::{AzureSettings, AzureStore, Error, ErrorKind, Patience, SecretStore};
use coffer_vault::VersionSelector;
use serde_json::{Value, json};
use xtask::azure::KeyVault;

use crate::settings::settings;
use crate::{name, read, request, started};

fn asked(server: &KeyVault) -> Vec<Value> {
    let state = server.state().unwrap();
    state["asked"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_first_request_has_neither_a_token_nor_a_value() {
    let (server, store) = started();
    store.put(&name("db"), request("fake-value")).await.unwrap();
    let first = asked(&server)[0].clone();
    assert_eq!(
        (&first["method"], &first["token"], &first["body"]),
        (&json!("GET"), &json!(false), &json!(0))
    );
}

#[tokio::test]
async fn a_throttled_request_waits_as_long_as_it_is_asked_to() {
    let (server, store) = started();
    store.put(&name("db"), request("fake-value")).await.unwrap();
    server.control(&json!({ "faults": [429, 503] })).unwrap();
    assert_eq!(
        read(&store, &name("db"), VersionSelector::Current).await,
        "fake-value"
    );

    let impatient = AzureStore::new(AzureSettings {
        patience: Patience {
            retries: 1,
            attempt: Duration::from_secs(20),
            total: Duration::from_secs(40),
        },
        ..settings(&server)
    });
    server
        .control(&json!({ "faults": [429, 429, 429] }))
        .unwrap();
    let error = impatient.metadata(&name("db")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled, "{error}");
    let left = server.state().unwrap();
    assert_eq!(
        left["faults"],
        json!([429]),
        "the answer was asked for twice and no more"
    );
}

#[tokio::test]
async fn a_token_that_is_refused_in_the_middle_is_replaced() {
    let (server, store) = started();
    store.put(&name("db"), request("fake-value")).await.unwrap();
    server.control(&json!({ "forget_tokens": true })).unwrap();
    store
        .put(&name("db"), request("fake-second"))
        .await
        .unwrap();
    assert_eq!(
        read(&store, &name("db"), VersionSelector::Current).await,
        "fake-second"
    );
    assert_eq!(server.state().unwrap()["tokens"], 2);
}

#[tokio::test]
async fn a_vault_that_moves_to_another_tenant_is_followed() {
    let server = KeyVault::start().unwrap();
    let store = AzureStore::new(AzureSettings {
        tenant_id: None,
        ..settings(&server)
    });
    store.put(&name("db"), request("fake-value")).await.unwrap();
    let other = "00000000-fake-4000-8000-0000000000cc";
    server
        .control(&json!({ "tenant": other, "forget_tokens": true }))
        .unwrap();
    assert_eq!(
        read(&store, &name("db"), VersionSelector::Current).await,
        "fake-value"
    );
    let tenants: Vec<Value> = asked(&server)
        .into_iter()
        .map(|it| it["token"].clone())
        .collect();
    assert_eq!(tenants.iter().filter(|it| **it == json!(other)).count(), 1);
}

#[tokio::test]
async fn a_challenge_for_another_domain_gets_no_token() {
    let (server, store) = started();
    for resource in [
        "https://vault.azure.net.example",
        "https://management.azure.com",
    ] {
        server.control(&json!({ "resource": resource })).unwrap();
        let error = store
            .put(&name("db"), request("fake-value"))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
        assert!(error.to_string().contains("no name below"), "{error}");
    }
    assert_eq!(server.state().unwrap()["tokens"], 0);
    // Neither does one that comes in the middle.
    server
        .control(&json!({ "resource": "https://vault.azure.net" }))
        .unwrap();
    store.put(&name("db"), request("fake-value")).await.unwrap();
    let change = json!({ "resource": "https://storage.azure.com", "forget_tokens": true });
    server.control(&change).unwrap();
    let refused = store.metadata(&name("db")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Denied);
    assert_eq!(server.state().unwrap()["tokens"], 1);
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_happens_once() {
    let (server, store) = started();
    for (number, is_lost) in [(1, 1), (2, 1)] {
        server.control(&json!({ "lose": is_lost })).unwrap();
        let value = format!("fake-value-{number}");
        let stored = store.put(&name("db"), request(&value)).await.unwrap();
        assert_eq!(stored.version, number);
    }
    let state = server.state().unwrap();
    assert_eq!(state["secrets"]["db"].as_array().unwrap().len(), 2);
    assert_eq!(
        read(&store, &name("db"), VersionSelector::Current).await,
        "fake-value-2"
    );
}

#[tokio::test]
async fn pages_are_followed_and_none_leads_the_token_elsewhere() {
    let (server, store) = started();
    let seeds: Vec<Value> = (0..60)
        .map(|number| json!({ "name": format!("page-{number:02}"), "body": { "value": "fake" } }))
        .collect();
    server.control(&json!({ "seeds": seeds })).unwrap();
    assert_eq!(store.list("page-").await.unwrap().len(), 60);
    server
        .control(&json!({ "next_host": "elsewhere.vault.azure.net" }))
        .unwrap();
    let error = store.list("page-").await.unwrap_err();
    assert!(matches!(error, Error::Unexpected { .. }), "{error}");
    assert!(error.to_string().contains("goes on elsewhere"), "{error}");
}

#[tokio::test]
async fn a_server_of_another_authority_is_no_vault() {
    let server = KeyVault::start().unwrap();
    let store = AzureStore::new(AzureSettings {
        ca_file: None,
        patience: Patience {
            retries: 0,
            ..Patience::default()
        },
        ..settings(&server)
    });
    let error = store.list("").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(
        error.to_string().to_lowercase().contains("certificate"),
        "{error}"
    );
}

#[tokio::test]
async fn a_name_that_is_too_long_there_is_refused_before_anything_is_sent() {
    let (server, store) = started();
    let long = name(&format!("{}a", "aaaa.".repeat(30)));
    let error = store.put(&long, request("fake-value")).await.unwrap_err();
    assert!(error.to_string().contains("127 are the most"), "{error}");
    assert!(asked(&server).is_empty());
}

#[tokio::test]
async fn more_than_the_tags_have_room_for_is_refused_before_anything_is_written() {
    let (_server, store) = started();
    store.put(&name("db"), request("fake-value")).await.unwrap();
    let before = store.metadata(&name("db")).await.unwrap();
    let mut change = coffer_vault::MetadataChange::default();
    change
        .annotations
        .insert("long".to_owned(), Some("x".repeat(4000)));
    let put = request("fake-second").with_metadata(change.clone());
    for error in [
        store.put(&name("db"), put).await.unwrap_err(),
        store.update(&name("db"), change).await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("15 are the most"), "{error}");
    }
    assert_eq!(store.metadata(&name("db")).await.unwrap(), before);
}
