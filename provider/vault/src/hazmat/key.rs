//! Symmetric keys.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::random::{RandomError, random};

/// A 256-bit key. It lives on the heap so that moving it leaves no copy behind, and is wiped on drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Key(Box<[u8; 32]>);

impl Key {
    /// A fresh random key.
    pub(crate) fn random() -> Result<Self, RandomError> {
        Ok(Self(Box::new(random()?)))
    }

    /// A key of known bytes; none where there are not 32.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut key = Self(Box::new([0; 32]));
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
        let mut key = Self(Box::new([0; 32]));
        // 32 bytes are within HKDF's limit of 255 * 32, so expansion cannot fail.
        let _ = Hkdf::<Sha256>::new(Some(salt), material).expand(label, key.0.as_mut_slice());
        key
    }

    /// A key for one purpose, from this one.
    pub(crate) fn subkey(&self, label: &str) -> Self {
        Self::derive(self.0.as_slice(), &[], label.as_bytes())
    }
}
