//! Several writers at once.

use std::collections::BTreeSet;

use coffer_backend::ErrorKind;
use coffer_vault::{Expect, PutRequest, VersionSelector};
use futures_util::future::join_all;

use crate::subject::{Subject, secret};

/// How many write at once.
const WRITERS: usize = 6;

pub(crate) async fn writers_at_once_lose_nothing(subject: Subject) {
    if !subject.can().versions.works() {
        return;
    }
    let name = subject.name("many");
    subject.put(&name, "fake-first").await;
    let writes = (0..WRITERS).map(|number| {
        let request = PutRequest::new(secret(&format!("fake-value-{number}")));
        subject.store().put(&name, request)
    });
    let mut numbers = BTreeSet::new();
    for (number, written) in join_all(writes).await.into_iter().enumerate() {
        let version = written.unwrap().version;
        assert!(numbers.insert(version), "two writes gave one version");
        assert_eq!(
            subject.read(&name, VersionSelector::Version(version)).await,
            format!("fake-value-{number}")
        );
    }
    let metadata = subject.store().metadata(&name).await.unwrap();
    assert!(numbers.contains(&metadata.current.unwrap()));
}

pub(crate) async fn of_several_writers_that_expect_the_same_one_wins(subject: Subject) {
    if !subject.can().compare_and_set.works() {
        return;
    }
    let name = subject.name("contested");
    let first = subject.put(&name, "fake-first").await.version;
    one_wins(&subject, &name, Expect::Latest(first)).await;
}

pub(crate) async fn creators_at_once_make_one_secret(subject: Subject) {
    if !subject.can().compare_and_set.works() {
        return;
    }
    one_wins(&subject, &subject.name("new"), Expect::Absent).await;
}

async fn one_wins(subject: &Subject, name: &coffer_vault::SecretName, expect: Expect) {
    let writes = (0..WRITERS).map(|number| {
        let value = secret(&format!("fake-value-{number}"));
        subject
            .store()
            .put(name, PutRequest::new(value).expect(expect))
    });
    let mut winner = None;
    for (number, written) in join_all(writes).await.into_iter().enumerate() {
        match written {
            Ok(_) => assert_eq!(winner.replace(number), None, "two writers won"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Conflict, "{error}"),
        }
    }
    assert_eq!(
        subject.read(name, VersionSelector::Current).await,
        format!("fake-value-{}", winner.unwrap())
    );
}
