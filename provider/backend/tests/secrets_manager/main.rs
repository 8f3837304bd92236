//! AWS Secrets Manager beyond what all stores keep: other programs' versions, ARNs, replicas, logins, failures.
#![cfg(feature = "aws")]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod failing;
mod login;
mod others;
mod parameters;
mod reading;
mod rotation;

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use coffer_backend::SecretStore;
use coffer_backend::aws::{AwsSettings, SecretsManager};
use coffer_vault::{PutRequest, Secret, SecretName, VersionSelector};
use serde_json::{Value, json};
use xtask::moto::Moto;

/// A server that all tests share; each takes names of its own.
static SERVER: LazyLock<Moto> = LazyLock::new(|| Moto::start().unwrap());

fn settings() -> AwsSettings {
    AwsSettings {
        region: Some("us-east-1".to_owned()),
        endpoint: Some(SERVER.url()),
        sts_endpoint: Some(SERVER.url()),
        access_key: Some("test".to_owned()),
        secret_key: Some(secret("test")),
        ..AwsSettings::default()
    }
}

fn store() -> SecretsManager {
    SecretsManager::new(settings())
}

fn secret(text: &str) -> Secret {
    Secret::copy_from(text.as_bytes())
}

/// A name that no other test has.
fn fresh(name: &str) -> SecretName {
    static NAMES: AtomicU64 = AtomicU64::new(0);
    let number = NAMES.fetch_add(1, Ordering::Relaxed);
    SecretName::parse(&format!("test-{number}/{name}")).unwrap()
}

/// What another program does: one operation of the service's API.
fn call(operation: &str, request: &Value) -> Value {
    let target = format!("secretsmanager.{operation}");
    SERVER.call("secretsmanager", &target, request).unwrap()
}

/// A secret that another program made. Gives its ARN.
fn made_by_another(name: &SecretName, value: &str) -> String {
    let request = json!({
        "Name": name.as_str(),
        "SecretString": value,
        "ClientRequestToken": "01234567-89ab-cdef-0123-000000000001",
    });
    call("CreateSecret", &request)["ARN"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn put(store: &SecretsManager, name: &SecretName, value: &str) -> u64 {
    let request = PutRequest::new(secret(value));
    store.put(name, request).await.unwrap().version
}

async fn read(store: &SecretsManager, name: &SecretName, which: VersionSelector) -> String {
    let found = store.get(name, which).await.unwrap();
    found.value.danger_expose_str().unwrap().to_owned()
}
