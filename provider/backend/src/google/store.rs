//! The operations on a project's secrets.

use coffer_vault::{
    MetadataChange, SecretMetadata, SecretName, SecretVersion, Stage, Timestamp, VersionMetadata,
    VersionSelector, VersionState,
};
use futures_util::{StreamExt, stream};
use serde_json::{Value as Json, json};

use super::api::{Api, Fault};
use super::put::{busy, no_number};
use super::record::Deleted;
use super::settings::GoogleSettings;
use super::view::View;
use super::wire::{State, Version};
use super::{SPELLING, SYSTEM};
use crate::error::{Error, Result};

/// How often a change is tried that another one got in the way of.
pub(super) const ATTEMPTS: usize = 8;
/// How many requests of one operation are under way at a time.
const AT_A_TIME: usize = 8;

/// A project, or a location of it.
pub(super) struct Connection {
    pub(super) api: Api,
    pub(super) settings: GoogleSettings,
}

impl Connection {
    pub(super) fn id(&self, name: &SecretName) -> Result<String> {
        SPELLING.write(name)
    }

    /// Looks at a secret and its newest version. A secret without versions is there for Google: whoever made it meant
    /// it to be filled.
    pub(super) async fn find(&self, name: &SecretName) -> Result<Option<View>> {
        let id = self.id(name)?;
        let (secret, newest) = tokio::join!(self.api.secret(&id), self.api.version(&id, "latest"));
        let secret = match secret {
            Ok(secret) => secret,
            Err(Fault::NotFound(_)) => return Ok(None),
            Err(fault) => return Err(fault.about(name, None)),
        };
        let newest = match newest {
            Ok(version) => Some(version),
            Err(Fault::NotFound(_)) => None,
            Err(fault) => return Err(fault.about(name, None)),
        };
        View::new(name.clone(), secret, newest).map(Some)
    }

    /// A secret that has a version.
    pub(super) async fn look(&self, name: &SecretName) -> Result<View> {
        self.find(name)
            .await?
            .filter(|view| view.latest() > 0)
            .ok_or_else(|| not_found(name))
    }

    pub(super) async fn create(&self, id: &str, view: &mut View) -> Result<(), Fault> {
        let mut body = view.body()?;
        let settings = &self.settings;
        let set = |body: &mut Json, key: &str, value: Json| {
            if let Some(object) = body.as_object_mut() {
                object.insert(key.to_owned(), value);
            }
        };
        for unset in ["etag", "versionAliases", "expireTime"] {
            body.as_object_mut().and_then(|body| body.remove(unset));
        }
        let key = settings
            .kms_key_name
            .as_ref()
            .map(|key| json!({ "kmsKeyName": key }));
        if settings.location.is_some() {
            if let Some(key) = key {
                set(&mut body, "customerManagedEncryption", key);
            }
        } else if settings.replica_locations.is_empty() {
            let automatic =
                key.map_or(json!({}), |key| json!({ "customerManagedEncryption": key }));
            set(&mut body, "replication", json!({ "automatic": automatic }));
        } else {
            let replicas: Vec<Json> = settings
                .replica_locations
                .iter()
                .map(|location| match &key {
                    None => json!({ "location": location }),
                    Some(key) => json!({ "location": location, "customerManagedEncryption": key }),
                })
                .collect();
            set(
                &mut body,
                "replication",
                json!({ "userManaged": { "replicas": replicas } }),
            );
        }
        if let Some(ttl) = settings.ttl {
            set(&mut body, "ttl", format!("{}s", ttl.as_secs()).into());
        }
        if let Some(ttl) = settings.version_destroy_ttl {
            set(
                &mut body,
                "versionDestroyTtl",
                format!("{}s", ttl.as_secs()).into(),
            );
        }
        let secret = self.api.create(id, &body).await?;
        self.keep(view, secret);
        Ok(())
    }

    /// Writes what was changed, if nobody else has changed the secret since it was looked at.
    pub(super) async fn save(&self, id: &str, view: &mut View, expiry: bool) -> Result<(), Fault> {
        let body = view.body()?;
        let mask = if expiry {
            "labels,annotations,versionAliases,expireTime"
        } else {
            "labels,annotations,versionAliases"
        };
        match self.api.patch(id, mask, &body).await {
            Ok(secret) => {
                self.keep(view, secret);
                Ok(())
            }
            Err(Fault::Other(lost @ Error::OutcomeUnknown { .. })) => {
                // The etag tells: the change is there, or it is not and cannot come any more once another one is.
                let found = self.api.secret(id).await?;
                if found.annotations == view.secret.annotations
                    && found.version_aliases == view.secret.version_aliases
                {
                    self.keep(view, found);
                    return Ok(());
                }
                Err(Fault::Other(lost))
            }
            Err(fault) => Err(fault),
        }
    }

    /// Takes over what only the service knows; what it does not answer stays as it was sent.
    fn keep(&self, view: &mut View, secret: super::wire::Secret) {
        view.secret.etag = secret.etag;
        view.secret.create_time = secret.create_time.or(view.secret.create_time);
        view.secret.expire_time = secret.expire_time;
    }

    /// Changes a secret as `edit` says, which tells whether there is anything to write; again where another change got
    /// in the way. `seen` is what was looked at already.
    pub(super) async fn modify(
        &self,
        name: &SecretName,
        mut seen: Option<View>,
        edit: impl Fn(&mut View) -> Result<bool>,
    ) -> Result<View> {
        let id = self.id(name)?;
        for _ in 0..ATTEMPTS {
            let mut view = match seen.take() {
                Some(view) => view,
                None => self.look(name).await?,
            };
            let expiry = view.secret.expire_time;
            if !edit(&mut view)? {
                return Ok(view);
            }
            let expiry = expiry != view.secret.expire_time;
            match self.save(&id, &mut view, expiry).await {
                Ok(()) => return Ok(view),
                Err(Fault::Conflict(_) | Fault::Precondition(_)) => {}
                Err(fault) => return Err(fault.about(name, None)),
            }
        }
        Err(busy(name))
    }

    pub(super) async fn get(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<SecretVersion> {
        let id = self.id(name)?;
        let secret = self.api.secret(&id).await;
        let secret = secret.map_err(|fault| fault.about(name, None))?;
        let mut view = View::new(name.clone(), secret, None)?.live()?;
        let is_newest = !view.is_managed() && which == VersionSelector::Current;
        let path = if is_newest && !view.secret.version_aliases.contains_key("current") {
            "latest".to_owned()
        } else {
            view.select(which)?.to_string()
        };
        let about = |fault: Fault| fault.about(name, Some(which));
        let (version, access) =
            tokio::join!(self.api.version(&id, &path), self.api.access(&id, &path));
        let mut version = version.map_err(about)?;
        let metadata = view.version(&version).ok_or_else(no_number)?;
        readable(&metadata)?;
        let (number, value) = access.map_err(about)?;
        if version.number() != Some(number) {
            // A version was added between the two requests.
            let which = number.to_string();
            version = self.api.version(&id, &which).await.map_err(about)?;
        }
        if is_newest {
            view.newest = Some(version.clone());
        }
        let metadata = view.version(&version).ok_or_else(no_number)?;
        Ok(SecretVersion::new(value, metadata))
    }

    pub(super) async fn version(
        &self,
        view: &View,
        which: VersionSelector,
    ) -> Result<(Version, VersionMetadata)> {
        let id = self.id(&view.name)?;
        let number = view.select(which)?;
        let version = self.api.version(&id, &number.to_string()).await;
        let version = version.map_err(|fault| fault.about(&view.name, Some(which)))?;
        let metadata = view.version(&version).ok_or_else(no_number)?;
        Ok((version, metadata))
    }

    /// All versions, the oldest first.
    pub(super) async fn versions(&self, view: &View) -> Result<Vec<(Version, VersionMetadata)>> {
        let id = self.id(&view.name)?;
        let versions = self.api.versions(&id).await;
        let mut found: Vec<_> = versions
            .map_err(|fault| fault.about(&view.name, None))?
            .into_iter()
            .filter_map(|version| view.version(&version).map(|metadata| (version, metadata)))
            .collect();
        found.sort_by_key(|(_, metadata)| metadata.version);
        Ok(found)
    }

    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        let part = SPELLING.write_prefix(prefix);
        let secrets = match self.api.secrets(&part).await {
            Ok(secrets) => secrets,
            Err(Fault::Other(error)) => return Err(error),
            Err(Fault::NotFound(said) | Fault::Conflict(said) | Fault::Precondition(said)) => {
                return Err(Error::Invalid {
                    system: SYSTEM,
                    said,
                });
            }
        };
        let mut views = Vec::new();
        for secret in secrets {
            let name = SPELLING.read(secret.id());
            if let Some(name) = name.filter(|name| name.as_str().starts_with(prefix)) {
                views.push(View::new(name, secret, None)?);
            }
        }
        // What coffer has written says itself which version is the newest.
        let looked: Vec<_> = views
            .into_iter()
            .filter(|view| view.record.deleted.is_none())
            .map(|view| async move {
                if view.is_managed() {
                    return Ok(Some(view));
                }
                self.find(&view.name).await
            })
            .collect();
        let looked: Vec<Result<Option<View>>> =
            stream::iter(looked).buffered(AT_A_TIME).collect().await;
        let mut found = Vec::new();
        for view in looked {
            if let Some(view) = view?.filter(|view| view.latest() > 0) {
                found.push(view.metadata());
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    pub(super) async fn update(
        &self,
        name: &SecretName,
        change: &MetadataChange,
    ) -> Result<SecretMetadata> {
        let view = self
            .modify(name, None, |view| {
                *view = view.clone().live()?;
                check_revision(view, change)?;
                view.apply(change)?;
                Ok(true)
            })
            .await?;
        self.destroy_old(&self.id(name)?, &view).await?;
        Ok(view.metadata())
    }

    pub(super) async fn promote(
        &self,
        name: &SecretName,
        number: u64,
        change: &MetadataChange,
    ) -> Result<SecretMetadata> {
        let view = self.look(name).await?.live()?;
        let (_, version) = self
            .version(&view, VersionSelector::Version(number))
            .await?;
        readable(&version)?;
        let view = self
            .modify(name, Some(view), |view| {
                *view = view.clone().live()?;
                check_revision(view, change)?;
                let repeated = view.staged(Stage::Current) == Some(number);
                if repeated && *change == MetadataChange::default() {
                    return Ok(false);
                }
                view.apply(change)?;
                if !repeated {
                    view.make_current(number);
                }
                Ok(true)
            })
            .await?;
        self.destroy_old(&self.id(name)?, &view).await?;
        Ok(view.metadata())
    }

    pub(super) async fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        let view = self
            .modify(name, None, |view| {
                *view = view.clone().live()?;
                if view.staged(stage).is_none() {
                    return Ok(false);
                }
                view.manage();
                view.set_stage(stage, None);
                if stage == Stage::Current {
                    view.record.current_since = None;
                }
                Ok(true)
            })
            .await?;
        Ok(view.metadata())
    }

    pub(super) async fn set_enabled(
        &self,
        name: &SecretName,
        number: u64,
        enabled: bool,
    ) -> Result<VersionMetadata> {
        let view = self.look(name).await?.live()?;
        let (version, metadata) = self
            .version(&view, VersionSelector::Version(number))
            .await?;
        let (wanted, what) = if enabled {
            (State::Enabled, "enable")
        } else {
            (State::Disabled, "disable")
        };
        if version.state == wanted {
            return Ok(metadata);
        }
        if let VersionState::Destroyed(_) = metadata.state {
            readable(&metadata)?;
        }
        let changed = self
            .api
            .change_version(&self.id(name)?, number, what, &version.etag)
            .await
            .map_err(|fault| fault.about(name, Some(VersionSelector::Version(number))))?;
        view.version(&changed).ok_or_else(no_number)
    }

    pub(super) async fn destroy(
        &self,
        name: &SecretName,
        numbers: &[u64],
    ) -> Result<Vec<VersionMetadata>> {
        let view = self.look(name).await?;
        for number in numbers {
            self.version(&view, VersionSelector::Version(*number))
                .await?;
        }
        let view = self
            .modify(name, Some(view), |view| {
                let mut changed = false;
                for stage in Stage::ALL {
                    if view
                        .staged(stage)
                        .is_some_and(|number| numbers.contains(&number))
                    {
                        view.manage();
                        view.set_stage(stage, None);
                        changed = true;
                    }
                }
                for number in numbers {
                    changed |= view.record.versions.remove(number).is_some();
                }
                Ok(changed)
            })
            .await?;
        let id = self.id(name)?;
        let mut destroyed = Vec::new();
        for number in numbers {
            destroyed.push(self.destroy_one(&id, &view, *number).await?);
        }
        Ok(destroyed)
    }

    async fn destroy_one(&self, id: &str, view: &View, number: u64) -> Result<VersionMetadata> {
        let which = VersionSelector::Version(number);
        let (version, metadata) = self.version(view, which).await?;
        if version.state == State::Destroyed {
            return Ok(metadata);
        }
        let destroyed = self
            .api
            .change_version(id, number, "destroy", &version.etag)
            .await
            .map_err(|fault| fault.about(&view.name, Some(which)))?;
        view.version(&destroyed).ok_or_else(no_number)
    }

    /// Destroys the versions beyond `versions_to_keep` that carry no stage.
    pub(super) async fn destroy_old(&self, id: &str, view: &View) -> Result<()> {
        let keep = u64::from(view.record.versions_to_keep);
        if keep == 0 || view.latest().max(view.record.latest) <= keep {
            return Ok(());
        }
        let first = view.latest().max(view.record.latest).saturating_sub(keep);
        for (version, metadata) in self.versions(view).await? {
            if metadata.version <= first
                && metadata.stages.is_empty()
                && version.state != State::Destroyed
            {
                self.destroy_one(id, view, metadata.version).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn delete(
        &self,
        name: &SecretName,
        until: Timestamp,
    ) -> Result<SecretMetadata> {
        let now = Timestamp::now();
        if until <= now {
            return Err(Error::Invalid {
                system: SYSTEM,
                said: "the end of the recovery window lies in the past; to remove the secret for good, purge it".to_owned(),
            });
        }
        let view = self.look(name).await?.live()?;
        let disabled: Vec<u64> = self
            .versions(&view)
            .await?
            .iter()
            .filter(|(version, _)| version.state == State::Enabled)
            .map(|(_, metadata)| metadata.version)
            .collect();
        // The mark comes first: whoever restores after a crash knows what to enable.
        let view = self
            .modify(name, Some(view), |view| {
                *view = view.clone().live()?;
                view.record.deleted = Some(Deleted {
                    at: now,
                    until,
                    disabled: disabled.clone(),
                    expired: view.secret.expire_time,
                });
                view.secret.expire_time = Some(until);
                Ok(true)
            })
            .await?;
        self.change_all(&view, &disabled, "disable").await?;
        Ok(view.metadata())
    }

    pub(super) async fn restore(&self, name: &SecretName) -> Result<SecretMetadata> {
        let view = self.look(name).await?;
        let Some(deleted) = view.record.deleted.clone() else {
            return Ok(view.metadata());
        };
        self.change_all(&view, &deleted.disabled, "enable").await?;
        let view = self
            .modify(name, Some(view), |view| {
                view.record.deleted = None;
                view.secret.expire_time = deleted.expired;
                Ok(true)
            })
            .await?;
        Ok(view.metadata())
    }

    async fn change_all(&self, view: &View, numbers: &[u64], what: &str) -> Result<()> {
        let id = self.id(&view.name)?;
        let id = &id;
        let changes: Vec<_> = numbers
            .iter()
            .map(|number| async move {
                match self.api.change_version(id, *number, what, "").await {
                    // One that was destroyed in the meantime stays destroyed.
                    Ok(_) | Err(Fault::Precondition(_)) => Ok(()),
                    Err(fault) => {
                        Err(fault.about(&view.name, Some(VersionSelector::Version(*number))))
                    }
                }
            })
            .collect();
        let done: Vec<Result<()>> = stream::iter(changes).buffered(AT_A_TIME).collect().await;
        done.into_iter().collect()
    }

    pub(super) async fn purge(&self, name: &SecretName) -> Result<()> {
        let deleted = self.api.delete(&self.id(name)?).await;
        deleted.map_err(|fault| fault.about(name, None))
    }
}

pub(super) fn not_found(name: &SecretName) -> Error {
    Error::NotFound {
        system: SYSTEM,
        name: name.clone(),
    }
}

fn check_revision(view: &View, change: &MetadataChange) -> Result<()> {
    match change.expect_revision {
        Some(expected) if expected != view.revision() => Err(Error::Conflict {
            system: SYSTEM,
            name: view.name.clone(),
            expected: format!("revision {expected}"),
            found: format!("revision {}", view.revision()),
        }),
        _ => Ok(()),
    }
}

fn readable(version: &VersionMetadata) -> Result<()> {
    let (name, number) = (version.name.clone(), version.version);
    match version.state {
        VersionState::Enabled => Ok(()),
        VersionState::Disabled => Err(Error::Disabled {
            system: SYSTEM,
            name,
            version: number,
        }),
        VersionState::Destroyed(_) => Err(Error::Destroyed {
            system: SYSTEM,
            name,
            version: number,
        }),
    }
}
