//! Ways to log in, and what becomes of the token.

use coffer_backend::{
    ErrorKind, SecretStore, VaultCredential, VaultLogin, VaultSettings, VaultStore,
};
use coffer_vault::{PutRequest, Secret, SignedDuration, VersionSelector};
use serde_json::Value;
use xtask::openbao::{OpenBao, ROOT_TOKEN};

use crate::server::{bao, given, name, settings};

/// Whether a value can be stored and read.
async fn works(settings: VaultSettings, secret: &str) {
    let store = VaultStore::new(settings);
    let request = PutRequest::new(Secret::copy_from(b"fake-value"));
    store.put(&name(secret), request).await.unwrap();
    let read = store.get(&name(secret), VersionSelector::Current).await;
    assert!(read.is_ok());
    store.close().await;
}

fn role(name: &str) -> String {
    let path = format!("auth/approle/role/{name}");
    bao(&["write", &path, "token_policies=app", "token_ttl=10m"]);
    bao(&["read", "-field=role_id", &format!("{path}/role-id")])
}

#[tokio::test]
async fn an_approle_logs_in() {
    let role_id = role("plain");
    let secret_id = bao(&[
        "write",
        "-f",
        "-field=secret_id",
        "auth/approle/role/plain/secret-id",
    ]);
    let login = VaultLogin::AppRole {
        mount: None,
        role_id,
        secret_id: Some(given(&secret_id)),
        is_wrapped: false,
    };
    works(settings(login), "logins/approle").await;
}

#[tokio::test]
async fn a_wrapped_secret_id_logs_in_once() {
    let role_id = role("wrapped");
    let path = "auth/approle/role/wrapped/secret-id";
    let wrapping = bao(&[
        "write",
        "-f",
        "-wrap-ttl=60s",
        "-field=wrapping_token",
        path,
    ]);
    let login = VaultLogin::AppRole {
        mount: None,
        role_id,
        secret_id: Some(given(&wrapping)),
        is_wrapped: true,
    };
    works(settings(login.clone()), "logins/wrapped").await;
    let again = VaultStore::new(settings(login));
    let error = again.metadata(&name("logins/wrapped")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(
        error.remedy().unwrap().contains("someone else has"),
        "{error}"
    );
}

#[tokio::test]
async fn a_user_logs_in_and_a_wrong_password_does_not() {
    bao(&[
        "write",
        "auth/userpass/users/app",
        "password=fake-password",
        "token_policies=app",
    ]);
    let login = |password| VaultLogin::Userpass {
        mount: None,
        username: "app".to_owned(),
        password: given(password),
    };
    works(settings(login("fake-password")), "logins/user").await;
    let wrong = VaultStore::new(settings(login("fake-wrong")));
    let error = wrong.metadata(&name("logins/user")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    let shown = format!("{error} {error:?} {:?}", error.remedy());
    assert!(!shown.contains("fake-wrong"), "{shown}");
}

#[tokio::test]
async fn a_token_works_from_a_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{ROOT_TOKEN}\n")).unwrap();
    let login = VaultLogin::Token(VaultCredential::File(file.path().into()));
    works(settings(login), "logins/file").await;
}

#[tokio::test]
async fn what_the_token_may_not_is_denied() {
    let token = bao(&["token", "create", "-policy=default", "-field=token"]);
    let store = VaultStore::new(settings(VaultLogin::Token(given(&token))));
    let error = store.metadata(&name("logins/denied")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
}

#[tokio::test]
async fn a_wrong_token_is_a_failed_login() {
    let store = VaultStore::new(settings(VaultLogin::Token(given("fake-token"))));
    let error = store.metadata(&name("logins/wrong")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Denied);
    assert!(error.to_string().contains("login"), "{error}");
}

/// The accessors of all tokens that coffer made.
fn own_tokens(server: &OpenBao) -> usize {
    let listed = server.bao(&["list", "-format=json", "auth/token/accessors"]);
    let listed: Value = serde_json::from_str(&listed.unwrap().unwrap()).unwrap();
    let accessors = listed.as_array().unwrap().iter().filter_map(Value::as_str);
    accessors
        .filter(|accessor| {
            let shown = server.bao(&["token", "lookup", "-accessor", "-format=json", accessor]);
            shown.unwrap().is_ok_and(|it| it.contains("token-coffer"))
        })
        .count()
}

/// A server of its own: the tokens of other tests would be counted, too.
#[tokio::test]
async fn over_tls_the_work_is_done_by_a_token_that_ends_with_it() {
    let server = OpenBao::start_encrypted().unwrap();
    let trusting = VaultSettings {
        address: Some(server.url()),
        ca_file: Some(server.authority()),
        login: Some(VaultLogin::Token(given(ROOT_TOKEN))),
        ttl: SignedDuration::from_secs(5),
        ..VaultSettings::default()
    };
    let untrusting = VaultSettings {
        ca_file: None,
        patience: coffer_backend::Patience {
            retries: 0,
            ..coffer_backend::Patience::default()
        },
        ..trusting.clone()
    };
    let error = VaultStore::new(untrusting)
        .metadata(&name("a"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.to_string().contains("certificate"), "{error}");

    let store = VaultStore::new(trusting);
    let request = PutRequest::new(Secret::copy_from(b"fake-value"));
    store.put(&name("a"), request).await.unwrap();
    assert_eq!(own_tokens(&server), 1);
    // Longer than the token would have lived.
    tokio::time::sleep(std::time::Duration::from_secs(8)).await;
    assert_eq!(own_tokens(&server), 1, "it was renewed");
    assert!(
        store
            .get(&name("a"), VersionSelector::Current)
            .await
            .is_ok()
    );
    store.close().await;
    assert_eq!(own_tokens(&server), 0);
}
