//! AWS Secrets Manager as a store: `aws` in the provider block.

mod deletion;
mod describe;
mod history;
mod listing;
mod name;
mod put;
mod read;
mod rotation;
mod stage;
mod update;
mod version_id;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use coffer_vault::{
    MetadataChange, PutRequest, SecretMetadata, SecretName, SecretVersion, Stage, Timestamp,
    VersionMetadata, VersionSelector,
};
use tokio::sync::OnceCell;

use super::failure::Failure;
use super::session;
use super::settings::AwsSettings;
use crate::capabilities::{Capabilities, Support};
use crate::error::{Error, Result};
use crate::native::{NativeRotation, RotationOrder};
use crate::store::{BatchResult, SecretStore};

/// The service as its users call it.
const SYSTEM: &str = "AWS Secrets Manager";

/// The largest value in bytes.
const MAX_VALUE: usize = 65_536;

/// Secrets Manager of one region, as one identity. Nothing is sent before the first use.
///
/// How versions get their numbers, and how writers are kept apart, is told in `docs/design/stores.md`.
pub struct SecretsManager {
    settings: AwsSettings,
    connection: OnceCell<Connection>,
}

struct Connection {
    client: Client,
    config: SdkConfig,
}

impl SecretsManager {
    /// The store that `settings` describe.
    pub fn new(settings: AwsSettings) -> Self {
        Self {
            settings,
            connection: OnceCell::new(),
        }
    }

    async fn connection(&self) -> Result<&Connection> {
        self.connection
            .get_or_try_init(|| async {
                let config = session::load(&self.settings).await?;
                let mut own = aws_sdk_secretsmanager::config::Builder::from(&config);
                if let Some(url) = &self.settings.endpoint {
                    own = own.endpoint_url(url);
                }
                Ok(Connection {
                    client: Client::from_conf(own.build()),
                    config,
                })
            })
            .await
    }

    async fn client(&self) -> Result<&Client> {
        Ok(&self.connection().await?.client)
    }
}

/// What the SDK's error means.
fn failure<E>(error: &SdkError<E>) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    Failure::new(SYSTEM, error)
}

fn unsupported<T>(what: &'static str, instead: &'static str) -> Result<T> {
    Err(Error::Unsupported {
        system: SYSTEM,
        what,
        instead,
    })
}

fn invalid(said: String) -> Error {
    Error::Invalid {
        system: SYSTEM,
        said,
    }
}

#[async_trait]
impl SecretStore for SecretsManager {
    fn kind(&self) -> &'static str {
        "aws"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            compare_and_set: Support::Emulated,
            disable: Support::Missing,
            destroy: Support::Missing,
            expiry: Support::Emulated,
            annotations: Support::Emulated,
            versions_to_keep: Support::Missing,
            max_value_bytes: Some(MAX_VALUE as u64),
            ..Capabilities::ALL
        }
    }

    async fn native_rotation(&self, name: &SecretName) -> Result<NativeRotation> {
        self.rotation(name).await
    }

    async fn rotate_natively(&self, name: &SecretName, order: &RotationOrder) -> Result<()> {
        self.order_rotation(name, order).await
    }

    async fn get(&self, name: &SecretName, which: VersionSelector) -> Result<SecretVersion> {
        self.read(name, which).await
    }

    async fn get_many(&self, wanted: &[(SecretName, VersionSelector)]) -> BatchResult {
        self.read_many(wanted).await
    }

    async fn put(&self, name: &SecretName, request: PutRequest) -> Result<VersionMetadata> {
        self.store(name, &request).await
    }

    async fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        Ok(self.look(name).await?.metadata(name))
    }

    async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        let seen = self.look(name).await?;
        seen.insist_on_life(name)?;
        Ok(seen.version(name, seen.select(name, which)?))
    }

    async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        let seen = self.look(name).await?;
        let versions = seen.history.entries().iter();
        Ok(versions.map(|entry| seen.version(name, entry)).collect())
    }

    async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        self.list_secrets(prefix).await
    }

    async fn update(&self, name: &SecretName, change: MetadataChange) -> Result<SecretMetadata> {
        let seen = self.look_to_write(name).await?;
        self.change(name, &seen, &change, None).await?;
        self.metadata(name).await
    }

    async fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        self.make_current(name, version, &change).await?;
        self.metadata(name).await
    }

    async fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        self.take_stage_off(name, stage).await?;
        self.metadata(name).await
    }

    async fn set_enabled(
        &self,
        name: &SecretName,
        version: u64,
        enabled: bool,
    ) -> Result<VersionMetadata> {
        if !enabled {
            return unsupported(
                "disable a version",
                "make another version current, or delete the secret with a recovery window, during which nobody can read it",
            );
        }
        self.version_metadata(name, VersionSelector::Version(version))
            .await
    }

    async fn destroy(&self, _: &SecretName, _: &[u64]) -> Result<Vec<VersionMetadata>> {
        unsupported(
            "destroy one version",
            "take its stages off, whereupon the service removes it in time, or remove the whole secret",
        )
    }

    async fn delete(
        &self,
        name: &SecretName,
        recoverable_until: Timestamp,
    ) -> Result<SecretMetadata> {
        self.schedule_deletion(name, recoverable_until).await?;
        self.metadata(name).await
    }

    async fn restore(&self, name: &SecretName) -> Result<SecretMetadata> {
        self.take_deletion_back(name).await?;
        self.metadata(name).await
    }

    async fn purge(&self, name: &SecretName) -> Result<()> {
        self.delete_for_good(name).await
    }
}
