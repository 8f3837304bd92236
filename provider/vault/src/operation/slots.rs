//! Adding, removing and listing slots.

use rusqlite::{OptionalExtension, params};

use crate::audit::AuditEvent;
use crate::error::{Error, Result};
use crate::hazmat::Key;
use crate::keys::Opener;
use crate::slot::{self, StoredSlot};
use crate::store::Stored;
use crate::work::Work;

/// A slot without its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotInfo {
    /// The slot's number.
    pub id: u64,
    /// Its kind: `passphrase`, `key-file`, `environment`, `command`, `key`, or what a [`crate::KeyWrap`] calls itself, such
    /// as `transit`.
    pub kind: String,
    /// What its maker called it; may be empty.
    pub label: String,
}

impl Work<'_> {
    /// The root key.
    ///
    /// # Errors
    /// [`Error::Denied`] for whoever holds a token.
    pub(crate) fn root_key(&self, capability: &str) -> Result<&Key> {
        match &self.opener {
            Opener::Root(root) => Ok(root),
            Opener::Token(_) => Err(Error::Denied {
                capability: capability.to_owned(),
                path: "the whole vault".into(),
            }),
        }
    }

    /// Adds a slot that was sealed before; none where its number was taken in the meantime.
    pub(crate) fn add_slot(
        &mut self,
        event: &mut AuditEvent,
        slot: &StoredSlot,
        root: &Key,
    ) -> Result<Option<SlotInfo>> {
        event.touch(slot.describe(), None);
        let current = self.root_key("add a slot to")?;
        if current.danger_bytes() != root.danger_bytes() {
            return Ok(None);
        }
        let taken: Option<u64> = self
            .db
            .prepare_cached("SELECT id FROM slot WHERE id = ?1")
            .and_then(|mut one| one.query_row(params![slot.id], |row| row.get(0)).optional())
            .stored(self.path)?;
        if taken.is_some() {
            return Ok(None);
        }
        slot.insert(self.db, self.path)?;
        self.toggle(&slot.row());
        Ok(Some(info(slot)))
    }

    /// Removes a slot, unless it is the last one.
    pub(crate) fn remove_slot(&mut self, event: &mut AuditEvent, id: u64) -> Result<SlotInfo> {
        self.root_key("remove a slot of")?;
        let slots = slot::all(self.db, self.path)?;
        let Some(slot) = slots.iter().find(|slot| slot.id == id) else {
            event.touch(format!("slot {id}"), None);
            return Err(Error::Invalid {
                what: "the slot",
                problem: format!("{id} does not exist; `coffer slot list` names those that do"),
            });
        };
        event.touch(slot.describe(), None);
        if slots.len() < 2 {
            return Err(Error::LastSlot { id });
        }
        self.delete_slot(slot)?;
        Ok(info(slot))
    }

    /// All slots.
    pub(crate) fn slots(&self) -> Result<Vec<SlotInfo>> {
        self.root_key("list the slots of")?;
        Ok(slot::all(self.db, self.path)?.iter().map(info).collect())
    }

    pub(super) fn delete_slot(&mut self, slot: &StoredSlot) -> Result<()> {
        self.toggle(&slot.row());
        self.db
            .prepare_cached("DELETE FROM slot WHERE id = ?1")
            .and_then(|mut delete| delete.execute(params![slot.id]))
            .stored(self.path)?;
        self.shredded = true;
        Ok(())
    }
}

pub(crate) fn info(slot: &StoredSlot) -> SlotInfo {
    SlotInfo {
        id: slot.id,
        kind: slot.kind.clone(),
        label: slot.label.clone(),
    }
}
