//! The one trait of all stores.

use async_trait::async_trait;
use coffer_vault::{
    MetadataChange, PutRequest, Secret, SecretMetadata, SecretName, SecretVersion, Stage,
    Timestamp, VersionMetadata, VersionSelector,
};
use futures_util::{StreamExt, stream};

use crate::capabilities::Capabilities;
use crate::embedded::EmbeddedStore;
use crate::error::{Error, ErrorKind, Result};
use crate::native::{NativeRotation, RotationOrder};

/// What a batch read gives: for each secret asked for, in order, its version or why it could not be read.
pub type BatchResult = Result<Vec<Result<SecretVersion>>>;

/// How many values a store without batches reads at a time.
const READS_AT_A_TIME: usize = 8;

/// A system that keeps secrets in versions, of which stages mark the current, the pending and the previous one.
///
/// Nothing is opened or called before the first use. Every call may be repeated safely; where the outcome of a
/// write is not known, the error's kind says so.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// The store's kind as it is called in the provider block, such as `local`.
    fn kind(&self) -> &'static str;

    /// What the store can do.
    fn capabilities(&self) -> Capabilities;

    /// The embedded vault, where the store is that: it has an audit trail and leases of its own.
    fn embedded(&self) -> Option<&EmbeddedStore> {
        None
    }

    /// The HashiCorp Vault or OpenBao server, where the store is one: it has leases and transit keys besides.
    #[cfg(feature = "vault")]
    fn vault_server(&self) -> Option<&crate::VaultStore> {
        None
    }

    /// What the user should know about reading the secret `name` from here, in a sentence or two.
    fn caveat(&self, _name: &SecretName) -> Option<String> {
        None
    }

    /// How the system's own rotation of a secret stands, where it has one.
    async fn native_rotation(&self, _name: &SecretName) -> Result<NativeRotation> {
        Err(rotates_nothing(self.kind()))
    }

    /// Sets the system's own rotation up, and begins one where the order says so.
    async fn rotate_natively(&self, _name: &SecretName, _order: &RotationOrder) -> Result<()> {
        Err(rotates_nothing(self.kind()))
    }

    /// Reads a version's value.
    async fn get(&self, name: &SecretName, which: VersionSelector) -> Result<SecretVersion>;

    /// Reads many values, in one round trip where the system has one, and otherwise several at a time.
    async fn get_many(&self, wanted: &[(SecretName, VersionSelector)]) -> BatchResult {
        // Collected first: the compiler cannot yet see that the closure is as general as `stream::iter` wants it.
        let reads: Vec<_> = wanted
            .iter()
            .map(|(name, which)| self.get(name, *which))
            .collect();
        Ok(stream::iter(reads)
            .buffered(READS_AT_A_TIME)
            .collect()
            .await)
    }

    /// Stores a new version.
    async fn put(&self, name: &SecretName, request: PutRequest) -> Result<VersionMetadata>;

    /// The secret's metadata; reads no value.
    async fn metadata(&self, name: &SecretName) -> Result<SecretMetadata>;

    /// The metadata of one version; reads no value.
    async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata>;

    /// All versions, the oldest first, the destroyed ones included.
    async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>>;

    /// The metadata of all secrets whose name starts with `prefix`, in order of their names.
    async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>>;

    /// Changes a secret's metadata.
    async fn update(&self, name: &SecretName, change: MetadataChange) -> Result<SecretMetadata>;

    /// Makes `version` current; the current version becomes previous. Repeating it changes nothing.
    async fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> Result<SecretMetadata>;

    /// Takes `stage` off whichever version carries it.
    async fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata>;

    /// Disables (`false`) or enables (`true`) a version.
    async fn set_enabled(
        &self,
        name: &SecretName,
        version: u64,
        enabled: bool,
    ) -> Result<VersionMetadata>;

    /// Destroys versions for good.
    async fn destroy(&self, name: &SecretName, versions: &[u64]) -> Result<Vec<VersionMetadata>>;

    /// Deletes the secret so that it can be restored until `recoverable_until`.
    async fn delete(
        &self,
        name: &SecretName,
        recoverable_until: Timestamp,
    ) -> Result<SecretMetadata>;

    /// Takes a deletion back.
    async fn restore(&self, name: &SecretName) -> Result<SecretMetadata>;

    /// Removes the secret with all its versions for good.
    async fn purge(&self, name: &SecretName) -> Result<()>;

    /// Whether `value` is the current value; `false` where the secret or a readable current version is missing.
    async fn matches_current(&self, name: &SecretName, value: &Secret) -> Result<bool> {
        match self.get(name, VersionSelector::Current).await {
            Ok(found) => Ok(found.value.ct_eq(value)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Unreadable) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Gives back what was taken for the work, such as a token of a login. The store is not used afterwards.
    async fn close(&self) {}
}

fn rotates_nothing(system: &'static str) -> Error {
    Error::Unsupported {
        system,
        what: "rotate a secret by itself",
        instead: "keep it in AWS Secrets Manager, or rotate it with another target",
    }
}
