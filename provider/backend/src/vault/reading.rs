//! Reading values and looking at versions in KV v2.

use coffer_vault::{
    SecretMetadata, SecretName, SecretVersion, Stage, VersionMetadata, VersionSelector,
};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::SYSTEM;
use super::document::Document;
use super::listing::names_below;
use super::versioned::{Versioned, select};
use crate::error::Result;
use crate::refusal;

/// How many secrets are looked at at a time.
const AT_A_TIME: usize = 8;

impl Versioned<'_> {
    pub(super) async fn get(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<SecretVersion> {
        // The newest version is nearly always the current one, and says itself whether it is.
        if matches!(
            which,
            VersionSelector::Current | VersionSelector::Stage(Stage::Current)
        ) && let Some((value, is_object, document)) = self.0.read_newest(name).await?
            && document.deletion().is_none()
            && document.stages().current == Some(document.latest)
            && let Some(mut metadata) = document.version(document.latest)
        {
            if is_object && metadata.content_type.is_none() {
                metadata.content_type = Some("application/json".to_owned());
            }
            return Ok(SecretVersion::new(value, metadata));
        }
        let document = self.live(name).await?;
        let metadata = select(&document, which)?;
        refusal::unreadable(SYSTEM, &metadata)?;
        self.0.read(&document, metadata.version).await
    }

    pub(super) async fn metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        Ok(self.present(name).await?.metadata())
    }

    pub(super) async fn version_metadata(
        &self,
        name: &SecretName,
        which: VersionSelector,
    ) -> Result<VersionMetadata> {
        select(&self.live(name).await?, which)
    }

    pub(super) async fn versions(&self, name: &SecretName) -> Result<Vec<VersionMetadata>> {
        let document = self.present(name).await?;
        let numbers = document.versions.keys();
        Ok(numbers
            .filter_map(|number| document.version(*number))
            .collect())
    }

    pub(super) async fn list(&self, prefix: &str) -> Result<Vec<SecretMetadata>> {
        let names =
            names_below(prefix, |folder| async move { self.0.folder(&folder).await }).await?;
        let reads: Vec<_> = names.iter().map(|name| self.0.load(name)).collect();
        let found: Vec<Option<Document>> = stream::iter(reads)
            .buffered(AT_A_TIME)
            .try_collect()
            .await?;
        let live = |document: &Document| document.exists() && document.deletion().is_none();
        let found = found.into_iter().flatten();
        Ok(found
            .filter(live)
            .map(|document| document.metadata())
            .collect())
    }
}
