//! Writes that are conditional, and writes that are repeated.

use coffer_backend::ErrorKind;
use coffer_vault::{Expect, PutRequest, VersionSelector};

use crate::subject::{Subject, refusal, secret};

pub(crate) async fn a_secret_is_created_once(subject: Subject) {
    let (store, name) = (subject.store(), subject.name("created"));
    let create = || PutRequest::new(secret("fake-value")).expect(Expect::Absent);
    if !subject.can().compare_and_set.works() {
        let refused = refusal(store.put(&name, create()).await);
        return assert_eq!(refused, ErrorKind::Unsupported);
    }
    store.put(&name, create()).await.unwrap();
    let refused = refusal(store.put(&name, create()).await);
    assert_eq!(refused, ErrorKind::Conflict);
}

pub(crate) async fn a_write_that_expects_another_version_writes_nothing(subject: Subject) {
    if !subject.can().compare_and_set.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("expected"));
    let first = subject.put(&name, "fake-first").await.version;
    subject.put(&name, "fake-second").await;
    let before = store.metadata(&name).await.unwrap();
    let request = PutRequest::new(secret("fake-third")).expect(Expect::Latest(first));
    let refused = refusal(store.put(&name, request).await);
    assert_eq!(refused, ErrorKind::Conflict);
    assert_eq!(store.metadata(&name).await.unwrap(), before);
}

pub(crate) async fn a_write_that_expects_the_newest_version_succeeds(subject: Subject) {
    if !subject.can().compare_and_set.works() {
        return;
    }
    let name = subject.name("as-expected");
    let first = subject.put(&name, "fake-first").await.version;
    let request = PutRequest::new(secret("fake-second")).expect(Expect::Latest(first));
    subject.store().put(&name, request).await.unwrap();
    let read = subject.read(&name, VersionSelector::Current).await;
    assert_eq!(read, "fake-second");
}

fn with_token(value: &str) -> PutRequest {
    PutRequest::new(secret(value)).idempotency_token("fake-run-1")
}

pub(crate) async fn a_repeated_put_stores_once(subject: Subject) {
    let (store, name) = (subject.store(), subject.name("repeated"));
    if !subject.can().idempotency.works() {
        let refused = refusal(store.put(&name, with_token("fake-value")).await);
        return assert_eq!(refused, ErrorKind::Unsupported);
    }
    let first = store.put(&name, with_token("fake-value")).await.unwrap();
    let again = store.put(&name, with_token("fake-value")).await.unwrap();
    assert_eq!(again.version, first.version);
    assert!(again.repeated && !first.repeated);
    assert_eq!(store.metadata(&name).await.unwrap().latest, first.version);
}

pub(crate) async fn a_repeated_put_is_known_after_later_puts(subject: Subject) {
    if !subject.can().idempotency.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("repeated-late"));
    let first = store.put(&name, with_token("fake-value")).await.unwrap();
    subject.put(&name, "fake-other").await;
    let again = store.put(&name, with_token("fake-value")).await.unwrap();
    assert_eq!(again.version, first.version);
    let read = subject.read(&name, VersionSelector::Current).await;
    assert_eq!(read, "fake-other", "the repetition moved no stage");
}

pub(crate) async fn a_token_is_of_one_value(subject: Subject) {
    if !subject.can().idempotency.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("token-reused"));
    store.put(&name, with_token("fake-value")).await.unwrap();
    let refused = refusal(store.put(&name, with_token("fake-other")).await);
    assert_eq!(refused, ErrorKind::Conflict);
}

pub(crate) async fn a_store_that_cannot_write_says_so(subject: Subject) {
    if subject.can().write.works() {
        return;
    }
    let request = PutRequest::new(secret("fake-value"));
    let refused = refusal(subject.store().put(&subject.name("new"), request).await);
    assert_eq!(refused, ErrorKind::Unsupported);
}
