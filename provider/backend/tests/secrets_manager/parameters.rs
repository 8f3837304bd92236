//! The Parameter Store beyond what all stores keep: parameters of other programs, labels, keys, a hundred versions.

use coffer_backend::aws::{AwsSettings, ParameterStore};
use coffer_backend::{ErrorKind, SecretStore};
use coffer_vault::{Expect, MetadataChange, PutRequest, SecretName, Stage, VersionSelector};
use serde_json::{Value, json};

use crate::{SERVER, fresh, secret, settings};

fn store() -> ParameterStore {
    ParameterStore::new(settings())
}

fn ssm(operation: &str, request: &Value) -> Value {
    let target = format!("AmazonSSM.{operation}");
    SERVER.call("ssm", &target, request).unwrap()
}

/// What another program does.
fn put_by_another(name: &SecretName, value: &str, kind: &str) {
    let request = json!({
        "Name": format!("/{name}"), "Value": value, "Type": kind, "Overwrite": true,
    });
    ssm("PutParameter", &request);
}

async fn put(store: &ParameterStore, name: &SecretName, value: &str) -> u64 {
    let request = PutRequest::new(secret(value));
    store.put(name, request).await.unwrap().version
}

async fn read(store: &ParameterStore, name: &SecretName, which: VersionSelector) -> String {
    let found = store.get(name, which).await.unwrap();
    found.value.danger_expose_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_parameter_of_another_program_is_read_and_then_has_stages() {
    let (store, name) = (store(), fresh("made"));
    put_by_another(&name, "fake-first", "SecureString");
    put_by_another(&name, "fake-second", "SecureString");
    assert_eq!(
        read(&store, &name, VersionSelector::Current).await,
        "fake-second"
    );
    assert_eq!(store.metadata(&name).await.unwrap().current, Some(2));

    assert_eq!(put(&store, &name, "fake-third").await, 3);
    let stages = [
        (VersionSelector::Current, "fake-third"),
        (VersionSelector::Stage(Stage::Previous), "fake-second"),
        (VersionSelector::Version(1), "fake-first"),
    ];
    for (which, value) in stages {
        assert_eq!(read(&store, &name, which).await, value);
    }
}

#[tokio::test]
async fn other_programs_read_a_stage_by_its_label() {
    let (store, name) = (store(), fresh("labelled"));
    put(&store, &name, "fake-first").await;
    let request = PutRequest::new(secret("fake-second")).pending();
    store.put(&name, request).await.unwrap();
    for (label, value) in [("current", "fake-first"), ("pending", "fake-second")] {
        let request = json!({ "Name": format!("/{name}:{label}"), "WithDecryption": true });
        let answer = ssm("GetParameter", &request);
        assert_eq!(answer["Parameter"]["Value"], value, "{label}");
        assert_eq!(answer["Parameter"]["Type"], "SecureString");
    }
}

#[tokio::test]
async fn the_hundred_versions_that_the_service_keeps_never_stand_in_the_way() {
    let (store, name) = (store(), fresh("often"));
    for number in 1..=104_u64 {
        assert_eq!(
            put(&store, &name, &format!("fake-value-{number}")).await,
            number
        );
    }
    assert_eq!(
        read(&store, &name, VersionSelector::Current).await,
        "fake-value-104"
    );
    let versions = store.versions(&name).await.unwrap();
    assert_eq!(versions.first().unwrap().version, 5);
    let gone = store.get(&name, VersionSelector::Version(1)).await;
    assert_eq!(gone.err().unwrap().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_value_stays_under_the_key_that_it_was_made_with() {
    let name = fresh("with-key");
    let with_key = ParameterStore::new(AwsSettings {
        kms_key_id: Some("alias/fake-key".to_owned()),
        ..settings()
    });
    put(&with_key, &name, "fake-first").await;
    put(&store(), &name, "fake-second").await;
    let history = ssm(
        "GetParameterHistory",
        &json!({ "Name": format!("/{name}") }),
    );
    let keys: Vec<&Value> = history["Parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| &version["KeyId"])
        .collect();
    assert_eq!(keys, ["alias/fake-key", "alias/fake-key"]);
    assert_eq!(history["Parameters"][1]["Tier"], "Intelligent-Tiering");
}

#[tokio::test]
async fn parameters_that_are_not_encrypted_are_no_secrets_and_other_names_none_of_coffers() {
    let (store, name) = (store(), fresh("kinds"));
    let below = |text: &str| SecretName::parse(&format!("{name}/{text}")).unwrap();
    put_by_another(&below("plain"), "fake-setting", "String");
    put(&store, &below("encrypted"), "fake-value").await;
    let listed = store.list(&format!("{name}/")).await.unwrap();
    let names: Vec<&SecretName> = listed.iter().map(|it| &it.name).collect();
    assert_eq!(names, [&below("encrypted")]);

    for (refused, part) in [
        ("a:b", "letters, digits"),
        (
            "arn:aws:ssm:eu-west-1:123456789012:parameter/a",
            "eu-west-1",
        ),
        (
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:a",
            "no ARN of a parameter",
        ),
    ] {
        let name = SecretName::parse(refused).unwrap();
        let error = store
            .get(&name, VersionSelector::Current)
            .await
            .err()
            .unwrap();
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test]
async fn an_arn_reads_a_shared_parameter_and_writes_none() {
    let (store, name) = (store(), fresh("shared"));
    put(&store, &name, "fake-value").await;
    let arn = format!("arn:aws:ssm:us-east-1:123456789012:parameter/{name}");
    let arn = SecretName::parse(&arn).unwrap();
    assert_eq!(
        read(&store, &arn, VersionSelector::Current).await,
        "fake-value"
    );
    let request = PutRequest::new(secret("fake-other"));
    let error = store.put(&arn, request).await.unwrap_err().to_string();
    assert!(error.contains("ARN"), "{error}");
}

#[tokio::test]
async fn a_write_of_another_program_is_a_conflict_for_who_expected_none() {
    let (store, name) = (store(), fresh("contested"));
    let first = put(&store, &name, "fake-first").await;
    put_by_another(&name, "fake-other", "SecureString");
    let request = PutRequest::new(secret("fake-mine")).expect(Expect::Latest(first));
    let refused = store.put(&name, request).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_description_changes_without_a_new_version() {
    let (store, name) = (store(), fresh("described"));
    put(&store, &name, "fake-value").await;
    for text in ["what it is for", "what else it is for", ""] {
        let change = MetadataChange {
            description: Some(text.to_owned()),
            ..MetadataChange::default()
        };
        let found = store.update(&name, change).await.unwrap();
        assert_eq!(found.description.unwrap_or_default(), text);
        assert_eq!(found.latest, 1);
    }
}

#[tokio::test]
async fn a_value_beyond_what_advanced_parameters_take_is_refused_and_bytes_are_too() {
    let store = store();
    let bytes = coffer_vault::Secret::new(vec![0xff, 0xfe]);
    let refused = store.put(&fresh("binary"), PutRequest::new(bytes)).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Unsupported);
    let request = PutRequest::new(secret(&"x".repeat(8193)));
    let refused = store.put(&fresh("large"), request).await.unwrap_err();
    assert!(refused.to_string().contains("1 to 8192"), "{refused}");
}
