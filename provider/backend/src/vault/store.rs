//! The KV engine as a store.

use async_trait::async_trait;
use coffer_vault::{
    MetadataChange, PutRequest, SecretMetadata, SecretName, SecretVersion, Stage, Timestamp,
    VersionMetadata, VersionSelector,
};

use super::kv1::Kv1;
use super::kv2::Kv2;
use super::versioned::Versioned;
use super::{KvVersion, VaultStore};
use crate::capabilities::{Capabilities, Support};
use crate::error::Result;
use crate::store::SecretStore;

/// What KV v2 can do.
const VERSION_2: Capabilities = Capabilities {
    binary: Support::Emulated,
    stages: Support::Emulated,
    idempotency: Support::Emulated,
    expiry: Support::Emulated,
    description: Support::Emulated,
    labels: Support::Emulated,
    annotations: Support::Emulated,
    versions_to_keep: Support::Emulated,
    batch_read: Support::Missing,
    ..Capabilities::ALL
};

/// What KV v1 can do.
const VERSION_1: Capabilities = Capabilities {
    write: Support::Native,
    binary: Support::Emulated,
    list: Support::Native,
    ..Capabilities::NONE
};

enum Kv<'a> {
    One(Kv1<'a>),
    Two(Versioned<'a>),
}

impl VaultStore {
    async fn kv(&self) -> Result<Kv<'_>> {
        let engine = self.engine().await?;
        let (api, mount) = (self.api().await?, engine.mount.as_str());
        Ok(match engine.version {
            KvVersion::One => Kv::One(Kv1 { api, mount }),
            KvVersion::Two => Kv::Two(Versioned(Kv2 { api, mount })),
        })
    }
}

/// Calls the same function of whichever engine it is.
macro_rules! either {
    ($store:ident.$function:ident($($argument:expr),*)) => {
        match $store.kv().await? {
            Kv::One(kv) => kv.$function($($argument),*).await,
            Kv::Two(kv) => kv.$function($($argument),*).await,
        }
    };
}

#[async_trait]
impl SecretStore for VaultStore {
    fn kind(&self) -> &'static str {
        "vault"
    }

    /// As long as the engine is not known, those of KV v2.
    fn vault_server(&self) -> Option<&VaultStore> {
        Some(self)
    }

    fn capabilities(&self) -> Capabilities {
        let found = self.engine.get().map(|engine| engine.version);
        let given = || match self.settings.as_ref().ok()?.kv_version? {
            1 => Some(KvVersion::One),
            _ => None,
        };
        match found.or_else(given) {
            Some(KvVersion::One) => VERSION_1,
            _ => VERSION_2,
        }
    }

    async fn get(&self, name: &SecretName, which: VersionSelector) -> Result<SecretVersion> {
        either!(self.get(name, which))
    }

    async fn put(&self, name: &SecretName, request: PutRequest) -> Result<VersionMetadata> {
        either!(self.put(name, request))
    }

    async fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        either!(self.metadata(name))
    }

    async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        either!(self.version_metadata(name, which))
    }

    async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        either!(self.versions(name))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        either!(self.list(prefix))
    }

    async fn update(&self, name: &SecretName, change: MetadataChange) -> Result<SecretMetadata> {
        either!(self.update(name, change))
    }

    async fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        either!(self.promote(name, version, change))
    }

    async fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        either!(self.unstage(name, stage))
    }

    async fn set_enabled(
        &self,
        name: &SecretName,
        version: u64,
        enabled: bool,
    ) -> Result<VersionMetadata> {
        either!(self.set_enabled(name, version, enabled))
    }

    async fn destroy(&self, name: &SecretName, versions: &[u64]) -> Result<Vec<VersionMetadata>> {
        either!(self.destroy(name, versions))
    }

    async fn delete(
        &self,
        name: &SecretName,
        recoverable_until: Timestamp,
    ) -> Result<SecretMetadata> {
        either!(self.delete(name, recoverable_until))
    }

    async fn restore(&self, name: &SecretName) -> Result<SecretMetadata> {
        either!(self.restore(name))
    }

    async fn purge(&self, name: &SecretName) -> Result<()> {
        either!(self.purge(name))
    }

    async fn close(&self) {
        if let Some(api) = self.server.get() {
            api.close().await;
        }
    }
}
