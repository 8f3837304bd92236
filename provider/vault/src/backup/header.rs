//! What stands before the stream: which vault it is, what opens it, and the stream's key under the root key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hazmat::{Key, Kind, Place, SealError, VaultId, open, seal};
use crate::keys::vault_id;
use crate::slot::StoredSlot;

/// What a backup's file starts with.
pub(super) const MAGIC: &[u8; 8] = b"CFRBKP1\n";
/// More than any header has; a hostile file must not ask for all memory.
pub(super) const MAX_LENGTH: u32 = 1024 * 1024;

/// The header, as JSON in the file after its length in four big-endian bytes.
#[derive(Serialize, Deserialize)]
pub(super) struct Header {
    vault: String,
    pub(super) created: Timestamp,
    slots: Vec<Slot>,
    key: String,
}

/// A slot as the vault has it, so that the vault's keys open the backup.
#[derive(Serialize, Deserialize)]
struct Slot {
    id: u64,
    kind: String,
    label: String,
    params: String,
    sealed: String,
}

impl Header {
    /// The header of a stream under `once`.
    pub(super) fn new(
        vault: VaultId,
        created: Timestamp,
        slots: &[StoredSlot],
        root: &Key,
        once: &Key,
    ) -> Result<Self, SealError> {
        let place = Place::new(vault, Kind::Backup);
        Ok(Self {
            vault: BASE64.encode(vault.0),
            created,
            slots: slots
                .iter()
                .map(|slot| Slot {
                    id: slot.id,
                    kind: slot.kind.clone(),
                    label: slot.label.clone(),
                    params: slot.params.clone(),
                    sealed: BASE64.encode(&slot.sealed),
                })
                .collect(),
            key: BASE64.encode(seal(root, &place, once.danger_bytes())?),
        })
    }

    /// The vault.
    pub(super) fn vault(&self) -> Option<VaultId> {
        vault_id(&BASE64.decode(&self.vault).ok()?)
    }

    /// The slots.
    pub(super) fn slots(&self) -> Option<Vec<StoredSlot>> {
        self.slots
            .iter()
            .map(|slot| {
                let sealed = BASE64.decode(&slot.sealed).ok()?;
                let (kind, label) = (slot.kind.clone(), slot.label.clone());
                Some(StoredSlot::of(
                    slot.id,
                    kind,
                    label,
                    slot.params.clone(),
                    sealed,
                ))
            })
            .collect()
    }

    /// The stream's key, or why it does not open.
    pub(super) fn key(&self, vault: VaultId, root: &Key) -> Result<Key, String> {
        let sealed = BASE64
            .decode(&self.key)
            .map_err(|error| error.to_string())?;
        let opened = open(root, &Place::new(vault, Kind::Backup), &sealed)
            .map_err(|error| error.to_string())?;
        Key::from_bytes(opened.danger_expose()).ok_or_else(|| "it is not 32 bytes".to_owned())
    }
}
