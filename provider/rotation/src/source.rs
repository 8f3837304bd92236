//! Where the connections of targets come from: secrets, too.

use async_trait::async_trait;
use coffer_backend::{Error, Reference, ReferenceError, SecretStore};
use coffer_vault::Secret;
use thiserror::Error;

/// Reads the secrets that targets log in with.
#[async_trait]
pub trait SecretSource: Send + Sync {
    /// Reads the secret that `reference` means: `prod/postgres`, `aws:prod/postgres@previous`.
    ///
    /// # Errors
    /// [`SourceError`].
    async fn read(&self, reference: &str) -> Result<Secret, SourceError>;
}

/// Why a secret could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The reference is none.
    #[error("the reference to a secret cannot be read: {0}")]
    Reference(#[from] ReferenceError),
    /// It names a store that is not at hand.
    #[error("the store \"{0}\" is not at hand")]
    Store(String),
    /// A member of a secret was asked for, and only whole ones are read here.
    #[error("a key after # is not read here; name the whole secret")]
    Key,
    /// The store's word.
    #[error(transparent)]
    Backend(#[from] Error),
}

/// One store, for whoever has no other.
pub struct OneStore<'a>(pub &'a dyn SecretStore);

#[async_trait]
impl SecretSource for OneStore<'_> {
    async fn read(&self, reference: &str) -> Result<Secret, SourceError> {
        let reference = Reference::parse(reference)?;
        if let Some(store) = reference.store.filter(|store| store != self.0.kind()) {
            return Err(SourceError::Store(store));
        }
        if reference.key.is_some() {
            return Err(SourceError::Key);
        }
        let version = self.0.get(&reference.name, reference.version).await?;
        Ok(version.value)
    }
}
