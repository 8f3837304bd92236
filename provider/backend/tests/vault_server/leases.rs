//! Leases of dynamic engines.

use coffer_backend::{ErrorKind, SecretStore, VaultLeaseRequest};
use serde_json::{Value, json};

use crate::server::{bao, store};

fn prepare() {
    bao(&[
        "write",
        "pki/root/generate/internal",
        "common_name=example.com",
        "ttl=24h",
    ]);
    bao(&[
        "write",
        "pki/roles/app",
        "allowed_domains=example.com",
        "allow_subdomains=true",
        "generate_lease=true",
        "ttl=1h",
    ]);
}

fn leases() -> usize {
    let listed = bao(&["list", "-format=json", "sys/leases/lookup/pki/issue/app"]);
    serde_json::from_str::<Value>(&listed)
        .unwrap()
        .as_array()
        .unwrap()
        .len()
}

#[tokio::test]
async fn what_an_engine_gives_is_revoked_by_its_lease_and_with_the_token() {
    prepare();
    let store = store();
    let request = VaultLeaseRequest {
        path: "pki/issue/app".to_owned(),
        data: json!({ "common_name": "a.example.com" })
            .as_object()
            .cloned(),
    };
    let lease = store.lease(&request).await.unwrap();
    assert!(
        lease
            .data
            .danger_expose_str()
            .unwrap()
            .contains("BEGIN CERTIFICATE")
    );
    assert!(lease.expires().is_some());
    store.lease(&request).await.unwrap();
    assert_eq!(leases(), 2);
    store.revoke_lease(&lease.id).await.unwrap();
    store.revoke_lease(&lease.id).await.unwrap();
    assert_eq!(leases(), 1);
    store.close().await;
    let left = crate::server::SERVER.bao(&["list", "sys/leases/lookup/pki/issue/app"]);
    assert!(left.unwrap().is_err(), "the token's end revoked the rest");
}

#[tokio::test]
async fn a_path_that_is_none_is_refused() {
    for path in ["", "a//b", "a/../sys/seal", "nothing/here"] {
        let request = VaultLeaseRequest {
            path: path.to_owned(),
            data: None,
        };
        let error = store().lease(&request).await.err().unwrap();
        assert!(
            matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Denied),
            "{path}: {error}"
        );
    }
}
