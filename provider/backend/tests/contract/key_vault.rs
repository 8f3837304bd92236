//! Azure Key Vault, as a server of our own plays it that Azure's official client has judged.

use std::sync::LazyLock;

use coffer_backend::AzureStore;
use xtask::azure::KeyVault;

use crate::key_vault_settings::settings;
use crate::subject::Subject;

/// A store on the server that all tests share.
#[allow(clippy::unused_async, reason = "other stores have to start something")]
pub(crate) async fn secrets() -> Subject {
    static SERVER: LazyLock<KeyVault> = LazyLock::new(|| KeyVault::start().unwrap());
    Subject::new(AzureStore::new(settings(&SERVER)), ())
}
