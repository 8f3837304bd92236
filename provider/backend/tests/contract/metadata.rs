//! Descriptions, labels, annotations, and what is said of versions.

use std::collections::BTreeMap;

use coffer_backend::{ErrorKind, Support};
use coffer_vault::{
    Expect, MetadataChange, PutRequest, SecretName, SignedDuration, Timestamp, VersionSelector,
};

use crate::subject::{Subject, refusal, secret};

/// A change of texts: `None` removes.
fn texts(changes: &[(&str, Option<&str>)]) -> BTreeMap<String, Option<String>> {
    let owned = |(key, value): &(&str, Option<&str>)| ((*key).into(), value.map(Into::into));
    changes.iter().map(owned).collect()
}

fn described(text: &str) -> MetadataChange {
    MetadataChange {
        description: Some(text.to_owned()),
        ..MetadataChange::default()
    }
}

fn labelled(changes: &[(&str, Option<&str>)]) -> MetadataChange {
    MetadataChange {
        labels: texts(changes),
        ..MetadataChange::default()
    }
}

fn annotated(changes: &[(&str, Option<&str>)]) -> MetadataChange {
    MetadataChange {
        annotations: texts(changes),
        ..MetadataChange::default()
    }
}

/// Whether the store keeps it. Where it can write and does not, a change of it must be refused.
async fn keeps(
    subject: &Subject,
    what: Support,
    name: &SecretName,
    change: MetadataChange,
) -> bool {
    if !subject.can().write.works() {
        return false;
    }
    subject.put(name, "fake-value").await;
    if !what.works() {
        let refused = refusal(subject.store().update(name, change).await);
        assert_eq!(refused, ErrorKind::Unsupported);
    }
    what.works()
}

pub(crate) async fn a_description_is_set_and_removed(subject: Subject) {
    let name = subject.name("described");
    let change = described("the key of the front door, \"quoted\"");
    if !keeps(&subject, subject.can().description, &name, change.clone()).await {
        return;
    }
    let store = subject.store();
    let changed = store.update(&name, change.clone()).await.unwrap();
    assert_eq!(changed.description, change.description);
    let read = store.metadata(&name).await.unwrap();
    assert_eq!(read.description, change.description);
    let removed = store.update(&name, described("")).await.unwrap();
    assert_eq!(removed.description, None);
}

pub(crate) async fn labels_are_set_changed_and_removed(subject: Subject) {
    let name = subject.name("labelled");
    let change = labelled(&[("team", Some("payments")), ("tier", Some("1"))]);
    if !keeps(&subject, subject.can().labels, &name, change.clone()).await {
        return;
    }
    let store = subject.store();
    store.update(&name, change).await.unwrap();
    let change = labelled(&[("team", Some("billing")), ("tier", None)]);
    store.update(&name, change).await.unwrap();
    let found = store.metadata(&name).await.unwrap();
    assert_eq!(
        found.labels,
        BTreeMap::from([("team".into(), "billing".into())])
    );
}

pub(crate) async fn annotations_are_set_changed_and_removed(subject: Subject) {
    let name = subject.name("annotated");
    let state = r#"{"step": "pending", "at": "2026-01-01T00:00:00Z"}"#;
    let change = annotated(&[("rotation", Some(state)), ("source", Some("hand"))]);
    if !keeps(&subject, subject.can().annotations, &name, change.clone()).await {
        return;
    }
    let store = subject.store();
    store.update(&name, change).await.unwrap();
    let change = annotated(&[("source", None)]);
    store.update(&name, change).await.unwrap();
    let found = store.metadata(&name).await.unwrap();
    assert_eq!(
        found.annotations,
        BTreeMap::from([("rotation".into(), state.into())])
    );
}

pub(crate) async fn a_put_changes_metadata_along_with_the_value(subject: Subject) {
    if !subject.can().annotations.works() {
        return;
    }
    let name = subject.name("put-and-annotated");
    let request = PutRequest::new(secret("fake-value"));
    let change = annotated(&[("rotation", Some("due"))]);
    let store = subject.store();
    store
        .put(&name, request.with_metadata(change))
        .await
        .unwrap();
    let found = store.metadata(&name).await.unwrap();
    assert_eq!(found.annotations["rotation"], "due");
}

pub(crate) async fn a_promotion_changes_metadata_along_with_the_stages(subject: Subject) {
    if !subject.can().annotations.works() || !subject.can().stages.works() {
        return;
    }
    let name = subject.name("promoted-and-annotated");
    subject.put(&name, "fake-first").await;
    let pending = subject.put_pending(&name, "fake-second").await.version;
    let change = annotated(&[("rotation", Some("done"))]);
    let store = subject.store();
    let promoted = store.promote(&name, pending, change).await.unwrap();
    assert_eq!(promoted.current, Some(pending));
    assert_eq!(promoted.annotations["rotation"], "done");
}

pub(crate) async fn metadata_stays_when_a_value_is_written(subject: Subject) {
    let name = subject.name("stays");
    let change = described("stays");
    if !keeps(&subject, subject.can().description, &name, change.clone()).await {
        return;
    }
    subject.store().update(&name, change).await.unwrap();
    subject.put(&name, "fake-second").await;
    let found = subject.store().metadata(&name).await.unwrap();
    assert_eq!(found.description.as_deref(), Some("stays"));
}

pub(crate) async fn a_change_of_an_older_revision_is_refused(subject: Subject) {
    let name = subject.name("raced");
    if !keeps(
        &subject,
        subject.can().annotations,
        &name,
        annotated(&[("a", Some("0"))]),
    )
    .await
    {
        return;
    }
    let store = subject.store();
    let before = store.metadata(&name).await.unwrap().revision;
    let mut change = annotated(&[("a", Some("1"))]);
    change.expect_revision = Some(before);
    store.update(&name, change.clone()).await.unwrap();
    let refused = refusal(store.update(&name, change).await);
    assert_eq!(refused, ErrorKind::Conflict);
}

pub(crate) async fn every_change_raises_the_revision(subject: Subject) {
    let name = subject.name("revised");
    if !keeps(
        &subject,
        subject.can().annotations,
        &name,
        annotated(&[("a", Some("0"))]),
    )
    .await
    {
        return;
    }
    let store = subject.store();
    let first = store.metadata(&name).await.unwrap().revision;
    let change = annotated(&[("a", Some("1"))]);
    let second = store.update(&name, change).await.unwrap().revision;
    subject.put(&name, "fake-second").await;
    let third = store.metadata(&name).await.unwrap().revision;
    assert!(first < second && second < third, "{first} {second} {third}");
}

pub(crate) async fn says_when_a_value_expires(subject: Subject) {
    if !subject.can().write.works() {
        return;
    }
    let name = subject.name("expires");
    // In whole seconds, which is all that some systems keep.
    let at = Timestamp::from_second(Timestamp::now().as_second()).unwrap()
        + SignedDuration::from_hours(30 * 24);
    let request = PutRequest::new(secret("fake-value")).expires(at);
    let written = subject.store().put(&name, request).await;
    if !subject.can().expiry.works() {
        return assert_eq!(refusal(written), ErrorKind::Unsupported);
    }
    assert_eq!(written.unwrap().expires, Some(at));
    let found = subject.store().metadata(&name).await.unwrap();
    assert_eq!(found.expires, Some(at));
    let read = subject.store().get(&name, VersionSelector::Current).await;
    assert_eq!(read.ok().unwrap().metadata.expires, Some(at));
    let request = PutRequest::new(secret("fake-second")).expect(Expect::Latest(found.latest));
    subject.store().put(&name, request).await.unwrap();
    let found = subject.store().metadata(&name).await.unwrap();
    assert_eq!(found.expires, None, "the new value does not expire");
}

pub(crate) async fn says_what_a_value_is(subject: Subject) {
    if !subject.can().annotations.works() {
        return;
    }
    let name = subject.name("typed");
    let request = PutRequest::new(secret("{}")).content_type("application/json");
    subject.store().put(&name, request).await.unwrap();
    let which = VersionSelector::Current;
    let found = subject
        .store()
        .version_metadata(&name, which)
        .await
        .unwrap();
    assert_eq!(found.content_type.as_deref(), Some("application/json"));
}

pub(crate) async fn versions_have_labels_of_their_own(subject: Subject) {
    if !subject.can().annotations.works() || !subject.can().versions.works() {
        return;
    }
    let name = subject.name("version-labels");
    let request = PutRequest::new(secret("fake-first")).version_label("user", "app_a");
    let first = subject.store().put(&name, request).await.unwrap().version;
    let request = PutRequest::new(secret("fake-second")).version_label("user", "app_b");
    subject.store().put(&name, request).await.unwrap();
    for (which, user) in [
        (VersionSelector::Version(first), "app_a"),
        (VersionSelector::Current, "app_b"),
    ] {
        let found = subject
            .store()
            .version_metadata(&name, which)
            .await
            .unwrap();
        assert_eq!(found.labels["user"], user);
    }
}
