//! Values come back as they were stored.

use coffer_backend::ErrorKind;
use coffer_vault::{PutRequest, Secret, VersionSelector};

use crate::subject::{Subject, refusal, secret};

/// What is stored of a large value where the system has no limit: more than most secrets, less than a file.
const LARGE: u64 = 256 * 1024;

async fn comes_back(subject: &Subject, value: &[u8]) {
    if !subject.can().write.works() {
        return;
    }
    let name = subject.name("value");
    let request = PutRequest::new(Secret::copy_from(value));
    subject.store().put(&name, request).await.unwrap();
    let read = subject.store().get(&name, VersionSelector::Current).await;
    assert!(
        read.unwrap().value.danger_expose() == value,
        "the value changed on its way"
    );
}

pub(crate) async fn text_comes_back(subject: Subject) {
    comes_back(&subject, b"fake-value with \"quotes\", \\ and ${braces}").await;
}

pub(crate) async fn letters_of_all_scripts_come_back(subject: Subject) {
    comes_back(
        &subject,
        "pässwörd \u{1F511} 密码 \u{0301}e\u{200B}".as_bytes(),
    )
    .await;
}

pub(crate) async fn bytes_that_are_no_text_come_back(subject: Subject) {
    let bytes: Vec<u8> = (0..=255).collect();
    if subject.can().binary.works() {
        return comes_back(&subject, &bytes).await;
    }
    let request = PutRequest::new(Secret::new(bytes));
    let refused = refusal(subject.store().put(&subject.name("binary"), request).await);
    assert_eq!(refused, ErrorKind::Unsupported);
}

pub(crate) async fn a_json_object_comes_back_byte_for_byte(subject: Subject) {
    let value = r#"{ "username": "app",  "port": 5432.0, "nested": {"a": [1, null]}, "username": "twice" }"#;
    comes_back(&subject, value.as_bytes()).await;
}

/// Stores that mark what they wrote must not take a value for such a mark.
pub(crate) async fn what_looks_like_a_marker_comes_back(subject: Subject) {
    comes_back(&subject, br#"{"value": "fake", "encoding": "base64"}"#).await;
    comes_back(&subject, br#"{"value": "fake"}"#).await;
    comes_back(&subject, b"base64:ZmFrZQ==").await;
}

pub(crate) async fn blanks_and_line_breaks_come_back(subject: Subject) {
    comes_back(&subject, b" \t fake\r\nvalue\n\n").await;
}

pub(crate) async fn a_large_value_comes_back(subject: Subject) {
    let length = subject.can().max_value_bytes.unwrap_or(LARGE).min(LARGE);
    let length = usize::try_from(length).unwrap();
    comes_back(&subject, &b"fake-value.".repeat(length)[..length]).await;
}

pub(crate) async fn a_value_that_is_too_large_is_refused(subject: Subject) {
    let Some(most) = subject.can().max_value_bytes else {
        return;
    };
    let value = secret(&"v".repeat(usize::try_from(most).unwrap() + 1));
    let name = subject.name("too-large");
    let refused = refusal(subject.store().put(&name, PutRequest::new(value)).await);
    assert_eq!(refused, ErrorKind::Invalid);
    assert_eq!(
        refusal(subject.store().metadata(&name).await),
        ErrorKind::NotFound,
        "nothing is written"
    );
}

pub(crate) async fn the_current_value_is_recognised(subject: Subject) {
    if !subject.can().write.works() {
        return;
    }
    let (store, name) = (subject.store(), subject.name("compared"));
    subject.put(&name, "fake-value").await;
    let same = store.matches_current(&name, &secret("fake-value")).await;
    assert!(same.unwrap());
    let other = store.matches_current(&name, &secret("fake-other")).await;
    assert!(!other.unwrap());
}
