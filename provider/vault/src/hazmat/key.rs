//! Symmetric keys.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::random::{RandomError, random};
use crate::process::keep_out_of_swap;

/// A 256-bit key. It lives on the heap so that moving it leaves no copy behind, and is wiped on drop.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Key(Box<[u8; 32]>);

impl Key {
    /// A fresh random key.
    pub(crate) fn random() -> Result<Self, RandomError> {
        let mut key = Self::zeros();
        key.0
            .copy_from_slice(Zeroizing::new(random::<32>()?).as_slice());
        Ok(key)
    }

    /// Room for a key that stays out of the swap.
    fn zeros() -> Self {
        let room = Box::new([0; 32]);
        keep_out_of_swap(room.as_slice());
        Self(room)
    }

    /// A key of known bytes; none where there are not 32.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Self::zeros();
        if bytes.len() != key.0.len() {
            return None;
        }
        key.0.copy_from_slice(bytes);
        Some(key)
    }

    /// The bytes.
    pub(crate) fn danger_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for one purpose (HKDF-SHA-256, RFC 5869; `label` is the info, `salt` may be empty).
    pub(crate) fn derive(material: &[u8], salt: &[u8], label: &[u8]) -> Self {
        let mut key = Self::zeros();
        // 32 bytes are within HKDF's limit of 255 * 32, so expansion cannot fail.
        let _ = Hkdf::<Sha256>::new(Some(salt), material).expand(label, key.0.as_mut_slice());
        key
    }

    /// A key for one purpose, from this one.
    pub(crate) fn subkey(&self, label: &str) -> Self {
        Self::derive(self.0.as_slice(), &[], label.as_bytes())
    }
}

impl Clone for Key {
    fn clone(&self) -> Self {
        let mut key = Self::zeros();
        key.0.copy_from_slice(self.0.as_slice());
        key
    }
}
