//! Credentials.

use std::fs;
use std::sync::{Arc, Mutex};

use coffer_backend::aws::{AssumeRole, SecretsManager, WebIdentity, WebIdentityToken};
use coffer_backend::{Error, ErrorKind, SecretStore};
use coffer_vault::VersionSelector;
use xtask::faults::{Fault, FaultProxy};

use crate::{SERVER, fresh, put, read, secret, settings};

fn role(name: &str) -> AssumeRole {
    AssumeRole {
        role_arn: format!("arn:aws:iam::123456789012:role/{name}"),
        external_id: Some("fake-id".to_owned()),
        duration: Some(900),
        tags: [("team".to_owned(), "payments".to_owned())].into(),
        transitive_tag_keys: vec!["team".to_owned()],
        ..AssumeRole::default()
    }
}

/// Writes and reads with the store.
async fn works(store: SecretsManager) {
    let name = fresh("logged-in");
    put(&store, &name, "fake-value").await;
    assert_eq!(
        read(&store, &name, VersionSelector::Current).await,
        "fake-value"
    );
}

#[tokio::test]
async fn roles_are_taken_one_after_the_other() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let sts = FaultProxy::start(&SERVER.url(), move |request| {
        let body = String::from_utf8(request.body.clone()).unwrap();
        seen.lock().unwrap().push(body);
        Fault::None
    });
    let sts = sts.unwrap();
    let mut settings = settings();
    settings.sts_endpoint = Some(sts.url());
    settings.assume_role = vec![role("first"), role("second")];
    works(SecretsManager::new(settings)).await;
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 2, "once for each role");
    for (body, role) in asked.iter().zip(["first", "second"]) {
        for part in [
            format!("role%2F{role}&"),
            "ExternalId=fake-id".to_owned(),
            "DurationSeconds=900".to_owned(),
            "Tags.member.1.Key=team&Tags.member.1.Value=payments".to_owned(),
            "TransitiveTagKeys.member.1=team".to_owned(),
        ] {
            assert!(body.contains(&part), "{part} in {body}");
        }
    }
}

#[tokio::test]
async fn a_token_of_an_identity_provider_is_exchanged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "fake-token-of-the-pipeline\n").unwrap();
    for token in [
        WebIdentityToken::Given(secret("fake-token-of-the-pipeline")),
        WebIdentityToken::File(file),
    ] {
        let mut settings = settings();
        (settings.access_key, settings.secret_key) = (None, None);
        settings.web_identity = Some(WebIdentity {
            role_arn: "arn:aws:iam::123456789012:role/pipeline".to_owned(),
            session_name: None,
            duration: None,
            policy: None,
            policy_arns: Vec::new(),
            token,
        });
        works(SecretsManager::new(settings)).await;
    }
}

#[tokio::test]
async fn a_profile_in_files_of_ones_own_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let (config, credentials) = (
        folder.path().join("config"),
        folder.path().join("credentials"),
    );
    fs::write(
        &config,
        format!(
            "[profile team]\nregion = us-east-1\nendpoint_url = {}\n",
            SERVER.url()
        ),
    )
    .unwrap();
    fs::write(
        &credentials,
        "[team]\naws_access_key_id = test\naws_secret_access_key = test\n",
    )
    .unwrap();
    let settings = coffer_backend::aws::AwsSettings {
        profile: Some("team".to_owned()),
        shared_config_files: vec![config],
        shared_credentials_files: vec![credentials],
        ..Default::default()
    };
    works(SecretsManager::new(settings)).await;
}

#[tokio::test]
async fn credentials_that_cannot_be_had_are_a_failed_login() {
    let mut settings = settings();
    (settings.access_key, settings.secret_key) = (None, None);
    settings.web_identity = Some(WebIdentity {
        role_arn: "arn:aws:iam::123456789012:role/pipeline".to_owned(),
        session_name: None,
        duration: None,
        policy: None,
        policy_arns: Vec::new(),
        token: WebIdentityToken::File("/does/not/exist".into()),
    });
    let store = SecretsManager::new(settings);
    let refused = store
        .get(&fresh("a"), VersionSelector::Current)
        .await
        .err()
        .unwrap();
    assert!(matches!(refused, Error::Login { .. }), "{refused}");
    assert!(refused.to_string().contains("/does/not/exist"), "{refused}");
}

#[tokio::test]
async fn half_an_access_key_is_refused() {
    let mut settings = settings();
    settings.secret_key = None;
    let store = SecretsManager::new(settings);
    let refused = store
        .get(&fresh("a"), VersionSelector::Current)
        .await
        .err()
        .unwrap();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    assert!(refused.to_string().contains("aws.secret_key"), "{refused}");
}
