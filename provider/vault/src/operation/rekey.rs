//! A new root key, after the old one may have become known.

use rusqlite::params;

use super::slots::{SlotInfo, info};
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::hazmat::{Key, Kind, Place, seal};
use crate::keys::Opener;
use crate::slot::{self, StoredSlot};
use crate::store::Stored;
use crate::work::{Work, not_sealed};

impl Work<'_> {
    /// Replaces the root key, the root keyring, every scope's key and term, and the slots; none where a slot's number
    /// was taken in the meantime. Tokens open nothing afterwards and are removed.
    pub(crate) fn rekey(
        &mut self,
        event: &mut AuditEvent,
        root: &Key,
        slots: &[StoredSlot],
    ) -> Result<Option<Vec<SlotInfo>>> {
        let first_row = self.state.audit_rows.saturating_add(1);
        let renewed = self
            .root_keyring("rekey")?
            .renewed(first_row)
            .map_err(|error| Error::Random(error.to_string()))?;
        let old = slot::all(self.db, self.path)?;
        if slots
            .iter()
            .any(|new| old.iter().any(|old| old.id == new.id))
        {
            return Ok(None);
        }
        for slot in &old {
            self.delete_slot(slot)?;
        }
        for slot in slots {
            event.touch(slot.describe(), None);
            slot.insert(self.db, self.path)?;
            self.toggle(&slot.row());
        }
        let mut scopes = self.keys.scopes.clone();
        for scope in &mut scopes {
            self.renew_scope(scope)?;
            self.save_scope(&renewed.scopes, scope)?;
        }
        if let Some(segment) = renewed.audit.last() {
            self.state.ratchet = segment.seed.clone();
        }
        let sealed = seal(
            root,
            &Place::new(self.keys.vault, Kind::RootKeyring),
            &renewed.encode(),
        )
        .map_err(not_sealed)?;
        self.db
            .prepare_cached("UPDATE vault SET root = ?1")
            .and_then(|mut update| update.execute(params![sealed]))
            .stored(self.path)?;
        self.opener = Opener::Root(root.clone());
        self.keys_changed()?;
        self.shredded = true;
        Ok(Some(slots.iter().map(info).collect()))
    }
}
