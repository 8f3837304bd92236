//! Moves between two embedded vaults.

use coffer_vault::{
    Actor, KeySource, MetadataChange, PutRequest, Secret, Stage, Vault, VersionSelector,
    VersionState, create_key_file,
};

use super::*;
use crate::embedded::{EmbeddedStore, Key};

struct Place {
    _folder: tempfile::TempDir,
    store: EmbeddedStore,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let (path, key) = (folder.path().join("vault.db"), folder.path().join("key"));
    create_key_file(&key).unwrap();
    let key = KeySource::KeyFile(key);
    let actor = Actor::this_process("test");
    Vault::init(&path, &key, actor.clone()).unwrap();
    Place {
        store: EmbeddedStore::new(path, Key::Given(key), actor),
        _folder: folder,
    }
}

fn name() -> SecretName {
    SecretName::parse("prod/db").unwrap()
}

async fn put(store: &EmbeddedStore, value: &str, pending: bool) {
    let mut request = PutRequest::new(Secret::copy_from(value.as_bytes()));
    if pending {
        request = request.pending();
    }
    store.put(&name(), request).await.unwrap();
}

/// A secret with a destroyed version 1, a previous 2, a current 3 and a pending 4.
async fn source() -> Place {
    let place = place();
    for number in 1..=3 {
        put(&place.store, &format!("fake-value-{number}"), false).await;
    }
    put(&place.store, "fake-value-4", true).await;
    place.store.destroy(&name(), &[1]).await.unwrap();
    let change = MetadataChange {
        description: Some("the database".to_owned()),
        labels: [("team".to_owned(), Some("db".to_owned()))].into(),
        ..MetadataChange::default()
    };
    place.store.update(&name(), change).await.unwrap();
    place
}

async fn value(store: &EmbeddedStore, which: VersionSelector) -> String {
    let found = store.get(&name(), which).await.unwrap();
    found.value.danger_expose_str().unwrap().to_owned()
}

async fn insist_on_the_copy(store: &EmbeddedStore) {
    let there = store.metadata(&name()).await.unwrap();
    assert_eq!(
        (there.previous, there.current, there.pending, there.latest),
        (Some(2), Some(3), Some(4), 4)
    );
    assert_eq!(there.description.as_deref(), Some("the database"));
    assert_eq!(there.labels.get("team").map(String::as_str), Some("db"));
    for (which, expected) in [
        (VersionSelector::Version(2), "fake-value-2"),
        (VersionSelector::Current, "fake-value-3"),
        (VersionSelector::Stage(Stage::Pending), "fake-value-4"),
    ] {
        assert_eq!(value(store, which).await, expected);
    }
    let gone = store
        .version_metadata(&name(), VersionSelector::Version(1))
        .await
        .unwrap();
    assert!(matches!(gone.state, VersionState::Destroyed(_)));
}

#[tokio::test]
async fn a_secret_arrives_with_its_versions_numbers_stages_and_metadata() {
    let (from, to) = (source().await, place());
    let migration = Migration::new(&from.store, &to.store).unwrap();
    let planned = migration.plan("").await.unwrap();
    assert_eq!(planned[0].copies, [2, 3, 4]);
    assert_eq!(planned[0].gaps, [1]);
    assert!(
        to.store.list("").await.unwrap().is_empty(),
        "a plan writes nothing"
    );
    let moved = migration.run(&planned[0]).await.unwrap();
    assert_eq!(
        (moved.copied, moved.verified, moved.current),
        (3, 3, Some(3))
    );
    insist_on_the_copy(&to.store).await;

    // Once more there is nothing left to do, and nothing is undone.
    let again = migration.plan("prod/").await.unwrap();
    assert!(again[0].copies.is_empty() && again[0].gaps.is_empty());
    assert_eq!(migration.run(&again[0]).await.unwrap().copied, 0);
    insist_on_the_copy(&to.store).await;
}

#[tokio::test]
async fn what_has_arrived_is_left_alone_by_a_further_run() {
    let (from, to) = (source().await, place());
    let migration = Migration::new(&from.store, &to.store).unwrap();
    let planned = migration.plan("").await.unwrap().remove(0);
    migration.run(&planned).await.unwrap();

    // Life has gone on in the new store.
    put(&to.store, "fake-value-of-later", false).await;
    let again = migration.plan("").await.unwrap().remove(0);
    assert!(again.is_done && again.obstacle.is_none());
    assert_eq!(migration.run(&again).await.unwrap().copied, 0);
    assert_eq!(
        value(&to.store, VersionSelector::Current).await,
        "fake-value-of-later"
    );

    // And in the old one as well: nobody can say which is right.
    put(&from.store, "fake-value-elsewhere", false).await;
    let both = migration.plan("").await.unwrap().remove(0);
    assert!(both.obstacle.unwrap().contains("both stores"));
}

#[tokio::test]
async fn what_comes_after_the_move_follows_while_nothing_has_changed_there() {
    let (from, to) = (source().await, place());
    let migration = Migration::new(&from.store, &to.store).unwrap();
    let planned = migration.plan("").await.unwrap().remove(0);
    migration.run(&planned).await.unwrap();
    put(&from.store, "fake-value-5", false).await;
    let further = migration.plan("").await.unwrap().remove(0);
    assert_eq!(further.copies, [5]);
    migration.run(&further).await.unwrap();
    assert_eq!(
        value(&to.store, VersionSelector::Current).await,
        "fake-value-5"
    );
}

#[tokio::test]
async fn a_move_that_was_interrupted_is_gone_on_with() {
    let (from, to) = (source().await, place());
    let migration = Migration::new(&from.store, &to.store).unwrap();
    // Written before the crash: versions 1 and 2, without a stage set or metadata.
    let secret = from.store.metadata(&name()).await.unwrap();
    for (number, is_readable) in [(1, false), (2, true)] {
        let request = migration
            .request(&secret, number, is_readable, number - 1)
            .await
            .unwrap();
        to.store.put(&name(), request).await.unwrap();
    }
    let planned = migration.plan("").await.unwrap().remove(0);
    assert!(planned.is_resumed);
    assert_eq!(planned.copies, [3, 4]);
    assert_eq!(planned.gaps, [1]);
    migration.run(&planned).await.unwrap();
    insist_on_the_copy(&to.store).await;
}

#[tokio::test]
async fn a_secret_that_is_there_already_is_not_touched() {
    let (from, to) = (source().await, place());
    put(&to.store, "fake-other-value", false).await;
    let migration = Migration::new(&from.store, &to.store).unwrap();
    let planned = migration.plan("").await.unwrap();
    assert!(planned[0].obstacle.as_deref().unwrap().contains("already"));
}
