//! Encrypted parameters of the AWS Systems Manager Parameter Store as a store: `aws { service = "ssm" }`.

mod describe;
mod history;
mod listing;
mod name;
mod note;
mod put;
mod read;
mod stage;
mod update;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::error::{ProvideErrorMetadata, SdkError};
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
use crate::store::{BatchResult, SecretStore};

/// The service as its users call it.
const SYSTEM: &str = "AWS Parameter Store";

/// The largest value in bytes: that of an advanced parameter.
const MAX_VALUE: usize = 8192;

/// The Parameter Store of one region, as one identity. Nothing is sent before the first use.
///
/// What is kept where, and how writers are kept apart, is told in `docs/design/stores.md`.
pub struct ParameterStore {
    settings: AwsSettings,
    connection: OnceCell<Connection>,
}

struct Connection {
    client: Client,
    config: SdkConfig,
}

impl ParameterStore {
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
                let mut own = aws_sdk_ssm::config::Builder::from(&config);
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

    async fn remove(&self, name: &SecretName) -> Result<()> {
        let request = self.connection().await?.client.delete_parameter();
        let answer = request.name(name::parameter(name)?).send().await;
        let Err(error) = answer else {
            return Ok(());
        };
        let failure = failure(&error);
        if failure.is_unclear()
            && let Err(Error::NotFound { .. }) = self.history(name).await
        {
            return Ok(());
        }
        Err(failure.writing(name))
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

fn no_such_version(name: &SecretName, selector: VersionSelector) -> Error {
    Error::NoSuchVersion {
        system: SYSTEM,
        name: name.clone(),
        selector,
    }
}

/// A deletion is for good: the service keeps nothing of a parameter that is removed.
fn no_recovery<T>() -> Result<T> {
    unsupported(
        "restore a deleted secret, nor delete one so that it can be restored",
        "purge it, which is for good; in coffer_secret that is on_destroy = \"destroy\"",
    )
}

#[async_trait]
impl SecretStore for ParameterStore {
    fn kind(&self) -> &'static str {
        "aws"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            binary: Support::Missing,
            compare_and_set: Support::Emulated,
            idempotency: Support::Emulated,
            disable: Support::Missing,
            destroy: Support::Missing,
            recoverable_delete: Support::Missing,
            expiry: Support::Missing,
            description: Support::Emulated,
            annotations: Support::Emulated,
            versions_to_keep: Support::Missing,
            max_value_bytes: Some(MAX_VALUE as u64),
            ..Capabilities::ALL
        }
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
        Ok(seen.history.version(name, seen.select(name, which)?))
    }

    async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        let history = self.history(name).await?;
        let versions = history.entries().iter();
        Ok(versions.map(|entry| history.version(name, entry)).collect())
    }

    async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        self.list_parameters(prefix).await
    }

    async fn update(&self, name: &SecretName, change: MetadataChange) -> Result<SecretMetadata> {
        let seen = self.look(name).await?;
        self.change(name, &seen, &change).await?;
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
            return unsupported("disable a version", "make another version current");
        }
        self.version_metadata(name, VersionSelector::Version(version))
            .await
    }

    async fn destroy(&self, _: &SecretName, _: &[u64]) -> Result<Vec<VersionMetadata>> {
        unsupported(
            "destroy one version",
            "remove the whole secret; the service removes the oldest of a hundred versions by itself",
        )
    }

    async fn delete(&self, _: &SecretName, _: Timestamp) -> Result<SecretMetadata> {
        no_recovery()
    }

    async fn restore(&self, _: &SecretName) -> Result<SecretMetadata> {
        no_recovery()
    }

    async fn purge(&self, name: &SecretName) -> Result<()> {
        self.remove(name).await
    }
}
