//! A new root key, after the old one may have become known.

use super::slots::{SlotInfo, info};
use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::hazmat::Key;
use crate::keys::Opener;
use crate::slot::{self, StoredSlot};
use crate::work::Work;

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
        for token in self.token_rows()? {
            self.delete_token(&token)?;
        }
        for name in self.document_names()? {
            if let Some(text) = self.document(&name)? {
                self.store_document(&renewed.policies, &name, text.danger_expose())?;
            }
        }
        let mut scopes = self.keys.scopes.clone();
        for scope in &mut scopes {
            self.renew_scope(scope)?;
            self.save_scope(&renewed.scopes, scope)?;
        }
        if let Some(segment) = renewed.audit.last() {
            self.state.ratchet = segment.seed.clone();
        }
        self.save_root(root, &renewed)?;
        self.opener = Opener::Root(root.clone());
        self.keys_changed()?;
        self.shredded = true;
        Ok(Some(slots.iter().map(info).collect()))
    }
}
