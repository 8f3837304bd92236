//! Logins with what somebody else vouches for: tokens of identity providers and of Kubernetes, certificates; namespaces,
//! and the name of a server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::thread;

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use coffer_backend::{ErrorKind, Patience, SecretStore, VaultLogin, VaultSettings, VaultStore};
use coffer_vault::{PutRequest, Secret, VersionSelector};
use serde_json::{Value, json};
use xtask::openbao::{OpenBao, ROOT_TOKEN};

use crate::server::{bao, given, name, settings};

async fn works(settings: VaultSettings, secret: &str) {
    let store = VaultStore::new(settings);
    let request = PutRequest::new(Secret::copy_from(b"fake-value"));
    store.put(&name(secret), request).await.unwrap();
    let read = store.get(&name(secret), VersionSelector::Current).await;
    assert!(read.is_ok());
    store.close().await;
}

/// An issuer of tokens.
struct Issuer(EcdsaKeyPair);

impl Issuer {
    fn new() -> Self {
        Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn public_key(&self) -> String {
        let der: PublicKeyX509Der<'_> = self.0.public_key().as_der().unwrap();
        let text = STANDARD.encode(der.as_ref());
        format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
    }

    fn token(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!(
            "{}.{}",
            part(&json!({ "alg": "ES256", "typ": "JWT" })),
            part(claims)
        );
        let signature = self
            .0
            .sign(&SystemRandom::new(), signed.as_bytes())
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

/// Claims that are good for an hour.
fn claims(mut more: Value) -> Value {
    let now = coffer_vault::Timestamp::now().as_second();
    more["iat"] = (now - 60).into();
    more["nbf"] = (now - 60).into();
    more["exp"] = (now + 3600).into();
    more
}

#[tokio::test]
async fn a_token_of_a_pipeline_logs_in_from_wherever_it_is() {
    let issuer = Issuer::new();
    bao(&["auth", "enable", "jwt"]);
    let key = format!("jwt_validation_pubkeys={}", issuer.public_key());
    bao(&["write", "auth/jwt/config", &key]);
    bao(&[
        "write",
        "auth/jwt/role/pipeline",
        "role_type=jwt",
        "bound_audiences=coffer",
        "bound_subject=repo:fake/infrastructure",
        "user_claim=sub",
        "token_policies=app",
    ]);
    let login = |token| VaultLogin::Jwt {
        mount: None,
        role: Some("pipeline".to_owned()),
        token,
    };
    let token = |subject: &str| {
        issuer.token(&claims(
            json!({ "sub": subject, "aud": "coffer", "iss": "fake-issuer" }),
        ))
    };
    let good = token("repo:fake/infrastructure");
    works(settings(login(given(&good))), "identities/jwt").await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{good}\n")).unwrap();
    let from_file = coffer_backend::VaultCredential::File(file.path().into());
    works(settings(login(from_file)), "identities/jwt-file").await;

    let wrong = token("repo:fake/another");
    let store = VaultStore::new(settings(login(given(&wrong))));
    let error = store.metadata(&name("identities/jwt")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(error.to_string().contains("login"), "{error}");
    assert!(!format!("{error:?}").contains(&wrong));
}

/// What OpenBao asks a Kubernetes cluster: whether a service account's token is good.
fn token_reviews(good: String) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
                    break;
                }
                if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = text.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
            let is_good = asked["spec"]["token"] == good.as_str();
            let answer = json!({
                "apiVersion": "authentication.k8s.io/v1",
                "kind": "TokenReview",
                "status": {
                    "authenticated": is_good,
                    "audiences": asked["spec"]["audiences"],
                    "user": {
                        "username": "system:serviceaccount:apps:terraform",
                        "uid": "fake-uid",
                        "groups": ["system:serviceaccounts", "system:serviceaccounts:apps"],
                    },
                },
            })
            .to_string();
            let head = format!(
                "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                answer.len()
            );
            let _ = stream.write_all(format!("{head}{answer}").as_bytes());
        }
    });
    url
}

#[tokio::test]
async fn a_service_account_of_kubernetes_logs_in() {
    let issuer = Issuer::new();
    let account = |service_account: &str| {
        issuer.token(&claims(json!({
            "iss": "https://kubernetes.default.svc",
            "sub": format!("system:serviceaccount:apps:{service_account}"),
            "aud": ["https://kubernetes.default.svc"],
            "kubernetes.io": {
                "namespace": "apps",
                "serviceaccount": { "name": service_account, "uid": "fake-uid" },
            },
        })))
    };
    let good = account("terraform");
    let cluster = token_reviews(good.clone());
    let folder = tempfile::tempdir().unwrap();
    // The cluster is reached without TLS here; the method wants to know its authority all the same.
    let (authority, _) = client_certificate(folder.path(), "authority");
    bao(&["auth", "enable", "kubernetes"]);
    bao(&[
        "write",
        "auth/kubernetes/config",
        &format!("kubernetes_host={cluster}"),
        &format!("kubernetes_ca_cert=@{}", authority.display()),
        "disable_local_ca_jwt=true",
    ]);
    bao(&[
        "write",
        "auth/kubernetes/role/terraform",
        "bound_service_account_names=terraform",
        "bound_service_account_namespaces=apps",
        "token_policies=app",
    ]);
    let login = |token: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), token).unwrap();
        let login = VaultLogin::Kubernetes {
            mount: None,
            role: "terraform".to_owned(),
            token: Some(coffer_backend::VaultCredential::File(file.path().into())),
        };
        (login, file)
    };
    let (by_file, _file) = login(&good);
    works(settings(by_file), "identities/kubernetes").await;

    let (by_another, _file) = login(&account("another"));
    let store = VaultStore::new(settings(by_another));
    let error = store
        .metadata(&name("identities/kubernetes"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
}

/// A server with TLS, and what it takes to trust it.
fn encrypted() -> (OpenBao, VaultSettings) {
    let server = OpenBao::start_encrypted().unwrap();
    let settings = VaultSettings {
        address: Some(server.url()),
        ca_file: Some(server.authority()),
        login: Some(VaultLogin::Token(given(ROOT_TOKEN))),
        patience: Patience {
            retries: 0,
            ..Patience::default()
        },
        ..VaultSettings::default()
    };
    (server, settings)
}

/// A certificate of a client that it signed itself, in files.
fn client_certificate(
    folder: &std::path::Path,
    file: &str,
) -> (std::path::PathBuf, std::path::PathBuf) {
    let mut parameters =
        rcgen::CertificateParams::new(vec!["terraform.example".to_owned()]).unwrap();
    parameters.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    parameters
        .distinguished_name
        .push(rcgen::DnType::CommonName, file);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    let paths = ["pem", "key"].map(|kind| folder.join(format!("{file}.{kind}")));
    std::fs::write(&paths[0], certificate.pem()).unwrap();
    std::fs::write(&paths[1], key.serialize_pem()).unwrap();
    let [certificate, key] = paths;
    (certificate, key)
}

#[tokio::test]
async fn a_certificate_logs_in_and_one_that_nobody_knows_does_not() {
    let (server, settings) = encrypted();
    let folder = tempfile::tempdir().unwrap();
    let (known, known_key) = client_certificate(folder.path(), "known");
    let (unknown, unknown_key) = client_certificate(folder.path(), "unknown");
    let run = |arguments: &[&str]| server.bao(arguments).unwrap().unwrap();
    run(&["auth", "enable", "cert"]);
    let policy = folder.path().join("app.hcl");
    std::fs::write(
        &policy,
        "path \"secret/*\" { capabilities = [\"create\", \"read\", \"update\", \"patch\"] }",
    )
    .unwrap();
    run(&["policy", "write", "app", policy.to_str().unwrap()]);
    let certificate = format!("certificate=@{}", known.display());
    run(&[
        "write",
        "auth/cert/certs/app",
        &certificate,
        "token_policies=app",
    ]);
    let with = |certificate, key| VaultSettings {
        client_certificate: Some(certificate),
        client_key: Some(key),
        login: Some(VaultLogin::Certificate {
            mount: None,
            name: Some("app".to_owned()),
        }),
        ..settings.clone()
    };
    works(with(known, known_key), "identities/certificate").await;
    let store = VaultStore::new(with(unknown, unknown_key));
    let error = store
        .metadata(&name("identities/certificate"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied, "{error}");
}

#[tokio::test]
async fn the_servers_certificate_may_be_for_another_name_than_the_address() {
    let (_server, settings) = encrypted();
    let named = |name: &str| VaultSettings {
        tls_server_name: Some(name.to_owned()),
        ..settings.clone()
    };
    works(named("localhost"), "identities/named").await;
    let store = VaultStore::new(named("other.example"));
    let error = store.metadata(&name("identities/named")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("certificate"), "{error}");
    let store = VaultStore::new(named("https://localhost"));
    let error = store.metadata(&name("identities/named")).await.unwrap_err();
    assert!(error.to_string().contains("tls_server_name"), "{error}");
}

#[tokio::test]
async fn a_namespace_is_a_place_of_its_own() {
    bao(&["namespace", "create", "team"]);
    bao(&[
        "secrets",
        "enable",
        "-namespace=team",
        "-path=secret",
        "-version=2",
        "kv",
    ]);
    let login = || VaultLogin::Token(given(ROOT_TOKEN));
    let of_team = VaultSettings {
        namespace: Some("team".to_owned()),
        ..settings(login())
    };
    works(of_team.clone(), "identities/namespaced").await;
    let elsewhere = VaultStore::new(settings(login()));
    let error = elsewhere
        .metadata(&name("identities/namespaced"))
        .await
        .unwrap_err();
    assert!(error.is_missing_secret(), "{error}");
    let stored = bao(&[
        "kv",
        "get",
        "-namespace=team",
        "-field=value",
        "secret/identities/namespaced",
    ]);
    assert_eq!(stored, "fake-value");

    // A login within the namespace, as most users of namespaces have it.
    bao(&["auth", "enable", "-namespace=team", "userpass"]);
    let policy = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        policy.path(),
        "path \"secret/*\" { capabilities = [\"create\", \"read\", \"update\", \"patch\"] }",
    )
    .unwrap();
    bao(&[
        "policy",
        "write",
        "-namespace=team",
        "app",
        policy.path().to_str().unwrap(),
    ]);
    bao(&[
        "write",
        "-namespace=team",
        "auth/userpass/users/app",
        "password=fake-password",
        "token_policies=app",
    ]);
    let login = VaultLogin::Userpass {
        mount: None,
        username: "app".to_owned(),
        password: given("fake-password"),
    };
    let as_user = VaultSettings {
        login: Some(login),
        ..of_team
    };
    works(as_user, "identities/namespaced").await;
}
