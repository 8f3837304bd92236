//! Deleting, restoring, purging.

use coffer_backend::ErrorKind;
use coffer_vault::{MetadataChange, PutRequest, SignedDuration, Timestamp, VersionSelector};

use crate::subject::{Subject, refusal, secret};

/// The end of a recovery window that every system can keep.
fn in_ten_days() -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(10 * 24)
}

pub(crate) async fn a_deleted_secret_cannot_be_read_or_written(subject: Subject) {
    let (store, name) = (subject.store(), subject.name("deleted"));
    if !subject.can().recoverable_delete.works() {
        let refused = refusal(store.delete(&name, in_ten_days()).await);
        return assert_eq!(refused, ErrorKind::Unsupported);
    }
    subject.put(&name, "fake-value").await;
    let deleted = store.delete(&name, in_ten_days()).await.unwrap();
    assert!(deleted.deleted.is_some());
    let read = store.get(&name, VersionSelector::Current).await;
    let error = read.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(error.is_deleted(), "{error}");
    let request = PutRequest::new(secret("fake-other"));
    let error = store.put(&name, request).await.unwrap_err();
    assert!(error.is_deleted(), "{error}");
    assert!(store.metadata(&name).await.unwrap().deleted.is_some());
}

pub(crate) async fn a_deleted_secret_is_restored_whole(subject: Subject) {
    let (store, name) = (subject.store(), subject.name("restored"));
    if !subject.can().recoverable_delete.works() {
        let refused = refusal(store.restore(&name).await);
        return assert_eq!(refused, ErrorKind::Unsupported);
    }
    let change = MetadataChange {
        description: Some("what it is for".to_owned()),
        ..MetadataChange::default()
    };
    let first = subject.put(&name, "fake-first").await.version;
    let request = PutRequest::new(secret("fake-second"));
    let request = if subject.can().description.works() {
        request.with_metadata(change)
    } else {
        request
    };
    let second = store.put(&name, request).await.unwrap().version;
    store.delete(&name, in_ten_days()).await.unwrap();
    let restored = store.restore(&name).await.unwrap();
    assert_eq!(restored.deleted, None);
    assert_eq!(restored.current, Some(second));
    if subject.can().description.works() {
        assert_eq!(restored.description.as_deref(), Some("what it is for"));
    }
    let current = subject.read(&name, VersionSelector::Current).await;
    assert_eq!(current, "fake-second");
    if subject.can().versions.works() {
        let older = subject.read(&name, VersionSelector::Version(first)).await;
        assert_eq!(older, "fake-first");
    }
}

pub(crate) async fn restoring_what_is_not_deleted_changes_nothing(subject: Subject) {
    if !subject.can().recoverable_delete.works() {
        return;
    }
    let name = subject.name("alive");
    subject.put(&name, "fake-value").await;
    let before = subject.store().metadata(&name).await.unwrap();
    let after = subject.store().restore(&name).await.unwrap();
    assert_eq!(after, before);
}

pub(crate) async fn a_purged_secret_is_gone_and_its_name_free(subject: Subject) {
    let (store, name) = (subject.store(), subject.name("purged"));
    if !subject.can().write.works() {
        return assert_eq!(refusal(store.purge(&name).await), ErrorKind::Unsupported);
    }
    subject.put(&name, "fake-first").await;
    store.purge(&name).await.unwrap();
    let refused = refusal(store.get(&name, VersionSelector::Current).await);
    assert_eq!(refused, ErrorKind::NotFound);
    assert_eq!(refusal(store.metadata(&name).await), ErrorKind::NotFound);
    subject.put(&name, "fake-second").await;
    let current = subject.read(&name, VersionSelector::Current).await;
    assert_eq!(current, "fake-second");
}

pub(crate) async fn a_deleted_secret_can_be_purged(subject: Subject) {
    if !subject.can().recoverable_delete.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("deleted-and-purged"));
    subject.put(&name, "fake-first").await;
    store.delete(&name, in_ten_days()).await.unwrap();
    store.purge(&name).await.unwrap();
    assert_eq!(refusal(store.metadata(&name).await), ErrorKind::NotFound);
}
