//! Google Secret Manager: `google` in the provider block.
//!
//! Versions have Google's own numbers, stages are version aliases, and what Google has no place for stands in one
//! annotation (`record`). docs/design/stores.md says why it speaks REST itself.

mod api;
mod changing;
mod checksum;
mod credentials;
mod deletion;
mod put;
mod reading;
mod record;
mod settings;
mod store;
mod view;
mod wire;

use async_trait::async_trait;
use coffer_vault::{
    MetadataChange, PutRequest, SecretMetadata, SecretName, SecretVersion, Stage, Timestamp,
    VersionMetadata, VersionSelector,
};
use tokio::sync::OnceCell;

use self::api::Api;
use self::credentials::Credentials;
pub use self::settings::GoogleSettings;
use self::store::Connection;
use crate::capabilities::{Capabilities, Support};
use crate::error::{Error, Result};
use crate::http::{Client, is_guarded};
use crate::spelling::Spelling;
use crate::store::SecretStore;

/// As users call it.
const SYSTEM: &str = "Google Secret Manager";
/// The largest value in bytes.
const LONGEST_VALUE: usize = 64 * 1024;
/// Ids of secrets have letters, digits, `-` and `_`.
const SPELLING: Spelling = Spelling {
    system: SYSTEM,
    mark: '_',
    underscore: true,
    longest: 255,
};

/// The secrets of a project, or of one location of it. Connects at the first use, and once.
pub struct GoogleStore {
    settings: GoogleSettings,
    /// The setting that is not known yet.
    unknown: Option<&'static str>,
    connection: OnceCell<Connection>,
}

impl GoogleStore {
    /// The secrets that `settings` lead to. Connects to nothing.
    pub fn new(settings: GoogleSettings) -> Self {
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
            ..Self::new(GoogleSettings::default())
        }
    }

    async fn connection(&self) -> Result<&Connection> {
        self.connection.get_or_try_init(|| self.connect()).await
    }

    async fn connect(&self) -> Result<Connection> {
        if let Some(setting) = self.unknown {
            return Err(Error::NotReady { setting });
        }
        let settings = self.settings.clone();
        let client = Client::new(SYSTEM, settings.patience, None)?;
        let credentials = Credentials::new(&settings, client.clone())?;
        let project = match &settings.project {
            Some(project) => Some(project.clone()),
            None => credentials.project().await?,
        };
        let project = project.ok_or_else(|| Error::Setting {
            setting: "project",
            problem: "is not set, and the credentials name none".to_owned(),
            remedy: "set project, or GOOGLE_PROJECT".to_owned(),
        })?;
        check_part("project", &project, ":.")?;
        if let Some(location) = &settings.location {
            check_part("location", location, "")?;
        }
        let base = base(&settings)?;
        let parent = match &settings.location {
            None => format!("projects/{project}"),
            Some(location) => format!("projects/{project}/locations/{location}"),
        };
        let quota_project = settings
            .quota_project
            .clone()
            .or_else(|| credentials.quota_project().map(str::to_owned));
        Ok(Connection {
            api: Api {
                client,
                credentials,
                base,
                parent,
                quota_project,
            },
            settings,
        })
    }
}

/// Where the service is.
fn base(settings: &GoogleSettings) -> Result<String> {
    let Some(endpoint) = &settings.endpoint else {
        return Ok(match &settings.location {
            None => "https://secretmanager.googleapis.com/v1".to_owned(),
            Some(location) => format!("https://secretmanager.{location}.rep.googleapis.com/v1"),
        });
    };
    if !is_guarded(endpoint) {
        return Err(Error::Setting {
            setting: "endpoint",
            problem: "is no https address; over another one everybody on the way reads the values"
                .to_owned(),
            remedy: "give an https address; http serves for an emulator on this machine alone"
                .to_owned(),
        });
    }
    let endpoint = endpoint.trim_end_matches('/');
    let endpoint = endpoint.strip_suffix("/v1").unwrap_or(endpoint);
    Ok(format!("{endpoint}/v1"))
}

/// A part of a path, which must not lead elsewhere.
fn check_part(setting: &'static str, text: &str, more: &str) -> Result<()> {
    let allowed = |it: char| it.is_ascii_alphanumeric() || it == '-' || more.contains(it);
    if !text.is_empty() && text.chars().all(allowed) && !text.contains("..") {
        return Ok(());
    }
    Err(Error::Setting {
        setting,
        problem: "has characters that it cannot have".to_owned(),
        remedy: format!(
            "give the {setting} as Google writes it, such as {}",
            if setting == "project" {
                "my-project-123"
            } else {
                "europe-west3"
            }
        ),
    })
}

#[async_trait]
impl SecretStore for GoogleStore {
    fn kind(&self) -> &'static str {
        "google"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            compare_and_set: Support::Emulated,
            idempotency: Support::Emulated,
            recoverable_delete: Support::Emulated,
            expiry: Support::Emulated,
            description: Support::Emulated,
            versions_to_keep: Support::Emulated,
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
        Ok(self.connection().await?.look(name).await?.metadata())
    }

    async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        let connection = self.connection().await?;
        let view = connection.look(name).await?.live()?;
        Ok(connection.version(&view, which).await?.1)
    }

    async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        let connection = self.connection().await?;
        let view = connection.look(name).await?;
        let versions = connection.versions(&view).await?;
        Ok(versions.into_iter().map(|(_, metadata)| metadata).collect())
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

    async fn destroy(&self, name: &SecretName, versions: &[u64]) -> Result<Vec<VersionMetadata>> {
        self.connection().await?.destroy(name, versions).await
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
