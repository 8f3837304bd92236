//! Changing metadata, stages and the state of versions in KV v2.

use coffer_vault::{
    MetadataChange, SecretMetadata, SecretName, Stage, Timestamp, VersionMetadata, VersionSelector,
};

use super::SYSTEM;
use super::document::Stages;
use super::versioned::{RACES, Versioned, pause, raced, select};
use crate::error::Result;
use crate::refusal;

impl Versioned<'_> {
    pub(super) async fn update(
        &self,
        name: &SecretName,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        let document = self.edit(name, |document| document.change(&change)).await?;
        Ok(document.metadata())
    }

    pub(super) async fn promote(
        &self,
        name: &SecretName,
        version: u64,
        change: MetadataChange,
    ) -> Result<SecretMetadata> {
        let document = self
            .edit(name, |document| {
                let chosen = select(document, VersionSelector::Version(version))?;
                refusal::unreadable(SYSTEM, &chosen)?;
                document.change(&change)?;
                let before = document.stages();
                if before.current != Some(version) {
                    let stages = Stages {
                        current: Some(version),
                        pending: before.pending.filter(|pending| *pending != version),
                        previous: before.current,
                    };
                    let latest = document.latest;
                    document.set_stages(stages, latest);
                }
                Ok(())
            })
            .await?;
        Ok(document.metadata())
    }

    pub(super) async fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        let document = self
            .edit(name, |document| {
                let mut stages = document.stages();
                let before = stages;
                match stage {
                    Stage::Current => stages.current = None,
                    Stage::Pending => stages.pending = None,
                    Stage::Previous => stages.previous = None,
                }
                if stages != before {
                    let latest = document.latest;
                    document.set_stages(stages, latest);
                }
                Ok(())
            })
            .await?;
        Ok(document.metadata())
    }

    pub(super) async fn set_enabled(
        &self,
        name: &SecretName,
        version: u64,
        enabled: bool,
    ) -> Result<VersionMetadata> {
        let chosen = select(&self.live(name).await?, VersionSelector::Version(version))?;
        refusal::destroyed(SYSTEM, &chosen)?;
        let verb = if enabled { "undelete" } else { "delete" };
        self.0.mark(verb, name, &[version]).await?;
        select(&self.live(name).await?, VersionSelector::Version(version))
    }

    pub(super) async fn destroy(
        &self,
        name: &SecretName,
        versions: &[u64],
    ) -> Result<Vec<VersionMetadata>> {
        let document = self.present(name).await?;
        for number in versions {
            select(&document, VersionSelector::Version(*number))?;
        }
        self.0.mark("destroy", name, versions).await?;
        let document = self.present(name).await?;
        versions
            .iter()
            .map(|number| select(&document, VersionSelector::Version(*number)))
            .collect()
    }

    pub(super) async fn delete(
        &self,
        name: &SecretName,
        until: Timestamp,
    ) -> Result<SecretMetadata> {
        refusal::past_window(SYSTEM, until, Timestamp::now())?;
        let document = self
            .edit(name, |document| {
                document.mark_deleted(until);
                Ok(())
            })
            .await?;
        let versions = document.deletable();
        self.0.mark("delete", name, &versions).await?;
        Ok(document.metadata())
    }

    pub(super) async fn restore(&self, name: &SecretName) -> Result<SecretMetadata> {
        for race in 0..RACES {
            pause(race).await;
            let mut document = self.present(name).await?;
            if document.deletion().is_none() {
                return Ok(document.metadata());
            }
            let versions = document.deletable();
            self.0.mark("undelete", name, &versions).await?;
            document.unmark_deleted();
            if self.0.save(&mut document).await? {
                return Ok(self.live(name).await?.metadata());
            }
        }
        Err(raced(name))
    }

    pub(super) async fn purge(&self, name: &SecretName) -> Result<()> {
        self.present(name).await?;
        self.0.remove(name).await
    }
}
