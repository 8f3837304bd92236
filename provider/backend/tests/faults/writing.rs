//! Storing a value.

use coffer_backend::{Error, ErrorKind, SecretStore};
use coffer_vault::{PutRequest, Secret, SecretName, VersionMetadata, VersionSelector};
use xtask::faults::Fault;

use crate::subject::Subject;

const FIRST: &str = "fake-first-of-the-faults";
const SECOND: &str = "fake-second-of-the-faults";

async fn put(store: &dyn SecretStore, name: &SecretName) -> Result<VersionMetadata, Error> {
    let request = PutRequest::new(Secret::copy_from(SECOND.as_bytes()));
    store
        .put(name, request.idempotency_token("fake-run-1"))
        .await
}

async fn current(store: &dyn SecretStore, name: &SecretName) -> String {
    let found = store.get(name, VersionSelector::Current).await.unwrap();
    found.value.danger_expose_str().unwrap().to_owned()
}

/// Whatever became of the first try, the second makes it so that the value is stored once.
async fn is_stored_once(subject: &Subject, name: &SecretName) {
    let store = subject.sound();
    put(&*store, name).await.unwrap();
    assert_eq!(current(&*store, name).await, SECOND);
    assert_eq!(store.versions(name).await.unwrap().len(), 2);
}

/// A write whose answer was lost for good is found, or said to be unknown, and never made twice.
async fn is_made_once(subject: &Subject, fault: Fault) {
    let name = subject.stored(FIRST).await;
    let (store, _) = subject.writing(move |_| fault.clone());
    match put(&*store, &name).await {
        Ok(_) => {
            let sound = subject.sound();
            assert_eq!(current(&*sound, &name).await, SECOND);
            assert_eq!(sound.versions(&name).await.unwrap().len(), 2);
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
            let shown = format!("{error} {error:?} {:?}", error.remedy());
            assert!(!shown.contains(SECOND), "{shown}");
        }
    }
    is_stored_once(subject, &name).await;
}

pub(crate) async fn a_value_whose_answer_is_lost_is_stored_once(subject: &Subject) {
    for fault in [Fault::CutAfter, Fault::CutMidway] {
        is_made_once(subject, fault).await;
    }
}

pub(crate) async fn a_value_that_is_stored_under_a_failure_is_stored_once(subject: &Subject) {
    // With 503 a service says that it has not begun.
    for status in [500, 502, 504] {
        is_made_once(subject, Fault::Masked(status)).await;
    }
}

pub(crate) async fn a_value_that_never_arrives_is_not_stored(subject: &Subject) {
    for fault in [Fault::CutBefore, Fault::json(503, "{}")] {
        let name = subject.stored(FIRST).await;
        let (store, _) = subject.writing({
            let fault = fault.clone();
            move |_| fault.clone()
        });
        let error = put(&*store, &name).await.unwrap_err();
        let kinds = [ErrorKind::OutcomeUnknown, ErrorKind::Unavailable];
        assert!(kinds.contains(&error.kind()), "{fault:?}: {error}");
        let sound = subject.sound();
        assert_eq!(current(&*sound, &name).await, FIRST);
        is_stored_once(subject, &name).await;
    }
}
