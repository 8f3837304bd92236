//! The stages `current`, `pending` and `previous`.

use coffer_backend::ErrorKind;
use coffer_vault::{MetadataChange, PutRequest, SecretName, Stage, VersionSelector};

use crate::subject::{Subject, refusal, secret};

const PENDING: VersionSelector = VersionSelector::Stage(Stage::Pending);
const PREVIOUS: VersionSelector = VersionSelector::Stage(Stage::Previous);

/// Asserts which versions carry the stages, as the secret and as its versions tell it.
async fn assert_stages(
    subject: &Subject,
    name: &SecretName,
    current: Option<u64>,
    pending: Option<u64>,
    previous: Option<u64>,
) {
    let found = subject.store().metadata(name).await.unwrap();
    assert_eq!(
        (found.current, found.pending, found.previous),
        (current, pending, previous)
    );
    let versions = subject.store().versions(name).await.unwrap();
    for (stage, number) in [
        (Stage::Current, current),
        (Stage::Pending, pending),
        (Stage::Previous, previous),
    ] {
        let carriers: Vec<u64> = versions
            .iter()
            .filter(|version| version.stages.contains(&stage))
            .map(|version| version.version)
            .collect();
        assert_eq!(carriers, Vec::from_iter(number), "{stage}");
    }
}

pub(crate) async fn a_new_version_is_current_and_the_former_previous(subject: Subject) {
    if !subject.can().stages.works() {
        return;
    }
    let name = subject.name("two");
    let first = subject.put(&name, "fake-first").await;
    assert_eq!(first.stages, [Stage::Current]);
    assert_stages(&subject, &name, Some(first.version), None, None).await;
    let second = subject.put(&name, "fake-second").await.version;
    assert_stages(&subject, &name, Some(second), None, Some(first.version)).await;
    assert_eq!(subject.read(&name, PREVIOUS).await, "fake-first");
}

pub(crate) async fn a_pending_version_leaves_the_current_one(subject: Subject) {
    let name = subject.name("pending");
    if !subject.can().stages.works() {
        let request = PutRequest::new(secret("fake-value")).pending();
        let refused = refusal(subject.store().put(&name, request).await);
        return assert_eq!(refused, ErrorKind::Unsupported);
    }
    let first = subject.put(&name, "fake-first").await.version;
    let second = subject.put_pending(&name, "fake-second").await;
    assert_eq!(second.stages, [Stage::Pending]);
    assert_stages(&subject, &name, Some(first), Some(second.version), None).await;
    let current = subject.read(&name, VersionSelector::Current).await;
    assert_eq!(current, "fake-first");
    assert_eq!(subject.read(&name, PENDING).await, "fake-second");
}

pub(crate) async fn a_secret_may_begin_with_a_pending_version(subject: Subject) {
    if !subject.can().stages.works() {
        return;
    }
    let name = subject.name("begins-pending");
    let request = PutRequest::new(secret("fake-first")).pending();
    let first = match subject.store().put(&name, request).await {
        Ok(first) => first.version,
        // A system may make the first version current by itself; what matters is that the store does not let it.
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            let missing = refusal(subject.store().metadata(&name).await);
            return assert_eq!(missing, ErrorKind::NotFound);
        }
    };
    assert_stages(&subject, &name, None, Some(first), None).await;
    let read = subject.store().get(&name, VersionSelector::Current).await;
    assert_eq!(refusal(read), ErrorKind::NotFound);
    assert_eq!(subject.read(&name, PENDING).await, "fake-first");
}

pub(crate) async fn promotion_makes_the_pending_version_current(subject: Subject) {
    if !subject.can().stages.works() {
        return;
    }
    let name = subject.name("promoted");
    let first = subject.put(&name, "fake-first").await.version;
    let second = subject.put_pending(&name, "fake-second").await.version;
    let change = MetadataChange::default();
    let promoted = subject.store().promote(&name, second, change).await;
    assert_eq!(promoted.unwrap().current, Some(second));
    assert_stages(&subject, &name, Some(second), None, Some(first)).await;
    let current = subject.read(&name, VersionSelector::Current).await;
    assert_eq!(current, "fake-second");
    assert_eq!(subject.read(&name, PREVIOUS).await, "fake-first");
}

pub(crate) async fn promoting_twice_is_promoting_once(subject: Subject) {
    if !subject.can().stages.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("promoted-twice"));
    let first = subject.put(&name, "fake-first").await.version;
    let second = subject.put_pending(&name, "fake-second").await.version;
    for _ in 0..2 {
        let change = MetadataChange::default();
        store.promote(&name, second, change).await.unwrap();
    }
    assert_stages(&subject, &name, Some(second), None, Some(first)).await;
}

pub(crate) async fn an_older_version_can_become_current_again(subject: Subject) {
    if !subject.can().stages.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("rolled-back"));
    let first = subject.put(&name, "fake-first").await.version;
    let second = subject.put(&name, "fake-second").await.version;
    let change = MetadataChange::default();
    store.promote(&name, first, change).await.unwrap();
    assert_stages(&subject, &name, Some(first), None, Some(second)).await;
    let current = subject.read(&name, VersionSelector::Current).await;
    assert_eq!(current, "fake-first");
}

pub(crate) async fn a_pending_version_is_given_up(subject: Subject) {
    if !subject.can().stages.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("given-up"));
    let first = subject.put(&name, "fake-first").await.version;
    subject.put_pending(&name, "fake-second").await;
    for _ in 0..2 {
        store.unstage(&name, Stage::Pending).await.unwrap();
        assert_stages(&subject, &name, Some(first), None, None).await;
    }
    let third = subject.put(&name, "fake-third").await.version;
    assert_stages(&subject, &name, Some(third), None, Some(first)).await;
}

pub(crate) async fn a_newer_pending_version_takes_the_place_of_an_older(subject: Subject) {
    if !subject.can().stages.works() {
        return;
    }
    let name = subject.name("pending-twice");
    let first = subject.put(&name, "fake-first").await.version;
    subject.put_pending(&name, "fake-second").await;
    let third = subject.put_pending(&name, "fake-third").await.version;
    assert_stages(&subject, &name, Some(first), Some(third), None).await;
}
