//! The stores that the contract is checked on.

use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};

use coffer_backend::{Capabilities, EmbeddedStore, Key, Result, SecretStore};
use coffer_vault::{
    Actor, KeySource, PutRequest, Secret, SecretName, Vault, VersionMetadata, VersionSelector,
    create_key_file,
};

/// A store, and the part of it that belongs to one test alone.
pub(crate) struct Subject {
    store: Box<dyn SecretStore>,
    prefix: String,
    /// What the store lives in, such as a folder; it goes with the test.
    _place: Box<dyn Any>,
}

impl Subject {
    /// `store`, which may be shared with other tests: the names of this one begin with a prefix of its own.
    pub(crate) fn new(store: impl SecretStore + 'static, place: impl Any) -> Self {
        static TESTS: AtomicU64 = AtomicU64::new(0);
        let number = TESTS.fetch_add(1, Ordering::Relaxed);
        Self {
            store: Box::new(store),
            prefix: format!("contract-{}-{number}", std::process::id()),
            _place: Box::new(place),
        }
    }

    /// The store.
    pub(crate) fn store(&self) -> &dyn SecretStore {
        self.store.as_ref()
    }

    /// What the store says that it can do.
    pub(crate) fn can(&self) -> Capabilities {
        self.store.capabilities()
    }

    /// What all names of this test begin with.
    pub(crate) fn prefix(&self) -> String {
        format!("{}/", self.prefix)
    }

    /// A name of this test.
    pub(crate) fn name(&self, name: &str) -> SecretName {
        SecretName::parse(&format!("{}/{name}", self.prefix)).unwrap()
    }

    /// Stores `value` as the current version.
    pub(crate) async fn put(&self, name: &SecretName, value: &str) -> VersionMetadata {
        self.store
            .put(name, PutRequest::new(secret(value)))
            .await
            .unwrap()
    }

    /// Stores `value` as the pending version.
    pub(crate) async fn put_pending(&self, name: &SecretName, value: &str) -> VersionMetadata {
        self.store
            .put(name, PutRequest::new(secret(value)).pending())
            .await
            .unwrap()
    }

    /// The value of a version.
    pub(crate) async fn read(&self, name: &SecretName, which: VersionSelector) -> String {
        let found = self.store.get(name, which).await.unwrap();
        found.value.danger_expose_str().unwrap().to_owned()
    }
}

/// A value of a test.
pub(crate) fn secret(value: &str) -> Secret {
    Secret::copy_from(value.as_bytes())
}

/// The kind of error, of a call that must fail.
#[track_caller]
pub(crate) fn refusal<T>(result: Result<T>) -> coffer_backend::ErrorKind {
    match result {
        Ok(_) => panic!("it must be refused"),
        Err(error) => error.kind(),
    }
}

/// The embedded vault.
#[allow(clippy::unused_async, reason = "other stores have to start something")]
pub(crate) async fn local() -> Subject {
    let folder = tempfile::tempdir().unwrap();
    let (path, key) = (folder.path().join("vault.db"), folder.path().join("key"));
    create_key_file(&key).unwrap();
    let key = KeySource::KeyFile(key);
    let actor = Actor::this_process("contract");
    Vault::init(&path, &key, actor.clone()).unwrap();
    let store = EmbeddedStore::new(path, Key::Given(key), actor);
    Subject::new(store, folder)
}

/// Google Secret Manager, as its REST reference describes it, or as `COFFER_TEST_GOOGLE_URL` has it, for a second opinion.
#[cfg(feature = "google")]
#[allow(clippy::unused_async, reason = "other stores have to start something")]
pub(crate) async fn google() -> Subject {
    let mut server = crate::google_server::Server::start();
    if let Ok(url) = std::env::var("COFFER_TEST_GOOGLE_URL") {
        server.url = url;
    }
    Subject::new(server.store(), server)
}

/// AWS Secrets Manager, as moto plays it.
#[cfg(feature = "aws")]
#[allow(clippy::unused_async, reason = "other stores have to start something")]
pub(crate) async fn secrets_manager() -> Subject {
    Subject::new(coffer_backend::aws::SecretsManager::new(moto()), ())
}

/// The Parameter Store of AWS, as moto plays it.
#[cfg(feature = "aws")]
#[allow(clippy::unused_async, reason = "other stores have to start something")]
pub(crate) async fn parameter_store() -> Subject {
    Subject::new(coffer_backend::aws::ParameterStore::new(moto()), ())
}

/// The settings of a server that all tests share: moto, or whatever `COFFER_TEST_AWS_URL` names, for a second opinion.
#[cfg(feature = "aws")]
fn moto() -> coffer_backend::aws::AwsSettings {
    static SERVER: std::sync::LazyLock<xtask::moto::Moto> =
        std::sync::LazyLock::new(|| xtask::moto::Moto::start().unwrap());
    let url = std::env::var("COFFER_TEST_AWS_URL").unwrap_or_else(|_| SERVER.url());
    coffer_backend::aws::AwsSettings {
        region: Some("us-east-1".to_owned()),
        endpoint: Some(url),
        access_key: Some("test".to_owned()),
        secret_key: Some(secret("test")),
        ..coffer_backend::aws::AwsSettings::default()
    }
}
