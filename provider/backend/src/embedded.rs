//! The embedded vault as a store: `local` in the provider block.

use std::path::PathBuf;

use async_trait::async_trait;
use coffer_vault::{
    Actor, KeySource, MetadataChange, PutRequest, Secret, SecretMetadata, SecretName,
    SecretVersion, Stage, Timestamp, Vault, VersionMetadata, VersionSelector,
};
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;

use crate::audit::AuditTarget;
use crate::capabilities::Capabilities;
use crate::error::{Error, Result};
use crate::key::key_from_environment;
use crate::store::{BatchResult, SecretStore};

/// The key that opens the vault.
#[derive(Clone)]
pub enum Key {
    /// This one.
    Given(KeySource),
    /// The one that the environment names when the vault is first used; see [`key_from_environment`].
    Environment,
}

/// The embedded vault. The file is opened at the first use, and once.
pub struct EmbeddedStore {
    settings: Settings,
    actor: Actor,
    sinks: Vec<String>,
    vault: OnceCell<Vault>,
}

enum Settings {
    Known {
        path: PathBuf,
        key: Key,
    },
    /// This setting is not known yet.
    Unknown(&'static str),
}

impl EmbeddedStore {
    /// The vault at `path`, for `actor`. Opens nothing.
    pub fn new(path: PathBuf, key: Key, actor: Actor) -> Self {
        Self {
            settings: Settings::Known { path, key },
            actor,
            sinks: Vec::new(),
            vault: OnceCell::new(),
        }
    }

    /// The vault that is open already, with the sinks that it has.
    pub fn opened(vault: Vault) -> Self {
        Self {
            settings: Settings::Known {
                path: vault.path().to_path_buf(),
                key: Key::Environment,
            },
            actor: vault.actor().clone(),
            sinks: Vec::new(),
            vault: OnceCell::new_with(Some(vault)),
        }
    }

    /// A vault of which `setting`, as it is called in the provider block, is not known yet: every use of it fails.
    pub fn not_ready(setting: &'static str, actor: Actor) -> Self {
        Self {
            settings: Settings::Unknown(setting),
            actor,
            sinks: Vec::new(),
            vault: OnceCell::new(),
        }
    }

    /// The store, which hands every audit row to these sinks too, and to those that the environment names; see
    /// [`AuditTarget`]. They are made when the vault is opened.
    #[must_use]
    pub fn with_audit_sinks(mut self, sinks: Vec<String>) -> Self {
        self.sinks = sinks;
        self
    }

    /// The open vault. One that could not be opened is tried again at the next use.
    pub async fn vault(&self) -> Result<&Vault> {
        self.vault.get_or_try_init(|| self.open()).await
    }

    /// Whether the file has been opened.
    pub fn is_open(&self) -> bool {
        self.vault.initialized()
    }

    async fn open(&self) -> Result<Vault> {
        let (path, key) = match &self.settings {
            Settings::Known { path, key } => (path.clone(), key.clone()),
            Settings::Unknown(setting) => return Err(Error::NotReady { setting }),
        };
        let (actor, sinks) = (self.actor.clone(), self.sinks.clone());
        blocking(move || {
            let targets = audit_targets(&sinks)?;
            let key = match key {
                Key::Given(key) => Some(key),
                Key::Environment => key_from_environment()?,
            };
            let vault = match key {
                Some(key) => Vault::open(&path, &key, actor),
                // Which of the two is wrong matters to whoever starts without either.
                None if !path.exists() => Err(coffer_vault::Error::Missing { path }),
                None => Err(coffer_vault::Error::NoKey { path }),
            };
            targets
                .iter()
                .try_fold(vault?, |vault, target| Ok(vault.with_sink(target.open()?)))
        })
        .await
    }

    /// Runs `work` with the vault on a thread that may wait for the disk: for what only the embedded vault has.
    ///
    /// # Errors
    /// Those of opening it, and those of `work`.
    pub async fn with<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(Vault) -> coffer_vault::Result<T> + Send + 'static,
    {
        let vault = self.vault().await?.clone();
        blocking(move || work(vault)).await
    }
}

/// The sinks of the settings and the environment.
fn audit_targets(settings: &[String]) -> coffer_vault::Result<Vec<AuditTarget>> {
    let mut targets = AuditTarget::from_environment()?;
    for setting in settings {
        targets.push(AuditTarget::parse(setting)?);
    }
    if targets.iter().any(AuditTarget::is_standard_output) {
        return Err(coffer_vault::Error::Invalid {
            what: "the audit sink",
            problem:
                "stdout is for programs that print results; Terraform speaks to the provider there"
                    .into(),
        });
    }
    Ok(targets)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> coffer_vault::Result<T> + Send + 'static,
) -> Result<T> {
    match spawn_blocking(work).await {
        Ok(result) => Ok(result?),
        Err(error) => match error.try_into_panic() {
            // Whoever called turns it into a diagnostic, as any other panic.
            Ok(payload) => std::panic::resume_unwind(payload),
            Err(_) => Err(Error::Stopped),
        },
    }
}

#[async_trait]
impl SecretStore for EmbeddedStore {
    fn kind(&self) -> &'static str {
        "local"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::ALL
    }

    fn embedded(&self) -> Option<&EmbeddedStore> {
        Some(self)
    }

    async fn get(&self, name: &SecretName, which: VersionSelector) -> Result<SecretVersion> {
        let name = name.clone();
        self.with(move |vault| vault.get(&name, which)).await
    }

    async fn get_many(&self, wanted: &[(SecretName, VersionSelector)]) -> BatchResult {
        let wanted = wanted.to_vec();
        let read = self.with(move |vault| vault.get_many(&wanted)).await?;
        Ok(read
            .into_iter()
            .map(|result| result.map_err(Error::from))
            .collect())
    }

    async fn put(&self, name: &SecretName, request: PutRequest) -> Result<VersionMetadata> {
        let name = name.clone();
        self.with(move |vault| vault.put(&name, request)).await
    }

    async fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        let name = name.clone();
        self.with(move |vault| vault.metadata(&name)).await
    }

    async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        let name = name.clone();
        self.with(move |vault| vault.version_metadata(&name, which))
            .await
    }

    async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        let name = name.clone();
        self.with(move |vault| vault.versions(&name)).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        let prefix = prefix.to_owned();
        self.with(move |vault| vault.list(&prefix)).await
    }

    async fn update(&self, name: &SecretName, change: MetadataChange) -> Result<SecretMetadata> {
        let name = name.clone();
        self.with(move |vault| vault.update(&name, change)).await
    }

    async fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        let name = name.clone();
        self.with(move |vault| vault.promote(&name, version, change))
            .await
    }

    async fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        let name = name.clone();
        self.with(move |vault| vault.unstage(&name, stage)).await
    }

    async fn set_enabled(
        &self,
        name: &SecretName,
        version: u64,
        enabled: bool,
    ) -> Result<VersionMetadata> {
        let name = name.clone();
        self.with(move |vault| vault.set_enabled(&name, version, enabled))
            .await
    }

    async fn destroy(&self, name: &SecretName, versions: &[u64]) -> Result<Vec<VersionMetadata>> {
        let (name, versions) = (name.clone(), versions.to_vec());
        self.with(move |vault| vault.destroy(&name, &versions))
            .await
    }

    async fn delete(
        &self,
        name: &SecretName,
        recoverable_until: Timestamp,
    ) -> Result<SecretMetadata> {
        let name = name.clone();
        self.with(move |vault| vault.delete(&name, recoverable_until))
            .await
    }

    async fn restore(&self, name: &SecretName) -> Result<SecretMetadata> {
        let name = name.clone();
        self.with(move |vault| vault.restore(&name)).await
    }

    async fn purge(&self, name: &SecretName) -> Result<()> {
        let name = name.clone();
        self.with(move |vault| vault.purge(&name)).await
    }

    async fn matches_current(&self, name: &SecretName, value: &Secret) -> Result<bool> {
        let (name, value) = (name.clone(), value.clone());
        self.with(move |vault| vault.matches_current(&name, &value))
            .await
    }
}

#[cfg(test)]
mod tests {
    use coffer_vault::create_key_file;

    use super::*;
    use crate::ErrorKind;

    #[tokio::test]
    async fn a_vault_that_is_made_after_the_first_failure_is_found_by_the_next_call() {
        let folder = tempfile::tempdir().unwrap();
        let (path, key) = (folder.path().join("vault.db"), folder.path().join("key"));
        create_key_file(&key).unwrap();
        let key = KeySource::KeyFile(key);
        let actor = Actor::this_process("test");
        let store = EmbeddedStore::new(path.clone(), Key::Given(key.clone()), actor.clone());
        let name = SecretName::parse("a").unwrap();
        let missing = store.metadata(&name).await.unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        assert!(missing.remedy().unwrap().contains("coffer init"));

        Vault::init(&path, &key, actor).unwrap();
        let put = PutRequest::new(Secret::copy_from(b"fake-value"));
        assert_eq!(store.put(&name, put).await.unwrap().version, 1);
        let read = store.get(&name, VersionSelector::Current).await.unwrap();
        assert_eq!(read.value.danger_expose(), b"fake-value");
    }
}
