//! The store of Google Secret Manager against a server that keeps to its REST reference (`google_contract.py`).
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]
#![cfg(feature = "google")]

#[path = "contract/google_server.rs"]
mod google_server;

use coffer_backend::{Error, ErrorKind, GoogleSettings, GoogleStore, SecretStore};
use coffer_vault::{
    Expect, MetadataChange, PutRequest, Secret, SecretName, SignedDuration, Stage, Timestamp,
    VersionSelector, VersionState,
};

use google_server::Server;

/// Has the server misbehave.
async fn tell(server: &Server, path: &str, body: &'static str) {
    let request = reqwest::Client::new().post(format!("{}{path}", server.url));
    let request = request
        .header("content-type", "application/json")
        .body(body);
    request.send().await.unwrap();
}

fn name(text: &str) -> SecretName {
    SecretName::parse(text).unwrap()
}

fn request(value: &str) -> PutRequest {
    PutRequest::new(Secret::copy_from(value.as_bytes()))
}

async fn read(store: &GoogleStore, name: &SecretName, which: VersionSelector) -> String {
    let version = store.get(name, which).await.unwrap();
    version.value.danger_expose_str().unwrap().to_owned()
}

#[tokio::test]
async fn versions_and_stages_move_as_in_every_store() {
    let server = Server::start();
    let store = server.store();
    let db = name("prod/db.main");
    assert_eq!(
        store.metadata(&db).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    let first = request("fake-1")
        .content_type("text/plain")
        .version_label("by", "Test");
    assert_eq!(store.put(&db, first).await.unwrap().version, 1);
    let pending = store.put(&db, request("fake-2").pending()).await.unwrap();
    assert_eq!((pending.version, pending.stages), (2, vec![Stage::Pending]));
    assert_eq!(read(&store, &db, VersionSelector::Current).await, "fake-1");

    let promoted = store
        .promote(&db, 2, MetadataChange::default())
        .await
        .unwrap();
    assert_eq!(
        (promoted.current, promoted.previous, promoted.pending),
        (Some(2), Some(1), None)
    );
    assert_eq!(
        read(&store, &db, VersionSelector::Stage(Stage::Previous)).await,
        "fake-1"
    );
    let version = store
        .version_metadata(&db, VersionSelector::Version(1))
        .await
        .unwrap();
    assert_eq!(version.content_type.as_deref(), Some("text/plain"));
    assert_eq!(version.labels["by"], "Test");

    store.set_enabled(&db, 1, false).await.unwrap();
    let disabled = store.get(&db, VersionSelector::Version(1)).await;
    assert!(matches!(disabled, Err(Error::Disabled { version: 1, .. })));
    let destroyed = store.destroy(&db, &[1]).await.unwrap();
    assert!(matches!(destroyed[0].state, VersionState::Destroyed(_)));
    assert_eq!(store.metadata(&db).await.unwrap().previous, None);
    let enabled = store.set_enabled(&db, 1, true).await;
    assert!(matches!(enabled, Err(Error::Destroyed { .. })));
    let unstaged = store.unstage(&db, Stage::Current).await.unwrap();
    assert_eq!(unstaged.current, None);
    let missing = store.get(&db, VersionSelector::Current).await.map(|_| ());
    assert!(matches!(missing, Err(Error::NoSuchVersion { .. })));
    let missing = store
        .get(&db, VersionSelector::Version(9))
        .await
        .map(|_| ());
    assert!(matches!(missing, Err(Error::NoSuchVersion { .. })));
}

#[tokio::test]
async fn a_write_holds_to_what_it_expects_and_happens_once() {
    let server = Server::start();
    let store = server.store();
    let db = name("db");
    let create = || {
        request("fake-1")
            .expect(Expect::Absent)
            .idempotency_token("fake-run")
    };
    assert_eq!(store.put(&db, create()).await.unwrap().version, 1);
    let again = store.put(&db, create()).await.unwrap();
    assert_eq!((again.version, again.repeated), (1, true));
    for (request, kind) in [
        (
            request("fake-2").expect(Expect::Absent),
            ErrorKind::Conflict,
        ),
        (
            request("fake-2").expect(Expect::Latest(7)),
            ErrorKind::Conflict,
        ),
        (
            request("fake-2").idempotency_token("fake-run"),
            ErrorKind::Conflict,
        ),
    ] {
        assert_eq!(store.put(&db, request).await.unwrap_err().kind(), kind);
    }
    let other = server.store();
    let writes = tokio::join!(
        store.put(&db, request("fake-a").expect(Expect::Latest(1))),
        other.put(&db, request("fake-b").expect(Expect::Latest(1))),
    );
    let written = [writes.0.is_ok(), writes.1.is_ok()];
    assert_eq!(written.iter().filter(|it| **it).count(), 1);
    assert_eq!(store.metadata(&db).await.unwrap().latest, 2);

    let revision = store.metadata(&db).await.unwrap().revision;
    let change = |description: &str| MetadataChange {
        description: Some(description.to_owned()),
        expect_revision: Some(revision),
        ..MetadataChange::default()
    };
    store.update(&db, change("one")).await.unwrap();
    let stale = store.update(&db, change("two")).await.unwrap_err();
    assert_eq!(stale.kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_deleted_secret_comes_back_as_it_was() {
    let server = Server::start();
    let store = server.store();
    let db = name("prod/db");
    for value in ["fake-1", "fake-2", "fake-3"] {
        store.put(&db, request(value)).await.unwrap();
    }
    store.set_enabled(&db, 1, false).await.unwrap();
    let until = Timestamp::now() + SignedDuration::from_hours(24);
    let deleted = store.delete(&db, until).await.unwrap();
    assert!(deleted.deleted.is_some());
    let get = store.get(&db, VersionSelector::Current).await.map(|_| ());
    assert!(get.unwrap_err().is_deleted());
    assert!(
        store
            .put(&db, request("fake-4"))
            .await
            .unwrap_err()
            .is_deleted()
    );
    assert!(store.list("").await.unwrap().is_empty());
    store.restore(&db).await.unwrap();
    assert_eq!(read(&store, &db, VersionSelector::Current).await, "fake-3");
    let states = store.versions(&db).await.unwrap();
    let states: Vec<_> = states.iter().map(|version| version.state).collect();
    assert_eq!(
        states,
        [
            VersionState::Disabled,
            VersionState::Enabled,
            VersionState::Enabled
        ]
    );
    store.purge(&db).await.unwrap();
    assert_eq!(
        store.metadata(&db).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn lists_every_page_by_prefix_under_the_names_as_they_were_given() {
    let server = Server::start();
    let store = server.store();
    for at in 0..30 {
        store
            .put(&name(&format!("prod/db_{at:02}")), request("fake"))
            .await
            .unwrap();
    }
    store.put(&name("prod-db"), request("fake")).await.unwrap();
    let listed = store.list("prod/db_").await.unwrap();
    assert_eq!(listed.len(), 30);
    assert_eq!(listed[0].name.as_str(), "prod/db_00");
    assert_eq!(listed[0].current, Some(1));
    assert_eq!(store.list("").await.unwrap().len(), 31);
}

#[tokio::test]
async fn keeps_as_many_versions_as_asked_and_metadata() {
    let server = Server::start();
    let store = server.store();
    let db = name("db");
    let change = MetadataChange {
        labels: [("team".to_owned(), Some("platform".to_owned()))].into(),
        annotations: [("copy.source".to_owned(), Some("aws:db".to_owned()))].into(),
        versions_to_keep: Some(2),
        ..MetadataChange::default()
    };
    store
        .put(&db, request("fake-0").with_metadata(change))
        .await
        .unwrap();
    for at in 1..5 {
        store
            .put(&db, request(&format!("fake-{at}")))
            .await
            .unwrap();
    }
    let versions = store.versions(&db).await.unwrap();
    let readable = versions
        .iter()
        .filter(|it| it.state == VersionState::Enabled);
    assert_eq!(readable.map(|it| it.version).collect::<Vec<_>>(), [4, 5]);
    let metadata = store.metadata(&db).await.unwrap();
    assert_eq!(metadata.labels["team"], "platform");
    assert_eq!(metadata.annotations.len(), 1);
    let upper = MetadataChange {
        labels: [("Team".to_owned(), Some("x".to_owned()))].into(),
        ..MetadataChange::default()
    };
    let refused = store.update(&db, upper).await.unwrap_err().to_string();
    assert!(
        refused.contains("\"Team\"") && refused.contains("lower-case"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_value_that_did_not_arrive_whole_is_refused_and_not_shown() {
    let server = Server::start();
    let store = server.store();
    let db = name("db");
    store
        .put(&db, request("fake-damaged-on-the-way"))
        .await
        .unwrap();
    let error = store
        .get(&db, VersionSelector::Current)
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Damaged);
    assert!(!error.to_string().contains("fake-damaged"));
    let binary = Secret::copy_from(&[0, 159, 146, 150]);
    store
        .put(&db, PutRequest::new(binary.clone()))
        .await
        .unwrap();
    let read = store.get(&db, VersionSelector::Current).await.unwrap();
    assert!(read.value.ct_eq(&binary));
    let long = PutRequest::new(Secret::new(vec![7; 65 * 1024]));
    assert_eq!(
        store.put(&db, long).await.unwrap_err().kind(),
        ErrorKind::Invalid
    );
}

#[tokio::test]
async fn tries_again_where_that_is_safe_and_looks_where_it_is_not() {
    let server = Server::start();
    let store = server.store();
    let db = name("db");
    store.put(&db, request("fake-1")).await.unwrap();
    tell(&server, "/fault", "[429, 503, 500]").await;
    assert_eq!(read(&store, &db, VersionSelector::Current).await, "fake-1");
    tell(&server, "/fault", "[403]").await;
    let denied = store.metadata(&db).await.unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::Denied);
    assert!(denied.to_string().contains("as the test asked"));

    // The version is added and its answer lost.
    tell(&server, "/answer", "[]").await;
    assert_eq!(store.put(&db, request("fake-2")).await.unwrap().version, 2);
    assert_eq!(store.versions(&db).await.unwrap().len(), 2);
    assert_eq!(read(&store, &db, VersionSelector::Current).await, "fake-2");
}

#[tokio::test]
async fn a_secret_of_another_program_has_its_newest_version_current() {
    let server = Server::start();
    let store = server.store();
    let client = reqwest::Client::new();
    let post = async |path: &str, body: &'static str| {
        let request = client.post(format!("{}/v1/projects/fake-project/{path}", server.url));
        let request = request.bearer_auth("fake-google-token");
        let request = request
            .header("content-type", "application/json")
            .body(body);
        assert!(request.send().await.unwrap().status().is_success());
    };
    post(
        "secrets?secretId=theirs",
        r#"{"replication":{"automatic":{}}}"#,
    )
    .await;
    let theirs = name("theirs");
    // Without a version there is nothing to read, and coffer may fill it.
    assert_eq!(
        store.metadata(&theirs).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
    post(
        "secrets/theirs:addVersion",
        r#"{"payload":{"data":"ZmFrZS0x"}}"#,
    )
    .await;
    post(
        "secrets/theirs:addVersion",
        r#"{"payload":{"data":"ZmFrZS0y"}}"#,
    )
    .await;
    assert_eq!(
        read(&store, &theirs, VersionSelector::Current).await,
        "fake-2"
    );
    assert_eq!(store.list("the").await.unwrap()[0].current, Some(2));
    store
        .promote(&theirs, 1, MetadataChange::default())
        .await
        .unwrap();
    assert_eq!(
        read(&store, &theirs, VersionSelector::Current).await,
        "fake-1"
    );
    assert_eq!(
        read(&store, &theirs, VersionSelector::Stage(Stage::Previous)).await,
        "fake-2"
    );
}

#[tokio::test]
async fn a_location_has_secrets_of_its_own() {
    let server = Server::start();
    let regional = GoogleStore::new(GoogleSettings {
        location: Some("europe-west3".to_owned()),
        ..server.settings()
    });
    regional.put(&name("db"), request("fake")).await.unwrap();
    assert_eq!(
        read(&regional, &name("db"), VersionSelector::Current).await,
        "fake"
    );
    let global = server.store().metadata(&name("db")).await.unwrap_err();
    assert_eq!(global.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn logs_in_with_each_kind_of_credentials() {
    let server = Server::start();
    server
        .store()
        .put(&name("db"), request("fake"))
        .await
        .unwrap();
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048);
    let key = key.unwrap().serialize_pem().replace('\n', "\\n");
    let url = &server.url;
    let folder = tempfile::tempdir().unwrap();
    let subject = folder.path().join("token");
    std::fs::write(&subject, r#"{"token":"fake-subject"}"#).unwrap();
    let subject = subject.display();
    for credentials in [
        format!(
            r#"{{"type":"service_account","client_email":"fake@example.com","private_key":"{key}","token_uri":"{url}/token"}}"#
        ),
        format!(
            r#"{{"type":"authorized_user","client_id":"fake","client_secret":"fake","refresh_token":"fake-refresh","token_uri":"{url}/token"}}"#
        ),
        format!(
            r#"{{"type":"external_account","audience":"fake","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","token_url":"{url}/token","credential_source":{{"file":"{subject}","format":{{"type":"json","subject_token_field_name":"token"}}}}}}"#
        ),
    ] {
        let store = GoogleStore::new(GoogleSettings {
            access_token: None,
            credentials: Some(Secret::from(credentials)),
            ..server.settings()
        });
        assert_eq!(
            read(&store, &name("db"), VersionSelector::Current).await,
            "fake"
        );
    }
    let store = GoogleStore::new(GoogleSettings {
        access_token: Some(Secret::copy_from(b"fake-expired")),
        ..server.settings()
    });
    let refused = store.metadata(&name("db")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Denied);
    assert!(refused.remedy().is_some());
    let open = r#"{"type":"authorized_user","client_id":"a","client_secret":"b","refresh_token":"fake-refresh","token_uri":"http://example.com/token"}"#;
    let store = GoogleStore::new(GoogleSettings {
        access_token: None,
        credentials: Some(Secret::copy_from(open.as_bytes())),
        ..server.settings()
    });
    let refused = store.metadata(&name("db")).await.unwrap_err().to_string();
    assert!(refused.contains("no https address"), "{refused}");
}
