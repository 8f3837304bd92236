//! Stores by their kind, as the environment describes them.

use std::sync::Arc;

use crate::env::EnvStore;
use crate::store::SecretStore;

/// The store of this kind, `ssm` being that of `aws { service = "ssm" }`, with nothing but the environment's settings, behind nothing: each call is a request. None
/// where there is no such kind; the embedded vault is opened by [`crate::EmbeddedStore`].
///
/// Nothing is opened or called before the first use, which fails where the environment's settings are wrong.
pub fn from_environment(kind: &str) -> Option<Arc<dyn SecretStore>> {
    match kind {
        "env" => Some(Arc::new(EnvStore::new(String::new(), Vec::new(), true))),
        #[cfg(feature = "aws")]
        "aws" => Some(Arc::new(crate::aws::SecretsManager::new(
            crate::aws::AwsSettings::default(),
        ))),
        #[cfg(feature = "aws")]
        "ssm" => Some(Arc::new(crate::aws::ParameterStore::new(
            crate::aws::AwsSettings::default(),
        ))),
        #[cfg(feature = "azure")]
        "azure" => Some(Arc::new(crate::AzureStore::new(
            crate::AzureSettings::default().or_environment(),
        ))),
        #[cfg(feature = "vault")]
        "vault" => Some(Arc::new(crate::VaultStore::new(
            crate::VaultSettings::default(),
        ))),
        #[cfg(feature = "google")]
        "google" => Some(Arc::new(crate::GoogleStore::new(
            crate::GoogleSettings::default().or_environment(),
        ))),
        _ => None,
    }
}
