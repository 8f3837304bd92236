//! The store of Azure Key Vault beside what all stores keep (`contract`): logins, faults, deletions that take a while, and
//! other programs.
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::arithmetic_side_effects
)]
#![cfg(feature = "azure")]

mod deletion;
mod failing;
mod logins;
mod names;
mod official;
#[path = "../contract/key_vault_settings.rs"]
mod settings;
mod writers;

use coffer_backend::AzureStore;
use coffer_vault::{PutRequest, Secret, SecretName, SignedDuration, Timestamp, VersionSelector};
use xtask::azure::KeyVault;

/// A server, and a store that works on it.
fn started() -> (KeyVault, AzureStore) {
    let server = KeyVault::start().unwrap();
    let store = AzureStore::new(settings::settings(&server));
    (server, store)
}

fn name(text: &str) -> SecretName {
    SecretName::parse(text).unwrap()
}

fn request(value: &str) -> PutRequest {
    PutRequest::new(Secret::copy_from(value.as_bytes()))
}

async fn read(
    store: &dyn coffer_backend::SecretStore,
    name: &SecretName,
    which: VersionSelector,
) -> String {
    let found = store.get(name, which).await.unwrap();
    found.value.danger_expose_str().unwrap().to_owned()
}

fn in_ten_days() -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(10 * 24)
}
