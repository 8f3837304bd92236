//! Many values at once.

use coffer_backend::ErrorKind;
use coffer_vault::VersionSelector;

use crate::subject::{Subject, refusal};

pub(crate) async fn gives_every_secret_in_the_order_asked_for(subject: Subject) {
    if !subject.can().write.works() {
        return;
    }
    let mut wanted = Vec::new();
    for number in (0..25).rev() {
        let name = subject.name(&format!("s{number:02}"));
        subject.put(&name, &format!("fake-value-{number}")).await;
        wanted.push((name, VersionSelector::Current));
    }
    let read = subject.store().get_many(&wanted).await.unwrap();
    assert_eq!(read.len(), wanted.len());
    for ((number, found), (name, _)) in (0..25).rev().zip(read).zip(&wanted) {
        let found = found.unwrap();
        assert_eq!(
            found.value.danger_expose_str().unwrap(),
            format!("fake-value-{number}")
        );
        assert_eq!(&found.metadata.name, name);
    }
}

pub(crate) async fn one_missing_secret_fails_no_other(subject: Subject) {
    if !subject.can().write.works() {
        return;
    }
    let (there, not_there) = (subject.name("there"), subject.name("not-there"));
    subject.put(&there, "fake-value").await;
    let wanted = [
        (there.clone(), VersionSelector::Current),
        (not_there, VersionSelector::Current),
        (there, VersionSelector::Current),
    ];
    let mut read = subject.store().get_many(&wanted).await.unwrap();
    assert!(read.pop().unwrap().is_ok());
    assert_eq!(refusal(read.pop().unwrap()), ErrorKind::NotFound);
    assert!(read.pop().unwrap().is_ok());
}

pub(crate) async fn reads_the_versions_asked_for(subject: Subject) {
    if !subject.can().versions.works() {
        return;
    }
    let name = subject.name("versions");
    let first = subject.put(&name, "fake-first").await.version;
    subject.put(&name, "fake-second").await;
    let wanted = [
        (name.clone(), VersionSelector::Version(first)),
        (name.clone(), VersionSelector::Current),
    ];
    let read = subject.store().get_many(&wanted).await.unwrap();
    let values: Vec<_> = read
        .iter()
        .map(|found| {
            let found = found.as_ref().ok().unwrap();
            found.value.danger_expose_str().unwrap()
        })
        .collect();
    assert_eq!(values, ["fake-first", "fake-second"]);
}
