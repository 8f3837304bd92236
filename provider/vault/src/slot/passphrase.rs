//! Slots of passphrases.

use crate::hazmat::{Key, PassphraseCost, stretch};

/// The slot's key, or none where the cost stored in the file is out of bounds.
pub(super) fn slot_key(passphrase: &[u8], salt: &[u8; 32], cost: PassphraseCost) -> Option<Key> {
    stretch(passphrase, salt, cost).map(|key| key.subkey("coffer/slot/passphrase/1"))
}
