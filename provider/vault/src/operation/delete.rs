//! Deleting secrets, restoring them, and removing them for good.

use jiff::Timestamp;
use rusqlite::params;

use super::secret_row::SecretRow;
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::metadata::{Deletion, SecretMetadata};
use crate::name::SecretName;
use crate::policy::Capability;
use crate::store::Stored;
use crate::work::Work;

impl Work<'_> {
    /// Deletes a secret so that it can be restored until a time.
    pub(crate) fn delete(
        &mut self,
        event: &mut AuditEvent,
        name: &SecretName,
        recoverable_until: Timestamp,
    ) -> Result<SecretMetadata> {
        event.touch(name.as_str(), None);
        self.keys.allow(Capability::Delete, name.as_str())?;
        if recoverable_until <= self.now {
            return Err(Error::Invalid {
                what: "the end of the recovery window",
                problem: "lies in the past; to remove the secret for good, purge it".into(),
            });
        }
        let mut row = self.find_live(name)?;
        row.head.deleted = Some(Deletion {
            at: self.now,
            recoverable_until,
        });
        self.save_head(&mut row)?;
        row.metadata(self)
    }

    /// Takes a deletion back. A secret that is not deleted stays as it is.
    pub(crate) fn restore(
        &mut self,
        event: &mut AuditEvent,
        name: &SecretName,
    ) -> Result<SecretMetadata> {
        event.touch(name.as_str(), None);
        self.keys.allow(Capability::Delete, name.as_str())?;
        let mut row = self.find(name)?.ok_or_else(|| self.not_found(name))?;
        if row.head.deleted.take().is_some() {
            self.save_head(&mut row)?;
        }
        row.metadata(self)
    }

    /// Removes a secret with all its versions.
    pub(crate) fn purge(&mut self, event: &mut AuditEvent, name: &SecretName) -> Result<()> {
        event.touch(name.as_str(), None);
        self.keys.allow(Capability::Destroy, name.as_str())?;
        let row = self.find(name)?.ok_or_else(|| self.not_found(name))?;
        self.remove(&row)
    }

    /// Removes a deleted secret whose recovery window is over, so that its name is free again.
    pub(crate) fn remove_expired(&mut self, name: &SecretName) -> Result<()> {
        match self.find_any(name)? {
            Some(row) => self.remove(&row),
            None => Ok(()),
        }
    }

    fn remove(&mut self, row: &SecretRow) -> Result<()> {
        for version in self.all_versions(row)? {
            self.toggle(&version.digest_row());
        }
        self.toggle(&row.digest_row());
        for statement in [
            "DELETE FROM version WHERE secret = ?1",
            "DELETE FROM folder WHERE secret = ?1",
            "DELETE FROM secret WHERE id = ?1",
        ] {
            self.db
                .prepare_cached(statement)
                .and_then(|mut delete| delete.execute(params![row.id]))
                .stored(self.path)?;
        }
        self.shredded = true;
        Ok(())
    }
}
