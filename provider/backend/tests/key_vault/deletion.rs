//! Deletions, recoveries and removals that take a while, and a vault that protects what is deleted.

use coffer_backend::{ErrorKind, SecretStore};
use coffer_vault::VersionSelector;
use serde_json::json;

use crate::{in_ten_days, name, read, request, started};

#[tokio::test]
async fn what_takes_a_while_is_waited_for() {
    let (server, store) = started();
    server.control(&json!({ "delay": 1.5 })).unwrap();
    let db = name("prod/db");
    for value in ["fake-1", "fake-2"] {
        store.put(&db, request(value)).await.unwrap();
    }
    let deleted = store.delete(&db, in_ten_days()).await.unwrap();
    // The vault says how long, for all of its secrets.
    let window = deleted.deleted.unwrap();
    let days = window
        .recoverable_until
        .duration_since(window.at)
        .as_hours()
        / 24;
    assert_eq!((days, deleted.latest, deleted.current), (90, 2, Some(2)));
    let error = store
        .get(&db, VersionSelector::Current)
        .await
        .err()
        .unwrap();
    assert!(
        error.is_deleted() && error.to_string().contains("can be restored until"),
        "{error}"
    );

    store.restore(&db).await.unwrap();
    assert_eq!(read(&store, &db, VersionSelector::Current).await, "fake-2");
    assert_eq!(
        read(&store, &db, VersionSelector::Version(1)).await,
        "fake-1"
    );

    store.purge(&db).await.unwrap();
    let again = store.put(&db, request("fake-3")).await.unwrap();
    assert_eq!(again.version, 1);
}

#[tokio::test]
async fn a_name_whose_removal_is_under_way_is_waited_for() {
    let (server, store) = started();
    let db = name("db");
    store.put(&db, request("fake-1")).await.unwrap();
    store.delete(&db, in_ten_days()).await.unwrap();
    server.control(&json!({ "delay": 1.5 })).unwrap();
    // Two processes: one brings it back, the other stores meanwhile.
    let (restored, stored) = tokio::join!(store.restore(&db), async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        store.put(&db, request("fake-2")).await
    });
    restored.unwrap();
    assert_eq!(stored.unwrap().version, 2);
}

#[tokio::test]
async fn a_vault_with_purge_protection_keeps_what_it_has() {
    let (server, store) = started();
    server.control(&json!({ "purgeable": false })).unwrap();
    let db = name("db");
    store.put(&db, request("fake-1")).await.unwrap();
    let error = store.purge(&db).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("purge protection"), "{error}");
    // It was not deleted first.
    assert_eq!(read(&store, &db, VersionSelector::Current).await, "fake-1");
    store.delete(&db, in_ten_days()).await.unwrap();
    let error = store.purge(&db).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    store.restore(&db).await.unwrap();
}
