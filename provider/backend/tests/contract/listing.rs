//! Finding names.

use coffer_backend::ErrorKind;
use coffer_vault::{SignedDuration, Timestamp};

use crate::subject::{Subject, refusal};

/// The names below `prefix`, without the prefix of the test.
async fn names(subject: &Subject, prefix: &str) -> Vec<String> {
    let own = subject.prefix();
    let listed = subject.store().list(&format!("{own}{prefix}")).await;
    let strip = |name: &str| name.strip_prefix(&own).unwrap().to_owned();
    listed
        .unwrap()
        .iter()
        .map(|metadata| strip(metadata.name.as_str()))
        .collect()
}

async fn fill(subject: &Subject, names: &[&str]) {
    for name in names {
        subject.put(&subject.name(name), "fake-value").await;
    }
}

pub(crate) async fn finds_names_by_prefix_in_their_order(subject: Subject) {
    if !subject.can().list.works() {
        let refused = refusal(subject.store().list("").await);
        return assert_eq!(refused, ErrorKind::Unsupported);
    }
    if !subject.can().write.works() {
        return;
    }
    fill(&subject, &["b/two", "a", "b/one/deep", "c", "b/one/er"]).await;
    assert_eq!(
        names(&subject, "").await,
        ["a", "b/one/deep", "b/one/er", "b/two", "c"]
    );
    assert_eq!(
        names(&subject, "b/").await,
        ["b/one/deep", "b/one/er", "b/two"]
    );
    assert_eq!(names(&subject, "nothing/").await, Vec::<String>::new());
}

pub(crate) async fn a_prefix_may_end_within_a_segment(subject: Subject) {
    if !subject.can().list.works() || !subject.can().write.works() {
        return;
    }
    fill(&subject, &["db-1", "db-2/x", "dc"]).await;
    assert_eq!(names(&subject, "db").await, ["db-1", "db-2/x"]);
}

pub(crate) async fn a_name_may_also_be_a_folder(subject: Subject) {
    if !subject.can().list.works() || !subject.can().write.works() {
        return;
    }
    fill(&subject, &["both", "both/below"]).await;
    assert_eq!(names(&subject, "both").await, ["both", "both/below"]);
    assert_eq!(names(&subject, "both/").await, ["both/below"]);
}

pub(crate) async fn leaves_deleted_secrets_out(subject: Subject) {
    if !subject.can().list.works() || !subject.can().recoverable_delete.works() {
        return;
    }
    fill(&subject, &["kept", "deleted"]).await;
    let until = Timestamp::now() + SignedDuration::from_hours(10 * 24);
    let deleted = subject.name("deleted");
    subject.store().delete(&deleted, until).await.unwrap();
    assert_eq!(names(&subject, "").await, ["kept"]);
}
