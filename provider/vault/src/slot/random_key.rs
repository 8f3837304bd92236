//! Slots of random keys: key files, environment variables, commands. HKDF is enough, because there is nothing to guess.

use super::MIN_KEY_LENGTH;
use crate::error::Error;
use crate::hazmat::Key;

const LABEL: &[u8] = b"coffer/slot/key/1";

/// The slot's key.
pub(super) fn slot_key(material: &[u8], salt: &[u8; 32]) -> Key {
    Key::derive(material, salt, LABEL)
}

/// The error of a key with too few bytes.
pub(super) fn too_short(given: String, length: usize) -> Error {
    Error::UnusableKey {
        given,
        why: format!("it has {length} bytes; a key has at least {MIN_KEY_LENGTH} random bytes"),
    }
}
