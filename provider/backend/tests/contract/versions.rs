//! Versions by their number: reading, disabling, destroying.

use coffer_backend::ErrorKind;
use coffer_vault::{MetadataChange, PutRequest, VersionSelector, VersionState};

use crate::subject::{Subject, refusal, secret};

pub(crate) async fn older_versions_stay_readable(subject: Subject) {
    if !subject.can().versions.works() {
        return;
    }
    let name = subject.name("older");
    let first = subject.put(&name, "fake-first").await.version;
    let second = subject.put(&name, "fake-second").await.version;
    let third = subject.put(&name, "fake-third").await.version;
    assert!(first < second && second < third);
    for (number, value) in [
        (first, "fake-first"),
        (second, "fake-second"),
        (third, "fake-third"),
    ] {
        let read = subject.read(&name, VersionSelector::Version(number)).await;
        assert_eq!(read, value);
    }
}

pub(crate) async fn versions_are_listed_the_oldest_first(subject: Subject) {
    if !subject.can().versions.works() {
        return;
    }
    let name = subject.name("listed");
    let mut numbers = Vec::new();
    for value in ["fake-first", "fake-second", "fake-third"] {
        numbers.push(subject.put(&name, value).await.version);
    }
    let listed = subject.store().versions(&name).await.unwrap();
    let found: Vec<u64> = listed.iter().map(|version| version.version).collect();
    assert_eq!(found, numbers);
    assert!(listed.iter().all(|version| version.name == name));
    assert!(listed.is_sorted_by_key(|version| version.created));
    let metadata = subject.store().metadata(&name).await.unwrap();
    assert_eq!(Some(&metadata.latest), numbers.last());
}

pub(crate) async fn a_disabled_version_is_read_only_after_it_is_enabled(subject: Subject) {
    if !subject.can().write.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("disabled"));
    let version = subject.put(&name, "fake-value").await.version;
    let disabled = store.set_enabled(&name, version, false).await;
    if !subject.can().disable.works() {
        return assert_eq!(refusal(disabled), ErrorKind::Unsupported);
    }
    assert_eq!(disabled.unwrap().state, VersionState::Disabled);
    for which in [VersionSelector::Current, VersionSelector::Version(version)] {
        let refused = refusal(store.get(&name, which).await);
        assert_eq!(refused, ErrorKind::Unreadable);
    }
    store.set_enabled(&name, version, true).await.unwrap();
    let read = subject.read(&name, VersionSelector::Current).await;
    assert_eq!(read, "fake-value");
}

pub(crate) async fn a_destroyed_version_is_gone_for_good(subject: Subject) {
    if !subject.can().write.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("destroyed"));
    let first = subject.put(&name, "fake-first").await.version;
    let second = subject.put(&name, "fake-second").await.version;
    let destroyed = store.destroy(&name, &[first]).await;
    if !subject.can().destroy.works() {
        return assert_eq!(refusal(destroyed), ErrorKind::Unsupported);
    }
    let is_destroyed = |state| matches!(state, VersionState::Destroyed(_));
    assert!(is_destroyed(destroyed.unwrap()[0].state));
    let which = VersionSelector::Version(first);
    assert_eq!(
        refusal(store.get(&name, which).await),
        ErrorKind::Unreadable
    );
    let versions = store.versions(&name).await.unwrap();
    let states: Vec<_> = versions
        .iter()
        .map(|version| (version.version, is_destroyed(version.state)))
        .collect();
    assert_eq!(states, [(first, true), (second, false)]);
    let found = store.metadata(&name).await.unwrap();
    assert_eq!((found.current, found.previous), (Some(second), None));
    let read = subject.read(&name, VersionSelector::Current).await;
    assert_eq!(read, "fake-second");
}

pub(crate) async fn destroying_twice_is_destroying_once(subject: Subject) {
    if !subject.can().destroy.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("destroyed-twice"));
    let first = subject.put(&name, "fake-first").await.version;
    subject.put(&name, "fake-second").await;
    store.destroy(&name, &[first]).await.unwrap();
    let again = store.destroy(&name, &[first]).await.unwrap();
    assert!(matches!(again[0].state, VersionState::Destroyed(_)));
}

pub(crate) async fn a_secret_whose_current_version_is_destroyed_can_be_written(subject: Subject) {
    if !subject.can().destroy.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("begun-anew"));
    let first = subject.put(&name, "fake-first").await.version;
    store.destroy(&name, &[first]).await.unwrap();
    let read = store.get(&name, VersionSelector::Current).await;
    assert!(matches!(
        refusal(read),
        ErrorKind::NotFound | ErrorKind::Unreadable
    ));
    let second = subject.put(&name, "fake-second").await.version;
    assert!(second > first);
    let read = subject.read(&name, VersionSelector::Current).await;
    assert_eq!(read, "fake-second");
}

pub(crate) async fn only_as_many_versions_as_wanted_keep_their_value(subject: Subject) {
    if !subject.can().write.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("few"));
    let change = MetadataChange {
        versions_to_keep: Some(2),
        ..MetadataChange::default()
    };
    let request = PutRequest::new(secret("fake-first")).with_metadata(change);
    let written = store.put(&name, request).await;
    if !subject.can().versions_to_keep.works() {
        return assert_eq!(refusal(written), ErrorKind::Unsupported);
    }
    let first = written.unwrap().version;
    for value in ["fake-second", "fake-third"] {
        subject.put(&name, value).await;
    }
    let found = store.metadata(&name).await.unwrap();
    assert_eq!(found.versions_to_keep, 2);
    // Where the system forgets the version, it is not found; where it remembers it, it cannot be read.
    let refused = refusal(store.get(&name, VersionSelector::Version(first)).await);
    assert!(matches!(
        refused,
        ErrorKind::NotFound | ErrorKind::Unreadable
    ));
    for number in [found.previous, found.current] {
        let which = VersionSelector::Version(number.unwrap());
        assert!(store.get(&name, which).await.is_ok());
    }
}
