//! Every way to log in.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use coffer_backend::{AzureCredential, AzureSettings, AzureStore, Error, ErrorKind, SecretStore};
use coffer_vault::{Secret, VersionSelector};
use serde_json::{Value, json};
use xtask::azure::{FEDERATED_TOKEN, KeyVault, TENANT};

use crate::settings::settings;
use crate::{name, read, request};

/// Settings without any login.
fn nobody(server: &KeyVault) -> AzureSettings {
    AzureSettings {
        client_secret: None,
        credential: None,
        // Nobody listens there.
        metadata_host: Some("http://127.0.0.1:1".to_owned()),
        cli: Some("/nonexistent/az".into()),
        ..settings(server)
    }
}

/// Insists that a login with `settings` works.
async fn works(settings: AzureSettings) {
    let store = AzureStore::new(settings);
    store.put(&name("db"), request("fake-value")).await.unwrap();
    assert_eq!(
        read(&store, &name("db"), VersionSelector::Current).await,
        "fake-value"
    );
}

/// The error of a login with `settings`, with its remedy.
async fn fails(settings: AzureSettings) -> (ErrorKind, String) {
    let store = AzureStore::new(settings);
    let error = store
        .get(&name("db"), VersionSelector::Current)
        .await
        .err()
        .unwrap();
    let remedy = error.remedy().unwrap_or_default();
    (error.kind(), format!("{error}; {remedy}"))
}

/// Who was asked for tokens.
fn asked(server: &KeyVault) -> Vec<Value> {
    let state = server.state().unwrap();
    let asked = state["asked"].as_array().unwrap();
    let tokens = asked.iter().filter(|it| it["token"].is_string());
    tokens.cloned().collect()
}

#[tokio::test]
async fn an_application_with_a_secret_logs_in_and_asks_for_one_token() {
    let server = KeyVault::start().unwrap();
    works(settings(&server)).await;
    let asked = asked(&server);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0]["token"], TENANT);
    assert_eq!(
        asked[0]["by"],
        json!(["client_id", "client_secret", "grant_type", "scope"])
    );
}

#[tokio::test]
async fn the_tenant_of_the_vault_is_asked_where_none_is_set() {
    let server = KeyVault::start().unwrap();
    works(AzureSettings {
        tenant_id: None,
        ..settings(&server)
    })
    .await;
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_not_repeated() {
    let server = KeyVault::start().unwrap();
    let wrong = "fake-wrong-secret-81c2";
    let (kind, said) = fails(AzureSettings {
        client_secret: Some(Secret::copy_from(wrong.as_bytes())),
        ..settings(&server)
    })
    .await;
    assert_eq!(kind, ErrorKind::Denied);
    assert!(
        said.contains("AADSTS7000215") && !said.contains("Trace ID"),
        "{said}"
    );
    assert!(!said.contains(wrong), "{said}");
}

#[tokio::test]
async fn an_application_with_a_certificate_signs_an_assertion() {
    let server = KeyVault::start().unwrap();
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    let parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
    let certificate = parameters.self_signed(&key).unwrap().pem();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("application.pem");
    fs::write(&file, format!("{certificate}{}", key.serialize_pem())).unwrap();
    let settings = AzureSettings {
        client_certificate: Some(file.clone()),
        ..nobody(&server)
    };
    server
        .control(&json!({ "certificate": certificate }))
        .unwrap();
    works(settings.clone()).await;

    // The key of another certificate is another identity.
    let other = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
    fs::write(&file, format!("{certificate}{}", other.serialize_pem())).unwrap();
    let (kind, said) = fails(settings.clone()).await;
    assert_eq!(kind, ErrorKind::Denied, "{said}");
    fs::write(&file, certificate).unwrap();
    let (kind, said) = fails(settings).await;
    assert_eq!(kind, ErrorKind::Invalid);
    assert!(
        said.contains("client_certificate_path") && said.contains("openssl"),
        "{said}"
    );
}

#[tokio::test]
async fn the_token_of_another_system_is_read_from_its_file_each_time() {
    let server = KeyVault::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let settings = AzureSettings {
        oidc_token_file: Some(file.clone()),
        credential: Some(AzureCredential::WorkloadIdentity),
        ..nobody(&server)
    };
    let (_, said) = fails(settings.clone()).await;
    assert!(said.contains("cannot be read"), "{said}");
    fs::write(&file, format!("{FEDERATED_TOKEN}\n")).unwrap();
    let store = AzureStore::new(settings.clone());
    store.put(&name("db"), request("fake-value")).await.unwrap();
    // The next login takes what is there then.
    fs::write(&file, "fake-token-of-another").unwrap();
    server.control(&json!({ "forget_tokens": true })).unwrap();
    let refused = store.metadata(&name("db")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Denied);
    works(AzureSettings {
        oidc_token: Some(Secret::copy_from(FEDERATED_TOKEN.as_bytes())),
        oidc_token_file: None,
        ..settings
    })
    .await;
}

#[tokio::test]
async fn a_job_of_github_asks_for_its_token() {
    let server = KeyVault::start().unwrap();
    let settings = AzureSettings {
        oidc_request_url: Some(format!("{}/job-token?job=1", server.plain_url())),
        oidc_request_token: Some(Secret::copy_from(b"fake-request-token")),
        ..nobody(&server)
    };
    works(settings.clone()).await;
    let (_, said) = fails(AzureSettings {
        oidc_request_token: Some(Secret::copy_from(b"fake-wrong-token-17aa")),
        ..settings
    })
    .await;
    assert!(
        said.contains("id-token: write") && !said.contains("17aa"),
        "{said}"
    );
}

#[tokio::test]
async fn a_machine_has_an_identity() {
    let server = KeyVault::start().unwrap();
    let machine = AzureSettings {
        metadata_host: Some(server.plain_url()),
        ..nobody(&server)
    };
    works(machine.clone()).await;
    assert_eq!(asked(&server)[0]["token"], "machine");
    let (kind, said) = fails(AzureSettings {
        client_id: Some("00000000-fake-4000-8000-0000000000ff".to_owned()),
        credential: Some(AzureCredential::ManagedIdentity),
        ..machine
    })
    .await;
    assert_eq!(kind, ErrorKind::Denied);
    assert!(said.contains("Identity not found"), "{said}");
}

#[tokio::test]
async fn an_app_service_has_an_identity() {
    let server = KeyVault::start().unwrap();
    let service = AzureSettings {
        identity_endpoint: Some(format!("{}/identity", server.plain_url())),
        identity_header: Some(Secret::copy_from(b"fake-identity-header")),
        ..nobody(&server)
    };
    works(service.clone()).await;
    assert_eq!(asked(&server)[0]["token"], "service");
    let (kind, said) = fails(AzureSettings {
        identity_header: Some(Secret::copy_from(b"fake-other-header-55d0")),
        ..service
    })
    .await;
    assert_eq!(kind, ErrorKind::Denied);
    assert!(!said.contains("55d0"), "{said}");
}

/// A program that answers as Azure's command line does, and writes down what it was called with.
fn command_line(folder: &Path, script: &str) -> PathBuf {
    let program = folder.join("az");
    let text = format!(
        "#!/bin/sh\necho \"$@\" >> {}/calls\n{script}\n",
        folder.display()
    );
    fs::write(&program, text).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program
}

#[tokio::test]
async fn whoever_is_logged_in_on_the_command_line_is_the_last_resort() {
    let server = KeyVault::start().unwrap();
    server
        .control(&json!({ "add_tokens": ["fake-token-of-az"] }))
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let script = r#"echo '{"accessToken": "fake-token-of-az", "expiresOn": "2031-01-01 00:00:00.000000", "expires_on": 1924988400, "tokenType": "Bearer"}'"#;
    let settings = AzureSettings {
        cli: Some(command_line(folder.path(), script)),
        ..nobody(&server)
    };
    works(settings.clone()).await;
    let calls = fs::read_to_string(folder.path().join("calls")).unwrap();
    assert_eq!(
        calls.trim(),
        format!(
            "account get-access-token --output json --resource https://vault.azure.net --tenant {TENANT}"
        )
    );
    // A machine with an identity does not ask it.
    works(AzureSettings {
        metadata_host: Some(server.plain_url()),
        ..settings
    })
    .await;
    let calls = fs::read_to_string(folder.path().join("calls")).unwrap();
    assert_eq!(calls.lines().count(), 1);
}

#[tokio::test]
async fn a_command_line_without_a_login_says_what_to_do_and_shows_no_output() {
    let server = KeyVault::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let cli = |script: &str| AzureSettings {
        cli: Some(command_line(folder.path(), script)),
        credential: Some(AzureCredential::Cli),
        ..nobody(&server)
    };
    let script = "echo fake-output-3f6e; echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1";
    let (kind, said) = fails(cli(script)).await;
    assert_eq!(kind, ErrorKind::Denied);
    assert!(
        said.contains("Please run 'az login'") && !said.contains("3f6e"),
        "{said}"
    );
    let (_, said) = fails(cli("echo fake-output-3f6e")).await;
    assert!(
        said.contains("it prints no token") && !said.contains("3f6e"),
        "{said}"
    );
}

#[tokio::test]
async fn without_any_login_the_error_names_what_was_tried() {
    let server = KeyVault::start().unwrap();
    let (kind, said) = fails(nobody(&server)).await;
    assert_eq!(kind, ErrorKind::Denied);
    for part in ["no managed identity", "no Azure CLI", "az login", "ARM_*"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[tokio::test]
async fn a_way_that_is_named_and_lacks_a_setting_says_which() {
    let server = KeyVault::start().unwrap();
    let store = AzureStore::new(AzureSettings {
        credential: Some(AzureCredential::ClientCertificate),
        ..nobody(&server)
    });
    let error = store.list("").await.unwrap_err();
    assert!(matches!(
        error,
        Error::Setting {
            setting: "credential",
            ..
        }
    ));
    assert!(
        error.to_string().contains("client_certificate_path"),
        "{error}"
    );
}
