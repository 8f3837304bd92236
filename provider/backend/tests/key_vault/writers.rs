//! Writers that die on their way, and what they leave behind.

use coffer_backend::{AzureStore, ErrorKind, SecretStore};
use coffer_vault::{Expect, Stage, VersionSelector};
use serde_json::{Value, json};
use xtask::azure::KeyVault;

use crate::settings::settings;
use crate::{name, read, request, started};

/// Puts a version of coffer's beside the others: `state` is how far its writer came, `age` how many seconds ago.
fn leave(server: &KeyVault, number: u64, state: &str, value: &str, age: i64) {
    let tags = json!({
        "coffer-version": json!({ "n": number, "s": state, "w": "0123456789abcdef" }).to_string(),
        "coffer-secret": json!({ "r": number, "c": number, "q": number - 1 }).to_string(),
    });
    let seed = json!({ "name": "db", "body": { "value": value, "tags": tags }, "age": age });
    server.control(&json!({ "seeds": [seed] })).unwrap();
}

async fn numbers(store: &AzureStore) -> Vec<u64> {
    let versions = store.versions(&name("db")).await.unwrap();
    versions.iter().map(|it| it.version).collect()
}

#[tokio::test]
async fn what_a_writer_left_unfinished_is_nobodys_current_version() {
    let (server, store) = started();
    let db = name("db");
    store.put(&db, request("fake-1")).await.unwrap();
    leave(&server, 2, "writing", "fake-unfinished", 600);
    assert_eq!(read(&store, &db, VersionSelector::Current).await, "fake-1");
    assert_eq!(numbers(&store).await, [1]);
    // And its number is free.
    let put = request("fake-2").expect(Expect::Latest(1));
    assert_eq!(store.put(&db, put).await.unwrap().version, 2);
    assert_eq!(read(&store, &db, VersionSelector::Current).await, "fake-2");
}

#[tokio::test]
async fn a_writer_that_came_to_be_alone_has_stored() {
    let (server, store) = started();
    let db = name("db");
    store.put(&db, request("fake-1")).await.unwrap();
    leave(&server, 2, "ready", "fake-2", 5);
    assert_eq!(read(&store, &db, VersionSelector::Current).await, "fake-2");
    let previous = VersionSelector::Stage(Stage::Previous);
    assert_eq!(read(&store, &db, previous).await, "fake-1");
    let late = request("fake-late").expect(Expect::Latest(1));
    assert_eq!(
        store.put(&db, late).await.unwrap_err().kind(),
        ErrorKind::Conflict
    );
    assert_eq!(store.put(&db, request("fake-3")).await.unwrap().version, 3);
}

#[tokio::test]
async fn a_version_that_lost_is_none() {
    let (server, store) = started();
    let db = name("db");
    store.put(&db, request("fake-1")).await.unwrap();
    leave(&server, 2, "lost", "fake-lost", 5);
    assert_eq!(read(&store, &db, VersionSelector::Current).await, "fake-1");
    assert_eq!(numbers(&store).await, [1]);
    assert_eq!(store.list("").await.unwrap()[0].latest, 1);
}

#[tokio::test]
async fn of_writers_at_once_the_others_leave_nothing_that_can_be_read() {
    let server = KeyVault::start().unwrap();
    let stores: Vec<AzureStore> = (0..4).map(|_| AzureStore::new(settings(&server))).collect();
    let db = name("db");
    stores[0].put(&db, request("fake-first")).await.unwrap();
    let writes = stores.iter().enumerate().map(|(number, store)| {
        let put = request(&format!("fake-value-{number}")).expect(Expect::Latest(1));
        store.put(&db, put)
    });
    let written = futures_util::future::join_all(writes).await;
    let won: Vec<usize> = (0..4).filter(|it| written[*it].is_ok()).collect();
    assert_eq!(won.len(), 1, "{written:?}");
    let state = server.state().unwrap();
    let versions = state["secrets"]["db"].as_array().unwrap();
    let enabled = |it: &&Value| it["attributes"]["enabled"] == true;
    assert_eq!(
        versions.iter().filter(enabled).count(),
        2,
        "the first, and the one that won"
    );
    let current = read(&stores[0], &db, VersionSelector::Current).await;
    assert_eq!(current, format!("fake-value-{}", won[0]));
}

#[tokio::test]
async fn changes_at_once_are_all_there() {
    let server = KeyVault::start().unwrap();
    let stores: Vec<AzureStore> = (0..3).map(|_| AzureStore::new(settings(&server))).collect();
    let db = name("db");
    stores[0].put(&db, request("fake-1")).await.unwrap();
    let change = |number: usize| {
        let mut change = coffer_vault::MetadataChange::default();
        change
            .annotations
            .insert(format!("note-{number}"), Some("here".to_owned()));
        change
    };
    let (first, second, put) = tokio::join!(
        stores[0].update(&db, change(0)),
        async {
            tokio::time::sleep(std::time::Duration::from_millis(400)).await;
            stores[1].update(&db, change(1)).await
        },
        stores[2].put(&db, request("fake-2")),
    );
    first.unwrap();
    second.unwrap();
    put.unwrap();
    let found = stores[0].metadata(&db).await.unwrap();
    assert_eq!(found.current, Some(2));
    assert_eq!(found.annotations.len(), 2, "{:?}", found.annotations);
}
