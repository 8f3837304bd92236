//! Deleting a secret so that it can be restored, and for good.

use coffer_vault::{SecretMetadata, SecretName, Timestamp, VersionSelector};
use futures_util::{StreamExt, stream};

use super::SYSTEM;
use super::api::Fault;
use super::record::Deleted;
use super::store::{AT_A_TIME, Connection};
use super::view::View;
use super::wire::State;
use crate::error::Result;
use crate::refusal;

impl Connection {
    pub(super) async fn delete(
        &self,
        name: &SecretName,
        until: Timestamp,
    ) -> Result<SecretMetadata> {
        let now = Timestamp::now();
        refusal::past_window(SYSTEM, until, now)?;
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
