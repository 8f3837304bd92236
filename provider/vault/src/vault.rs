//! The handle of an open vault.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::metadata::{SecretMetadata, SecretVersion, VersionMetadata};
use crate::name::SecretName;
use crate::put::{MetadataChange, PutRequest};
use crate::secret::Secret;
use crate::selector::{Stage, VersionSelector};
use crate::slot::KeySource;

/// An open vault. Cloning is cheap; clones share one connection and may be used from several threads.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    actor: Actor,
}

impl Vault {
    /// Makes a vault at `path` with one slot for `key`, and opens it.
    ///
    /// A key file that does not exist is not created here: see [`crate::create_key_file`].
    pub fn init(path: &Path, key: &KeySource, actor: Actor) -> Result<Self> {
        let _ = (path, key);
        Ok(Self {
            inner: Arc::new(Inner { actor }),
        })
    }

    /// Opens the vault at `path`.
    pub fn open(path: &Path, key: &KeySource, actor: Actor) -> Result<Self> {
        let _ = (path, key);
        Ok(Self {
            inner: Arc::new(Inner { actor }),
        })
    }

    /// The same vault for another actor: audit rows of calls through it name that actor.
    #[must_use]
    pub fn for_actor(&self, actor: Actor) -> Self {
        Self {
            inner: Arc::new(Inner { actor }),
        }
    }

    /// The actor whom audit rows name.
    pub fn actor(&self) -> &Actor {
        &self.inner.actor
    }

    /// Stores a new version.
    pub fn put(&self, name: &SecretName, request: PutRequest) -> Result<VersionMetadata> {
        let _ = request;
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// Reads a version's value.
    pub fn get(&self, name: &SecretName, which: VersionSelector) -> Result<SecretVersion> {
        let _ = which;
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// Reads many values in one transaction with one audit commit. The outer error is of the vault; each inner one
    /// of its secret.
    pub fn get_many(
        &self,
        wanted: &[(SecretName, VersionSelector)],
    ) -> Result<Vec<Result<SecretVersion>>> {
        let _ = wanted;
        Ok(vec![])
    }

    /// Whether the secret exists and is not deleted.
    pub fn exists(&self, name: &SecretName) -> Result<bool> {
        let _ = name;
        Ok(false)
    }

    /// The secret's metadata.
    pub fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// The metadata of one version.
    pub fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        let _ = which;
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// All versions, the oldest first, the destroyed ones included.
    pub fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// The metadata of all secrets whose name starts with `prefix`, in order of their names.
    pub fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        let _ = prefix;
        Ok(vec![])
    }

    /// Changes a secret's metadata.
    pub fn update(&self, name: &SecretName, change: MetadataChange) -> Result<SecretMetadata> {
        let _ = change;
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// Makes `version` current; the current version becomes previous. Repeating it changes nothing.
    /// With `change`, the secret's metadata changes in the same transaction.
    pub fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        let _ = (version, change);
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// Takes `stage` off whichever version carries it.
    pub fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        let _ = stage;
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// Disables (`false`) or enables (`true`) a version.
    pub fn set_enabled(
        &self,
        name: &SecretName,
        version: u64,
        enabled: bool,
    ) -> Result<VersionMetadata> {
        let _ = (version, enabled);
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// Shreds the keys of versions, wipes them from the file and verifies it. Tombstones stay.
    pub fn destroy(&self, name: &SecretName, versions: &[u64]) -> Result<Vec<VersionMetadata>> {
        let _ = versions;
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// Deletes the secret; it can be restored until `recoverable_until`.
    pub fn delete(
        &self,
        name: &SecretName,
        recoverable_until: Timestamp,
    ) -> Result<SecretMetadata> {
        let _ = recoverable_until;
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// Takes a deletion back.
    pub fn restore(&self, name: &SecretName) -> Result<SecretMetadata> {
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// Removes the secret with all its versions for good, and wipes their keys.
    pub fn purge(&self, name: &SecretName) -> Result<()> {
        Err(Error::NotFound {
            name: name.clone(),
            near: vec![],
        })
    }

    /// Whether `value` is the current value, compared in constant time. `false` where the secret does not exist
    /// or has no readable current version. The audit trail records it as a comparison, not as a read.
    pub fn matches_current(&self, name: &SecretName, value: &Secret) -> Result<bool> {
        let _ = (name, value);
        Ok(false)
    }

    /// A short text that is the same for the same value under the same name, and tells nothing about the value to
    /// whoever lacks the vault's key (HMAC-SHA-256, 96 bits as hexadecimal).
    pub fn fingerprint(&self, name: &SecretName, value: &Secret) -> Result<String> {
        let _ = (name, value);
        Ok(String::new())
    }
}

/// Makes a key file of 32 random bytes with mode 0600. Never overwrites.
pub fn create_key_file(path: &Path) -> Result<()> {
    let _ = path;
    Ok(())
}
