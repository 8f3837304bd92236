//! Names, ARNs, lists and batches.

use coffer_backend::{Error, ErrorKind, SecretStore};
use coffer_vault::{
    MetadataChange, PutRequest, SecretName, SignedDuration, Timestamp, VersionSelector,
};

use crate::{fresh, made_by_another, put, read, secret, store};

#[tokio::test]
async fn an_arn_is_a_name_with_its_suffix_and_without() {
    let (store, name) = (store(), fresh("by-arn"));
    let arn = made_by_another(&name, "fake-value");
    let partial = arn.rsplit_once('-').unwrap().0;
    let names = [&arn, partial].map(|text| SecretName::parse(text).unwrap());
    for name in &names {
        assert_eq!(
            read(&store, name, VersionSelector::Current).await,
            "fake-value"
        );
    }
    let wanted = names.map(|name| (name, VersionSelector::Current));
    let found = store.get_many(&wanted).await.unwrap();
    assert!(found.iter().all(Result::is_ok));
}

#[tokio::test]
async fn an_arn_of_another_region_and_a_name_with_a_colon_are_refused_with_their_reason() {
    let store = store();
    for (name, part) in [
        (
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a",
            "eu-west-1",
        ),
        (
            "arn:aws:ssm:us-east-1:123456789012:parameter:a",
            "no ARN of a secret",
        ),
        ("a:b", "colon"),
    ] {
        let name = SecretName::parse(name).unwrap();
        let refused = store
            .get(&name, VersionSelector::Current)
            .await
            .err()
            .unwrap();
        assert_eq!(refused.kind(), ErrorKind::Invalid);
        assert!(refused.to_string().contains(part), "{refused}");
    }
}

#[tokio::test]
async fn more_secrets_than_a_page_or_a_batch_are_listed_and_read() {
    let store = store();
    let prefix = fresh("many");
    let name = |number: usize| SecretName::parse(&format!("{prefix}/{number:03}")).unwrap();
    let names: Vec<SecretName> = (0..105).map(name).collect();
    for name in &names {
        made_by_another(name, &format!("fake-value-of-{name}"));
    }
    let wanted: Vec<_> = names
        .iter()
        .map(|name| (name.clone(), VersionSelector::Current))
        .collect();
    let found = store.get_many(&wanted).await.unwrap();
    for (name, found) in names.iter().zip(found) {
        let expected = format!("fake-value-of-{name}");
        assert!(
            found
                .unwrap_or_else(|error| panic!("{error}"))
                .value
                .danger_expose()
                == expected.as_bytes()
        );
    }
    let listed = store.list(&format!("{prefix}/")).await.unwrap();
    let listed: Vec<SecretName> = listed.into_iter().map(|secret| secret.name).collect();
    assert_eq!(listed, names);
}

#[tokio::test]
async fn a_recovery_window_that_the_service_lacks_is_refused_by_its_argument() {
    let (store, name) = (store(), fresh("window"));
    put(&store, &name, "fake-value").await;
    let end = Timestamp::now() + SignedDuration::from_hours(3 * 24);
    let refused = store.delete(&name, end).await.unwrap_err().to_string();
    assert!(
        refused.contains("recovery_window_in_days is 3"),
        "{refused}"
    );
    assert!(store.metadata(&name).await.unwrap().deleted.is_none());
}

#[tokio::test]
async fn what_cannot_be_tagged_is_refused_before_the_value_is_stored() {
    let (store, name) = (store(), fresh("untaggable"));
    let first = put(&store, &name, "fake-first").await;
    let change = MetadataChange {
        annotations: [("note".to_owned(), Some("x".repeat(50 * 256)))].into(),
        ..MetadataChange::default()
    };
    let request = PutRequest::new(secret("fake-second")).with_metadata(change);
    let refused = store.put(&name, request).await.unwrap_err();
    assert!(
        matches!(&refused, Error::Invalid { said, .. } if said.contains("50 at most")),
        "{refused}"
    );
    assert_eq!(store.metadata(&name).await.unwrap().latest, first);
}
