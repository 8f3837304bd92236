//! A vault in a folder of its own, and a clock that tests set.

use std::sync::Mutex;
use std::time::Duration;

use coffer_backend::{EmbeddedStore, Key, SecretStore};
use coffer_rotation::clock::Clock;
use coffer_rotation::machine::{Demand, Done, Error, Nobody, Rotator};
use coffer_rotation::outlook::Reason;
use coffer_rotation::policy::Policy;
use coffer_rotation::source::OneStore;
use coffer_rotation::target::RealTargets;
use coffer_vault::{
    Actor, KeySource, PutRequest, Secret, SecretMetadata, SecretName, SignedDuration, Timestamp,
    Vault, VersionSelector, create_key_file,
};
use tempfile::TempDir;

/// The secret that is rotated.
const NAME: &str = "prod/app";

/// A clock that stands still until it is set.
struct FakeClock(Mutex<Timestamp>);

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct Bench {
    store: EmbeddedStore,
    clock: FakeClock,
    _folder: TempDir,
}

/// Rotate now, whatever the policy says of when.
pub(crate) fn now() -> Demand {
    Demand::Now {
        reason: Reason::Asked,
        known: None,
    }
}

impl Bench {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key_file = folder.path().join("vault.key");
        let vault = folder.path().join("vault.db");
        create_key_file(&key_file).unwrap();
        let key = KeySource::KeyFile(key_file.clone());
        Vault::init(&vault, &key, Actor::this_process("test")).unwrap();
        let key = Key::Given(KeySource::KeyFile(key_file));
        Self {
            store: EmbeddedStore::new(vault, key, Actor::this_process("test")),
            clock: FakeClock(Mutex::new(Timestamp::now())),
            _folder: folder,
        }
    }

    /// Sets the clock to so many days from now.
    pub(crate) fn in_days(&self, days: i64) {
        *self.clock.0.lock().unwrap() =
            Timestamp::now() + SignedDuration::from_hours(days.saturating_mul(24));
    }

    pub(crate) async fn put(&self, name: &str, value: &Secret) {
        let name = SecretName::parse(name).unwrap();
        let request = PutRequest::new(value.clone());
        self.store.put(&name, request).await.unwrap();
    }

    /// Stores a first version of the secret that is rotated.
    pub(crate) async fn begin_with(&self, value: &str) {
        self.put(NAME, &Secret::copy_from(value.as_bytes())).await;
    }

    pub(crate) async fn rotate(&self, policy: &Policy, demand: &Demand) -> Result<Done, Error> {
        let secrets = OneStore(&self.store);
        let targets = RealTargets::new(&secrets);
        Rotator::new(&self.store, &targets, &self.clock, &Nobody)
            .with_patience(Duration::ZERO)
            .rotate(&SecretName::parse(NAME).unwrap(), policy, demand)
            .await
    }

    pub(crate) async fn found(&self) -> SecretMetadata {
        let name = SecretName::parse(NAME).unwrap();
        self.store.metadata(&name).await.unwrap()
    }

    /// The value of a version, where it can be read.
    pub(crate) async fn value(&self, which: VersionSelector) -> Option<String> {
        let name = SecretName::parse(NAME).unwrap();
        let read = self.store.get(&name, which).await.ok()?;
        Some(read.value.danger_expose_str().unwrap().to_owned())
    }

    /// The versions that can be read.
    pub(crate) async fn readable(&self) -> Vec<u64> {
        let mut readable = Vec::new();
        for version in 1..=self.found().await.latest {
            if self
                .value(VersionSelector::Version(version))
                .await
                .is_some()
            {
                readable.push(version);
            }
        }
        readable
    }
}
