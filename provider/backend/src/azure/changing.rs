//! Changing metadata, stages and the state of versions.

use coffer_vault::{
    MetadataChange, SecretMetadata, SecretName, Stage, Timestamp, VersionMetadata, VersionSelector,
};
use serde_json::json;

use super::SYSTEM;
use super::store::Connection;
use super::view;
use crate::error::Result;
use crate::refusal;

impl Connection {
    pub(super) async fn update(
        &self,
        name: &SecretName,
        change: &MetadataChange,
    ) -> Result<SecretMetadata> {
        let is_conditional = change.expect_revision.is_some();
        let view = self
            .modify(name, is_conditional, |view| {
                view.expect_revision(change)?;
                view.apply(change)?;
                Ok(true)
            })
            .await?;
        Ok(view.metadata())
    }

    pub(super) async fn promote(
        &self,
        name: &SecretName,
        number: u64,
        change: &MetadataChange,
    ) -> Result<SecretMetadata> {
        let is_conditional = change.expect_revision.is_some();
        let view = self
            .modify(name, is_conditional, |view| {
                let seen = view.select(VersionSelector::Version(number))?;
                refusal::unreadable(SYSTEM, &view.version(seen))?;
                view.expect_revision(change)?;
                let repeated = view.record.current == Some(number);
                if repeated && *change == MetadataChange::default() {
                    return Ok(false);
                }
                view.apply(change)?;
                if !repeated {
                    let now = Timestamp::now().as_second();
                    view.record.make_current(number, now);
                }
                Ok(true)
            })
            .await?;
        Ok(view.metadata())
    }

    pub(super) async fn unstage(&self, name: &SecretName, stage: Stage) -> Result<SecretMetadata> {
        let view = self
            .modify(name, false, |view| {
                if view.record.staged(stage).is_none() {
                    return Ok(false);
                }
                view.record.set_stage(stage, None);
                if stage == Stage::Current {
                    view.record.since = None;
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
        let which = VersionSelector::Version(number);
        let view = self.look(name).await?;
        let seen = view.select(which)?;
        if seen.item.is_enabled() == enabled {
            return Ok(view.version(seen));
        }
        let change = json!({ "attributes": { "enabled": enabled } });
        let changed = self.api.patch(&self.id(name)?, seen.id(), &change).await;
        let item = changed.map_err(|fault| fault.about(name, Some(which)))?;
        Ok(view::version(name, &item, &seen.note, &view.record))
    }
}
