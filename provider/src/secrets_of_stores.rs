//! The secrets that targets of rotations log in with, which may be in any store of the provider block.

use async_trait::async_trait;
use coffer_backend::{Reference, SecretStore};
use coffer_plugin::Context;
use coffer_rotation::source::{OneStore, SecretSource, SourceError};
use coffer_vault::Secret;

use crate::Coffer;
use crate::store::Stores;

/// The stores of the provider block, with the one that a reference without a store means.
pub(crate) struct SecretsOfStores<'a> {
    stores: &'a Stores,
    own: &'a dyn SecretStore,
}

impl<'a> SecretsOfStores<'a> {
    /// The provider's stores, for an object in the store `own`.
    pub(crate) fn new(ctx: &'a Context<Coffer>, own: &'a dyn SecretStore) -> Self {
        let stores = ctx.data().stores();
        Self { stores, own }
    }
}

#[async_trait]
impl SecretSource for SecretsOfStores<'_> {
    async fn read(&self, reference: &str) -> Result<Secret, SourceError> {
        let parsed = Reference::parse(reference)?;
        match &parsed.store {
            None => OneStore(self.own).read(reference).await,
            Some(label) => match self.stores.get(Some(label)) {
                Ok(store) => {
                    let inside = Reference {
                        store: None,
                        ..parsed
                    };
                    OneStore(store).read(&inside.to_string()).await
                }
                Err(_) => Err(SourceError::Store(label.clone())),
            },
        }
    }
}
