//! The part of [`Vault`] that looks after keys: slots, scopes, terms, the root key.

use std::path::Path;

use crate::audit::Operation;
use crate::error::{Error, Result};
use crate::hazmat::Key;
use crate::operation::{RewrapProgress, ScopeInfo, SlotInfo, slot_info};
use crate::slot::{self, KeySource, StoredSlot, seal_slot};
use crate::store;
use crate::vault::Vault;

/// How often a change is tried again because another process took the slot's number. Stretching a passphrase happens
/// before the transaction, so the number cannot be reserved.
const ATTEMPTS: u32 = 5;

impl Vault {
    /// The slots, any of which opens the vault.
    pub fn slots(&self) -> Result<Vec<SlotInfo>> {
        self.call(Operation::SlotList, |work, _| work.slots())
    }

    /// The slots of the vault at `path`, for whoever has no key and wants to know which one he needs. Kinds and labels
    /// stand in the clear; nothing proves that they are what the owner wrote, and nothing is recorded.
    ///
    /// # Errors
    /// Those of [`Vault::open`] but the ones that are about keys.
    pub fn slots_without_key(path: &Path) -> Result<Vec<SlotInfo>> {
        let db = store::open(path)?;
        Ok(slot::all(&db, path)?.iter().map(slot_info).collect())
    }

    /// Adds a slot, so that `key` opens the vault too.
    ///
    /// # Errors
    /// [`Error::UnusableKey`] and others where the key cannot be used; [`Error::Denied`] for a token.
    pub fn add_slot(&self, key: &KeySource, label: &str) -> Result<SlotInfo> {
        check_label(label)?;
        for _ in 0..ATTEMPTS {
            let root = self.root_key(Operation::SlotAdd, "add a slot to")?;
            let next = self.engine.next_slot()?;
            let slot = seal_slot(self.engine.keys().vault, next, key, label, &root)?;
            let added = self.call(Operation::SlotAdd, move |work, event| {
                work.add_slot(event, &slot, &root)
            })?;
            if let Some(added) = added {
                return Ok(added);
            }
        }
        Err(self.overtaken())
    }

    /// Removes a slot. Whoever had its key and a copy of the file still opens the copy: [`Vault::rekey`] is the answer
    /// to a key that became known.
    ///
    /// # Errors
    /// [`Error::LastSlot`] for the last one.
    pub fn remove_slot(&self, id: u64) -> Result<SlotInfo> {
        let removed = self.call(Operation::SlotRemove, move |work, event| {
            work.remove_slot(event, id)
        })?;
        self.engine.wipe()?;
        Ok(removed)
    }

    /// Replaces the root key and every key under it; afterwards `keys` (with their labels) open the vault and nothing
    /// else does, tokens included. What the old keys opened in older copies of the file they still open there.
    pub fn rekey(&self, keys: &[(KeySource, String)]) -> Result<Vec<SlotInfo>> {
        if keys.is_empty() {
            return Err(Error::Invalid {
                what: "the new keys",
                problem: "are none".into(),
            });
        }
        self.root_key(Operation::Rekey, "rekey")?;
        for _ in 0..ATTEMPTS {
            let mut next = self.engine.next_slot()?;
            let root = Key::random().map_err(|error| Error::Random(error.to_string()))?;
            let mut slots: Vec<StoredSlot> = Vec::new();
            for (key, label) in keys {
                check_label(label)?;
                slots.push(seal_slot(
                    self.engine.keys().vault,
                    next,
                    key,
                    label,
                    &root,
                )?);
                next = next.saturating_add(1);
            }
            let done = self.call(Operation::Rekey, move |work, event| {
                work.rekey(event, &root, &slots)
            })?;
            if let Some(slots) = done {
                self.engine.wipe()?;
                return Ok(slots);
            }
        }
        Err(self.overtaken())
    }

    /// The scopes.
    pub fn scopes(&self) -> Result<Vec<ScopeInfo>> {
        self.call(Operation::List, |work, _| work.scopes())
    }

    /// Makes a scope for the names below `prefix` (a folder with its slash, such as `prod/`), with keys of its own, and
    /// moves the secrets that exist below it into it.
    pub fn add_scope(&self, prefix: &str) -> Result<ScopeInfo> {
        let prefix = prefix.to_owned();
        self.call(Operation::ScopeAdd, move |work, event| {
            work.add_scope(event, &prefix)
        })
    }

    /// Gives the scope of this prefix a new term. What is written from now on is sealed under it; what exists stays
    /// until it is written again or [`Vault::rewrap`] brings it along.
    pub fn rotate_term(&self, prefix: &str) -> Result<ScopeInfo> {
        let prefix = prefix.to_owned();
        self.call(Operation::RotateTerm, move |work, event| {
            work.rotate_term(event, &prefix)
        })
    }

    /// Brings up to `limit` secrets of a scope under its newest term; call it until nothing is left. Then the older
    /// terms are removed.
    pub fn rewrap(&self, prefix: &str, limit: u64) -> Result<RewrapProgress> {
        let prefix = prefix.to_owned();
        self.call(Operation::Rewrap, move |work, event| {
            work.rewrap(event, &prefix, limit)
        })
    }

    /// The root key; for a token, a refusal that is in the audit trail.
    fn root_key(&self, operation: Operation, capability: &'static str) -> Result<Key> {
        match self.engine.root_key() {
            Some(root) => Ok(root),
            None => self.call(operation, move |work, _| work.root_key(capability).cloned()),
        }
    }

    fn overtaken(&self) -> Error {
        Error::Busy {
            path: self.path().to_path_buf(),
            waited: std::time::Duration::ZERO,
        }
    }
}

pub(crate) fn check_label(label: &str) -> Result<()> {
    if label.len() > 200 || label.chars().any(char::is_control) {
        return Err(Error::Invalid {
            what: "the label",
            problem: "has more than 200 bytes or a control character".into(),
        });
    }
    Ok(())
}
