//! Changing metadata, stages and the state of versions.

use coffer_vault::{
    MetadataChange, SecretMetadata, SecretName, Stage, VersionMetadata, VersionSelector,
};

use super::SYSTEM;
use super::put::no_number;
use super::store::Connection;
use super::view::View;
use super::wire::State;
use crate::error::Result;
use crate::refusal;

impl Connection {
    pub(super) async fn update(
        &self,
        name: &SecretName,
        change: &MetadataChange,
    ) -> Result<SecretMetadata> {
        let view = self
            .modify(name, None, |view| {
                *view = view.clone().live()?;
                view.expect_revision(change)?;
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
        refusal::unreadable(SYSTEM, &version)?;
        let view = self
            .modify(name, Some(view), |view| {
                *view = view.clone().live()?;
                view.expect_revision(change)?;
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
        refusal::destroyed(SYSTEM, &metadata)?;
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
}
