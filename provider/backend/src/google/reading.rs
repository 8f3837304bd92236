//! Reading values and looking at versions.

use coffer_vault::{SecretMetadata, SecretName, SecretVersion, VersionMetadata, VersionSelector};
use futures_util::{StreamExt, stream};

use super::api::Fault;
use super::put::no_number;
use super::store::{AT_A_TIME, Connection};
use super::view::View;
use super::wire::Version;
use super::{SPELLING, SYSTEM};
use crate::error::{Error, Result};
use crate::refusal;

impl Connection {
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
        refusal::unreadable(SYSTEM, &metadata)?;
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
}
