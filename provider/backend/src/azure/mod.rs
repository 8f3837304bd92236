//! Azure Key Vault's secrets: `azure` in the provider block.
//!
//! Versions, whether they are enabled, their times and content types are Key Vault's own. Numbers, stages and what else
//! it has no place for stand in tags (`record`). docs/design/stores.md says how writers notice each other, and why the
//! store speaks REST itself.

mod api;
mod challenge;
mod changing;
mod cloud;
mod credentials;
mod deletion;
mod put;
mod reading;
mod record;
mod settings;
mod store;
mod tags;
mod value;
mod view;
mod wire;

use async_trait::async_trait;
use aws_lc_rs::digest;
use coffer_vault::{
    MetadataChange, PutRequest, SecretMetadata, SecretName, SecretVersion, Stage, Timestamp,
    VersionMetadata, VersionSelector,
};
use tokio::sync::OnceCell;

use self::api::Api;
use self::cloud::Place;
use self::credentials::Credentials;
pub use self::settings::{AzureCredential, AzureSettings};
use self::store::Connection;
use crate::capabilities::{Capabilities, Support};
use crate::error::{Error, Result};
use crate::hex::hex;
use crate::http::{Client, Trust};
use crate::spelling::Spelling;
use crate::store::SecretStore;

/// As users call it.
const SYSTEM: &str = "Azure Key Vault";
/// The largest value in bytes, as it is written there.
const LONGEST_VALUE: usize = 25_600;
/// The label of a version that is the time before which it is not valid: `nbf` in Key Vault.
const NOT_BEFORE: &str = "not-before";
/// Names of secrets have letters, digits and `-`.
const SPELLING: Spelling = Spelling {
    system: SYSTEM,
    mark: '-',
    underscore: false,
    longest: 127,
};

/// The secrets of a vault. Connects at the first use, and once.
pub struct AzureStore {
    settings: AzureSettings,
    /// The setting that is not known yet.
    unknown: Option<&'static str>,
    connection: OnceCell<Connection>,
}

impl AzureStore {
    /// The secrets that `settings` lead to. Connects to nothing.
    pub fn new(settings: AzureSettings) -> Self {
        Self {
            settings,
            unknown: None,
            connection: OnceCell::new(),
        }
    }

    /// A store of which `setting`, as it is called in the provider block, is not known yet: every use of it fails.
    pub fn not_ready(setting: &'static str) -> Self {
        Self {
            unknown: Some(setting),
            ..Self::new(AzureSettings::default())
        }
    }

    async fn connection(&self) -> Result<&Connection> {
        self.connection
            .get_or_try_init(|| async { self.connect() })
            .await
    }

    fn connect(&self) -> Result<Connection> {
        if let Some(setting) = self.unknown {
            return Err(Error::NotReady { setting });
        }
        let settings = &self.settings;
        let place = Place::new(settings)?;
        let authorities = match &settings.ca_file {
            None => Vec::new(),
            Some(path) => std::fs::read(path).map_err(|error| Error::Setting {
                setting: "ca_cert_file",
                problem: format!("cannot be read from {}: {error}", path.display()),
                remedy: "give the path of a file of certificates (PEM)".to_owned(),
            })?,
        };
        let trust = Trust {
            authorities,
            addresses: settings.addresses.clone(),
            ..Trust::default()
        };
        let client = Client::with_trust(SYSTEM, settings.patience, &trust)?;
        let credentials = Credentials::new(settings, &place, client.clone())?;
        Ok(Connection {
            api: Api::new(client, credentials, place.vault, place.host),
        })
    }
}

/// What tells a write from others.
fn random() -> Result<String> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(|error| Error::Unavailable {
        system: "the operating system's random numbers",
        said: error.to_string(),
    })?;
    Ok(hex(&bytes))
}

/// What stands in a tag for an idempotency token.
fn token_hash(token: &str) -> String {
    let digest = digest::digest(&digest::SHA256, token.as_bytes());
    hex(digest.as_ref().get(..16).unwrap_or_default())
}

#[async_trait]
impl SecretStore for AzureStore {
    fn kind(&self) -> &'static str {
        "azure"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            binary: Support::Emulated,
            stages: Support::Emulated,
            compare_and_set: Support::Emulated,
            idempotency: Support::Emulated,
            destroy: Support::Missing,
            description: Support::Emulated,
            annotations: Support::Emulated,
            versions_to_keep: Support::Missing,
            batch_read: Support::Missing,
            max_value_bytes: Some(LONGEST_VALUE as u64),
            ..Capabilities::ALL
        }
    }

    async fn get(&self, name: &SecretName, which: VersionSelector) -> Result<SecretVersion> {
        self.connection().await?.get(name, which).await
    }

    async fn put(&self, name: &SecretName, request: PutRequest) -> Result<VersionMetadata> {
        self.connection().await?.put(name, &request).await
    }

    async fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        self.connection().await?.metadata(name).await
    }

    async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        let view = self.connection().await?.look(name).await?;
        Ok(view.version(view.select(which)?))
    }

    async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        self.connection().await?.versions(name).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        self.connection().await?.list(prefix).await
    }

    async fn update(&self, name: &SecretName, change: MetadataChange) -> Result<SecretMetadata> {
        self.connection().await?.update(name, &change).await
    }

    async fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        let connection = self.connection().await?;
        connection.promote(name, version, &change).await
    }

    async fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        self.connection().await?.unstage(name, stage).await
    }

    async fn set_enabled(
        &self,
        name: &SecretName,
        version: u64,
        enabled: bool,
    ) -> Result<VersionMetadata> {
        let connection = self.connection().await?;
        connection.set_enabled(name, version, enabled).await
    }

    async fn destroy(&self, _name: &SecretName, _versions: &[u64]) -> Result<Vec<VersionMetadata>> {
        Err(Error::Unsupported {
            system: SYSTEM,
            what: "destroy a version",
            instead: "disable it, or remove the secret as a whole",
        })
    }

    async fn delete(
        &self,
        name: &SecretName,
        recoverable_until: Timestamp,
    ) -> Result<SecretMetadata> {
        let connection = self.connection().await?;
        connection.delete(name, recoverable_until).await
    }

    async fn restore(&self, name: &SecretName) -> Result<SecretMetadata> {
        self.connection().await?.restore(name).await
    }

    async fn purge(&self, name: &SecretName) -> Result<()> {
        self.connection().await?.purge(name).await
    }
}
