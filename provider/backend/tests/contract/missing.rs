//! What is not there, and what errors say.

use coffer_backend::ErrorKind;
use coffer_vault::{
    Expect, MetadataChange, PutRequest, SignedDuration, Stage, Timestamp, VersionSelector,
};

use crate::subject::{Subject, refusal, secret};

pub(crate) async fn a_secret_that_does_not_exist_is_not_found(subject: Subject) {
    let (store, name) = (subject.store(), subject.name("nowhere"));
    let read = store.get(&name, VersionSelector::Current).await;
    let error = read.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert!(error.is_missing_secret(), "{error}");
    assert!(error.to_string().contains(name.as_str()), "{error}");
    assert_eq!(refusal(store.metadata(&name).await), ErrorKind::NotFound);
    if subject.can().write.works() {
        let change = MetadataChange::default();
        let refused = refusal(store.update(&name, change.clone()).await);
        assert_eq!(refused, ErrorKind::NotFound);
        assert_eq!(refusal(store.versions(&name).await), ErrorKind::NotFound);
        assert_eq!(refusal(store.purge(&name).await), ErrorKind::NotFound);
        if subject.can().stages.works() {
            let refused = refusal(store.promote(&name, 1, change).await);
            assert_eq!(refused, ErrorKind::NotFound);
        }
        if subject.can().destroy.works() {
            let refused = refusal(store.destroy(&name, &[1]).await);
            assert_eq!(refused, ErrorKind::NotFound);
        }
        if subject.can().recoverable_delete.works() {
            let until = Timestamp::now() + SignedDuration::from_hours(10 * 24);
            let refused = refusal(store.delete(&name, until).await);
            assert_eq!(refused, ErrorKind::NotFound);
        }
    }
    let matches = store.matches_current(&name, &secret("fake-value")).await;
    assert!(!matches.unwrap());
}

pub(crate) async fn a_version_that_does_not_exist_is_not_found(subject: Subject) {
    if !subject.can().versions.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("one-version"));
    subject.put(&name, "fake-value").await;
    let beyond = VersionSelector::Version(99);
    let error = store.get(&name, beyond).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    assert!(error.is_missing_secret(), "{error}");
    let refused = refusal(store.version_metadata(&name, beyond).await);
    assert_eq!(refused, ErrorKind::NotFound);
    if subject.can().stages.works() {
        let refused = refusal(store.promote(&name, 99, MetadataChange::default()).await);
        assert_eq!(refused, ErrorKind::NotFound);
    }
}

pub(crate) async fn a_stage_that_no_version_carries_is_not_found(subject: Subject) {
    if !subject.can().write.works() {
        return;
    }
    let name = subject.name("no-stages");
    subject.put(&name, "fake-value").await;
    for stage in [Stage::Pending, Stage::Previous] {
        let which = VersionSelector::Stage(stage);
        let refused = refusal(subject.store().get(&name, which).await);
        let expected = if subject.can().stages.works() {
            ErrorKind::NotFound
        } else {
            ErrorKind::Unsupported
        };
        assert_eq!(refused, expected, "{stage}");
    }
}

pub(crate) async fn errors_hold_no_value(subject: Subject) {
    if !subject.can().compare_and_set.works() {
        return;
    }
    let name = subject.name("conflict");
    let canary = "fake-canary-7d1e";
    subject.put(&name, canary).await;
    let request = PutRequest::new(secret(canary)).expect(Expect::Absent);
    let error = subject.store().put(&name, request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    let shown = format!("{error} {error:?} {:?}", error.remedy());
    assert!(!shown.contains(canary), "{shown}");
}
