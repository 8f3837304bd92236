//! Ed25519 (RFC 8032) for checkpoints of the audit trail.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::random::{RandomError, random};

/// The key that signs.
#[derive(Clone)]
pub(crate) struct SignKey(SigningKey);

/// The key that verifies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct VerifyKey(VerifyingKey);

impl SignKey {
    pub(crate) fn random() -> Result<Self, RandomError> {
        let seed = Zeroizing::new(random::<32>()?);
        Ok(Self(SigningKey::from_bytes(&seed)))
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let seed = Zeroizing::new(<[u8; 32]>::try_from(bytes).ok()?);
        Some(Self(SigningKey::from_bytes(&seed)))
    }

    pub(crate) fn danger_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    pub(crate) fn verify_key(&self) -> VerifyKey {
        VerifyKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl VerifyKey {
    /// A key of known bytes, for published vectors.
    #[cfg(test)]
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        VerifyingKey::from_bytes(&<[u8; 32]>::try_from(bytes).ok()?)
            .ok()
            .map(Self)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Whether `signature` is this key's over `message` (strict: no small-order keys, no malleability).
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}
