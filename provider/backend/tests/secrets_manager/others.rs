//! Secrets that other programs write to, too.

use coffer_backend::{ErrorKind, SecretStore};
use coffer_vault::{Expect, MetadataChange, PutRequest, Stage, VersionSelector};
use serde_json::json;

use crate::{call, fresh, made_by_another, put, read, secret, store};

#[tokio::test]
async fn a_version_of_another_program_has_a_number_that_stays_and_can_be_read_by_it() {
    let (store, name) = (store(), fresh("made"));
    made_by_another(&name, "fake-first");
    let first = store.metadata(&name).await.unwrap().current.unwrap();
    let found = store
        .get(&name, VersionSelector::Current)
        .await
        .ok()
        .unwrap();
    assert_eq!(found.metadata.version, first);
    let created = found.metadata.created.as_second();
    assert_eq!(first, u64::try_from(created).unwrap());

    let second = put(&store, &name, "fake-second").await;
    assert_eq!(second, first + 1);
    let stages = [
        (VersionSelector::Version(first), "fake-first"),
        (VersionSelector::Stage(Stage::Previous), "fake-first"),
        (VersionSelector::Version(second), "fake-second"),
    ];
    for (which, value) in stages {
        assert_eq!(read(&store, &name, which).await, value);
    }
}

#[tokio::test]
async fn a_version_that_the_services_own_rotation_left_pending_and_current_is_current_alone() {
    let (store, name) = (store(), fresh("rotated"));
    made_by_another(&name, "fake-first");
    let id = "01234567-89ab-cdef-0123-000000000002";
    let request = json!({
        "SecretId": name.as_str(), "SecretString": "fake-second",
        "ClientRequestToken": id, "VersionStages": ["AWSPENDING", "AWSCURRENT"],
    });
    call("PutSecretValue", &request);
    let found = store.metadata(&name).await.unwrap();
    assert!(found.current.is_some());
    assert_eq!(found.pending, None);
    let pending = store
        .get(&name, VersionSelector::Stage(Stage::Pending))
        .await;
    assert_eq!(pending.err().unwrap().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn an_unfinished_write_is_finished_by_its_repetition() {
    let (store, name) = (store(), fresh("cut-short"));
    put(&store, &name, "fake-first").await;
    let request = || PutRequest::new(secret("fake-second")).idempotency_token("run 7");
    let version = store.put(&name, request()).await.unwrap().version;
    // The state after a crash between storing the value and moving the stage.
    let ids = call("DescribeSecret", &json!({ "SecretId": name.as_str() }));
    let id = |label: &str| {
        let stages = ids["VersionIdsToStages"].as_object().unwrap().iter();
        let mut carriers =
            stages.filter(|(_, labels)| labels.as_array().unwrap().contains(&label.into()));
        carriers.next().unwrap().0.clone()
    };
    let (second, first) = (id("AWSCURRENT"), id("AWSPREVIOUS"));
    let request_of = |label: &str, from: Option<&str>, to: &str| json!({ "SecretId": name.as_str(), "VersionStage": label, "RemoveFromVersionId": from, "MoveToVersionId": to });
    call(
        "UpdateSecretVersionStage",
        &request_of("AWSCURRENT", Some(&second), &first),
    );
    call(
        "UpdateSecretVersionStage",
        &request_of("coffer-writing", None, &second),
    );
    assert_eq!(
        read(&store, &name, VersionSelector::Current).await,
        "fake-first"
    );

    let repeated = store.put(&name, request()).await.unwrap();
    assert!(repeated.repeated);
    assert_eq!(repeated.version, version);
    assert_eq!(
        read(&store, &name, VersionSelector::Current).await,
        "fake-second"
    );
}

#[tokio::test]
async fn a_write_of_another_program_is_a_conflict_for_who_expected_none() {
    let (store, name) = (store(), fresh("contested"));
    let first = put(&store, &name, "fake-first").await;
    let request = json!({
        "SecretId": name.as_str(), "SecretString": "fake-other",
        "ClientRequestToken": "01234567-89ab-cdef-0123-000000000003",
    });
    call("PutSecretValue", &request);
    let request = PutRequest::new(secret("fake-mine")).expect(Expect::Latest(first));
    let refused = store.put(&name, request).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
    assert_eq!(
        read(&store, &name, VersionSelector::Current).await,
        "fake-other"
    );
}

#[tokio::test]
async fn tags_and_descriptions_are_those_that_other_programs_see() {
    let (store, name) = (store(), fresh("tagged"));
    let change = MetadataChange {
        description: Some("what it is for".to_owned()),
        labels: [("team".to_owned(), Some("payments".to_owned()))].into(),
        annotations: [("rotation.step".to_owned(), Some("set".to_owned()))].into(),
        ..MetadataChange::default()
    };
    let request = PutRequest::new(secret("fake-value")).with_metadata(change);
    store.put(&name, request).await.unwrap();
    let seen = call("DescribeSecret", &json!({ "SecretId": name.as_str() }));
    assert_eq!(seen["Description"], "what it is for");
    let tags = seen["Tags"].as_array().unwrap();
    assert!(tags.contains(&json!({ "Key": "team", "Value": "payments" })));
    assert!(tags.contains(&json!({ "Key": "coffer:rotation.step", "Value": "set" })));
}

#[tokio::test]
async fn a_replica_is_read_and_not_written() {
    let name = fresh("replicated");
    let request = json!({
        "Name": name.as_str(), "SecretString": "fake-value",
        "AddReplicaRegions": [{ "Region": "eu-west-1" }],
    });
    call("CreateSecret", &request);
    let mut settings = crate::settings();
    settings.region = Some("eu-west-1".to_owned());
    let there = coffer_backend::aws::SecretsManager::new(settings);
    assert_eq!(
        read(&there, &name, VersionSelector::Current).await,
        "fake-value"
    );
    let refused = there
        .put(&name, PutRequest::new(secret("fake-other")))
        .await;
    let refused = refused.unwrap_err().to_string();
    assert!(
        refused.contains("replica of the secret in us-east-1"),
        "{refused}"
    );
}
