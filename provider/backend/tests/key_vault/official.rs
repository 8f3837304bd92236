//! Azure's official client: it judges the server, and works beside coffer.

use coffer_backend::SecretStore;
use coffer_vault::{MetadataChange, PutRequest, Secret, Stage, Timestamp, VersionSelector};
use serde_json::{Value, json};

use crate::{name, read, request, started};

#[test]
fn the_server_is_what_azures_official_client_takes_for_right() {
    let (server, _) = started();
    // So that the client sees what is under way, and waits for it.
    server.control(&json!({ "delay": 1.0 })).unwrap();
    let said = server.official_client(&[]).unwrap();
    assert_eq!(said.trim(), "all as it should be");
}

fn client_read(server: &xtask::azure::KeyVault, name: &str) -> Value {
    serde_json::from_str(&server.official_client(&["read", name]).unwrap()).unwrap()
}

#[tokio::test]
async fn other_programs_read_what_coffer_stores() {
    let (server, store) = started();
    let expires: Timestamp = "2031-05-06T07:08:09Z".parse().unwrap();
    let mut change = MetadataChange::default();
    change
        .labels
        .insert("team".to_owned(), Some("payments".to_owned()));
    let put = request("fake-\"value\"\n")
        .content_type("text/plain")
        .expires(expires)
        .version_label("not-before", "2030-01-01T00:00:00Z")
        .with_metadata(change);
    let stored = store.put(&name("prod/db.main"), put).await.unwrap();
    let seen = client_read(&server, "prod--db-x2Emain");
    assert_eq!(seen["value"], "fake-\"value\"\n");
    assert_eq!(seen["content_type"], "text/plain");
    assert_eq!(seen["expires"], expires.as_second());
    assert_eq!(seen["not_before"], 1_893_456_000);
    assert_eq!(seen["tags"]["team"], "payments");
    assert_eq!(seen["tags"]["coffer-name"], "prod/db.main");
    // And coffer itself reads the time from where the others do.
    let found = store.metadata(&name("prod/db.main")).await.unwrap();
    assert_eq!(found.expires, Some(expires));
    let which = VersionSelector::Version(stored.version);
    let version = store.version_metadata(&name("prod/db.main"), which).await;
    assert_eq!(
        version.unwrap().labels["not-before"],
        "2030-01-01T00:00:00Z"
    );

    let bytes = PutRequest::new(Secret::copy_from(&[0xff, 0x00]));
    store.put(&name("bytes"), bytes).await.unwrap();
    let seen = client_read(&server, "bytes");
    assert_eq!(seen["value"], "/wA=");
    assert_eq!(seen["content_type"], "application/octet-stream");
    assert_eq!(seen["tags"]["file-encoding"], "base64");
}

#[tokio::test]
async fn what_other_programs_store_is_current_and_keeps_its_tags() {
    let (server, store) = started();
    let db = name("db");
    server
        .official_client(&["write", "db", "fake-theirs-1"])
        .unwrap();
    let first = store.get(&db, VersionSelector::Current).await.unwrap();
    assert_eq!(first.value.danger_expose_str().unwrap(), "fake-theirs-1");
    let number = first.metadata.version;
    assert!(
        number > 1_000_000_000,
        "the second of its creation: {number}"
    );
    let metadata = store.metadata(&db).await.unwrap();
    assert_eq!((metadata.current, metadata.latest), (Some(number), number));
    assert_eq!(metadata.labels["owner"], "platform");

    let ours = store.put(&db, request("fake-ours")).await.unwrap();
    assert_eq!(ours.version, number + 1);
    let metadata = store.metadata(&db).await.unwrap();
    assert_eq!(metadata.previous, Some(number));
    assert_eq!(metadata.labels["owner"], "platform");

    // Seconds tell the order of versions.
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    server
        .official_client(&["write", "db", "fake-theirs-2"])
        .unwrap();
    assert_eq!(
        read(&store, &db, VersionSelector::Current).await,
        "fake-theirs-2"
    );
    let previous = VersionSelector::Stage(Stage::Previous);
    assert_eq!(read(&store, &db, previous).await, "fake-ours");
    let change = MetadataChange {
        description: Some("the database".to_owned()),
        ..MetadataChange::default()
    };
    let changed = store.update(&db, change).await.unwrap();
    assert_eq!(changed.description.as_deref(), Some("the database"));
    assert_eq!(client_read(&server, "db")["tags"]["owner"], "platform");
    let listed = store.list("").await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].current, changed.current);
}
