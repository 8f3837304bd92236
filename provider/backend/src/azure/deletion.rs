//! Deleting a secret so that it can be restored, restoring it, and removing it for good.
//!
//! Key Vault does each in the background: for seconds after the answer the secret is neither here nor there.

use std::time::Duration;

use coffer_vault::{Deletion, SecretMetadata, SecretName, Timestamp};
use tokio::time::{Instant, sleep};

use super::SYSTEM;
use super::api::Fault;
use super::reading::listed;
use super::record::Record;
use super::store::{Connection, Found};
use super::view::{View, expect_name, not_found};
use super::wire::{Deleted, Item, time};
use crate::error::{Error, Result};
use crate::refusal;

/// How long the service may take for what it does in the background.
pub(super) const LIMIT: Duration = Duration::from_secs(120);
/// How long to wait before looking whether it is done.
pub(super) const PAUSE: Duration = Duration::from_millis(500);

impl Connection {
    /// Deletes a secret. Until when it can be restored, the vault says: its retention is set for all of its secrets.
    pub(super) async fn delete(
        &self,
        name: &SecretName,
        until: Timestamp,
    ) -> Result<SecretMetadata> {
        refusal::past_window(SYSTEM, until, Timestamp::now())?;
        let view = self.look(name).await?;
        if view
            .versions
            .iter()
            .any(|it| it.item.is_gone_once_deleted())
        {
            return Err(Error::Unsupported {
                system: SYSTEM,
                what: "delete a secret of this vault so that it can be restored",
                instead: "turn on soft delete for the vault, or purge the secret",
            });
        }
        self.begin_deletion(name).await?;
        self.deleted_metadata(name).await
    }

    /// What is known of a deleted secret: what its newest version says.
    pub(super) async fn deleted_metadata(&self, name: &SecretName) -> Result<SecretMetadata> {
        let deleted = match self.api.deleted(&self.id(name)?).await {
            Ok(deleted) => deleted,
            Err(Fault::NotFound | Fault::Other(Error::Denied { .. })) => {
                return Err(not_found(name));
            }
            Err(fault) => return Err(fault.about(name, None)),
        };
        expect_name(name, Record::name(&deleted.item).as_ref())?;
        let at = deleted.deleted_date.and_then(time).unwrap_or_default();
        let mut metadata = match listed(name, &deleted.item) {
            Some(metadata) => metadata,
            None => View::new(name, vec![deleted.item], at).metadata(),
        };
        metadata.deleted = Some(Deletion {
            at,
            recoverable_until: deleted.scheduled_purge_date.and_then(time).unwrap_or(at),
        });
        Ok(metadata)
    }

    /// Deletes, and waits until that is done.
    async fn begin_deletion(&self, name: &SecretName) -> Result<Deleted> {
        let id = self.id(name)?;
        match self.api.delete(&id).await {
            // A second deletion, or one whose answer was lost.
            Ok(()) | Err(Fault::NotFound | Fault::Other(Error::OutcomeUnknown { .. })) => {}
            Err(fault) if fault.is_passing() => {}
            Err(fault) => return Err(fault.about(name, None)),
        }
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            match self.api.deleted(&id).await {
                Ok(deleted) => return Ok(deleted),
                Err(Fault::NotFound) => sleep(PAUSE).await,
                Err(fault) => return Err(fault.about(name, None)),
            }
        }
        Err(not_over("deletion", name))
    }

    /// Takes a deletion back, and waits until the secret is there again.
    pub(super) async fn restore(&self, name: &SecretName) -> Result<SecretMetadata> {
        let id = self.id(name)?;
        if let Found::Live(view) = self.find(name).await? {
            return Ok(view.metadata());
        }
        if let Ok(deleted) = self.api.deleted(&id).await {
            expect_name(name, Record::name(&deleted.item).as_ref())?;
        }
        let start = Instant::now();
        loop {
            match self.api.recover(&id).await {
                Ok(()) => break,
                // The deletion itself may not be over yet.
                Err(fault) if fault.is_passing() && start.elapsed() < LIMIT => sleep(PAUSE).await,
                Err(fault) => return Err(fault.about(name, None)),
            }
        }
        while start.elapsed() < LIMIT {
            if let Found::Live(view) = self.find(name).await? {
                return Ok(view.metadata());
            }
            sleep(PAUSE).await;
        }
        Err(not_over("recovery", name))
    }

    /// Removes a secret, and waits until its name is free.
    pub(super) async fn purge(&self, name: &SecretName) -> Result<()> {
        let id = self.id(name)?;
        match self.find(name).await? {
            Found::Live(view) => {
                let items = view.versions.iter().map(|it| &it.item);
                let is_final = items.clone().any(Item::is_gone_once_deleted);
                refuse_protected(items)?;
                if is_final {
                    return self
                        .api
                        .delete(&id)
                        .await
                        .map_err(|fault| fault.about(name, None));
                }
                self.begin_deletion(name).await?;
            }
            Found::Nothing => match self.api.deleted(&id).await {
                Ok(deleted) => {
                    expect_name(name, Record::name(&deleted.item).as_ref())?;
                    refuse_protected([&deleted.item].into_iter())?;
                }
                Err(fault) => return Err(fault.about(name, None)),
            },
        }
        let start = Instant::now();
        loop {
            match self.api.purge(&id).await {
                Ok(()) | Err(Fault::NotFound) => break,
                Err(fault) if fault.is_passing() && start.elapsed() < LIMIT => sleep(PAUSE).await,
                Err(fault) => return Err(fault.about(name, None)),
            }
        }
        while start.elapsed() < LIMIT {
            match self.api.deleted(&id).await {
                Ok(_) => sleep(PAUSE).await,
                Err(Fault::NotFound) => return Ok(()),
                Err(fault) => return Err(fault.about(name, None)),
            }
        }
        Err(not_over("removal", name))
    }
}

/// Refuses to remove what the vault protects, before it is deleted.
fn refuse_protected<'a>(mut items: impl Iterator<Item = &'a Item>) -> Result<()> {
    if items.any(Item::is_protected) {
        return Err(Error::Unsupported {
            system: SYSTEM,
            what: "remove a secret of a vault with purge protection before its time is over",
            instead: "delete it so that it can be restored: recovery_window_in_days of coffer_secret, or `coffer delete`",
        });
    }
    Ok(())
}

fn not_over(what: &str, name: &SecretName) -> Error {
    Error::OutcomeUnknown {
        system: SYSTEM,
        said: format!(
            "the {what} of \"{name}\" is not over after {} s",
            LIMIT.as_secs()
        ),
    }
}
