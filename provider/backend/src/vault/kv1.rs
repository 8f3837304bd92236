//! Secrets in KV v1: one value for each name, and nothing else. The one version is 1, and how old it is nobody knows: its
//! age counts from now.

use coffer_vault::{
    MetadataChange, PutRequest, SecretMetadata, SecretName, SecretVersion, Stage, Timestamp,
    VersionMetadata, VersionSelector,
};
use reqwest::Method;

use super::SYSTEM;
use super::api::{Api, Reply, Request};
use super::document::nonsense;
use super::kv2::entries;
use super::listing::names_below;
use super::path::escape;
use super::value::{self, Json};
use crate::error::{Error, Result};

/// What to do instead.
const INSTEAD: &str =
    "use a mount of KV version 2, or turn this one into one: `vault kv enable-versioning`";

/// A KV v1 engine.
pub(super) struct Kv1<'a> {
    pub(super) api: &'a Api,
    pub(super) mount: &'a str,
}

impl Kv1<'_> {
    fn path(&self, name: &str) -> String {
        format!("{}/{}", escape(self.mount), escape(name))
    }

    async fn read(&self, name: &SecretName) -> Result<Reply> {
        let found = self
            .api
            .find(&Request::get(self.path(name.as_str())))
            .await?;
        found.ok_or_else(|| Error::NotFound {
            system: SYSTEM,
            name: name.clone(),
        })
    }

    pub(super) async fn get(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<SecretVersion> {
        let metadata = only(name, which)?;
        let reply = self.read(name).await?;
        let entry = Json(reply.data());
        let value = value::from_entry(&entry).ok_or_else(|| nonsense("the value"))?;
        Ok(SecretVersion::new(value, metadata))
    }

    pub(super) async fn put(
        &self,
        name: &SecretName,
        request: PutRequest,
    ) -> Result<VersionMetadata> {
        let lacking = [
            (
                request.stage != Stage::Current,
                "keep a pending version in KV version 1",
            ),
            (
                request.expect.is_some(),
                "compare before it writes in KV version 1",
            ),
            (
                request.idempotency_token.is_some(),
                "tell a repeated write in KV version 1",
            ),
            (
                request.expires.is_some(),
                "keep when a value expires in KV version 1",
            ),
            (
                request.content_type.is_some() || !request.version_labels.is_empty(),
                "keep labels in KV version 1",
            ),
            (
                request.change != MetadataChange::default(),
                "keep metadata in KV version 1",
            ),
        ];
        if let Some((_, what)) = lacking.into_iter().find(|(lacks, _)| *lacks) {
            return Err(unsupported(what));
        }
        let entry = value::to_entry(&request.value);
        let request = Request::post(self.path(name.as_str()), &entry);
        self.api.send(&request).await?.success()?;
        only(name, VersionSelector::Current)
    }

    pub(super) async fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        self.read(name).await?;
        Ok(secret(name.clone()))
    }

    pub(super) async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        self.read(name).await?;
        only(name, which)
    }

    pub(super) async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        self.version_metadata(name, VersionSelector::Current)
            .await
            .map(|only| vec![only])
    }

    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        let names = names_below(prefix, |folder| async move {
            entries(self.api, &self.path(&folder)).await
        })
        .await?;
        Ok(names.into_iter().map(secret).collect())
    }

    pub(super) async fn update(
        &self,
        name: &SecretName,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        if change == MetadataChange::default() {
            return self.metadata(name).await;
        }
        Err(unsupported("keep metadata in KV version 1"))
    }

    pub(super) async fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        only(name, VersionSelector::Version(version))?;
        self.update(name, change).await
    }

    pub(super) async fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        match stage {
            Stage::Current => Err(unsupported("be without a current version in KV version 1")),
            Stage::Pending | Stage::Previous => self.metadata(name).await,
        }
    }

    #[allow(clippy::unused_async, reason = "as the others")]
    pub(super) async fn set_enabled(
        &self,
        _: &SecretName,
        _: u64,
        _: bool,
    ) -> Result<VersionMetadata> {
        Err(unsupported("disable a version in KV version 1"))
    }

    #[allow(clippy::unused_async, reason = "as the others")]
    pub(super) async fn destroy(&self, _: &SecretName, _: &[u64]) -> Result<Vec<VersionMetadata>> {
        Err(unsupported("destroy one version in KV version 1"))
    }

    #[allow(clippy::unused_async, reason = "as the others")]
    pub(super) async fn delete(&self, _: &SecretName, _: Timestamp) -> Result<SecretMetadata> {
        Err(unsupported(
            "delete a secret so that it can be restored in KV version 1",
        ))
    }

    #[allow(clippy::unused_async, reason = "as the others")]
    pub(super) async fn restore(&self, _: &SecretName) -> Result<SecretMetadata> {
        Err(unsupported("restore a secret in KV version 1"))
    }

    pub(super) async fn purge(&self, name: &SecretName) -> Result<()> {
        self.read(name).await?;
        let request = Request::new(Method::DELETE, self.path(name.as_str()));
        self.api.send(&request).await?.success().map(drop)
    }
}

/// The one version of a secret.
fn only(name: &SecretName, which: VersionSelector) -> Result<VersionMetadata> {
    match which {
        VersionSelector::Current
        | VersionSelector::Version(1)
        | VersionSelector::Stage(Stage::Current) => {
            let mut found = VersionMetadata::new(name.clone(), 1, Timestamp::now());
            found.stages = vec![Stage::Current];
            Ok(found)
        }
        VersionSelector::Version(_) => Err(Error::NoSuchVersion {
            system: SYSTEM,
            name: name.clone(),
            selector: which,
        }),
        VersionSelector::Stage(_) => Err(unsupported(
            "keep other versions than the current one in KV version 1",
        )),
    }
}

fn secret(name: SecretName) -> SecretMetadata {
    let mut found = SecretMetadata::new(name, Timestamp::now());
    found.latest = 1;
    found.current = Some(1);
    found
}

fn unsupported(what: &'static str) -> Error {
    Error::Unsupported {
        system: SYSTEM,
        what,
        instead: INSTEAD,
    }
}
