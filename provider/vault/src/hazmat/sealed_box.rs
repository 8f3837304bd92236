//! Sealing to a public key: whoever holds a limited token can write what only the root key reads.
//!
//! X25519 with a fresh key for each box; HKDF-SHA-256 over the shared secret, bound to both public keys, gives the
//! key of an ordinary record. This is the construction of a KEM as HPKE (RFC 9180, 4.1) uses it.

use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};
use zeroize::Zeroizing;

use super::envelope::{self, OpenError, SealError};
use super::key::Key;
use super::place::Place;
use super::random::{RandomError, random};
use crate::secret::Secret;

const LABEL: &[u8] = b"coffer/box/1";
const PUBLIC: usize = 32;

/// The key that opens boxes.
#[derive(Clone)]
pub(crate) struct BoxSecret(StaticSecret);

/// The key that seals boxes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoxPublic(PublicKey);

impl BoxSecret {
    pub(crate) fn random() -> Result<Self, RandomError> {
        let bytes = Zeroizing::new(random::<32>()?);
        Ok(Self(StaticSecret::from(*bytes)))
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes = Zeroizing::new(<[u8; 32]>::try_from(bytes).ok()?);
        Some(Self(StaticSecret::from(*bytes)))
    }

    pub(crate) fn danger_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    pub(crate) fn public(&self) -> BoxPublic {
        BoxPublic(PublicKey::from(&self.0))
    }

    /// Opens a box.
    pub(crate) fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Secret, OpenError> {
        let (theirs, record) = sealed
            .split_first_chunk::<PUBLIC>()
            .ok_or(OpenError::Malformed)?;
        let theirs = PublicKey::from(*theirs);
        let shared = self.agree(&theirs).ok_or(OpenError::Malformed)?;
        let key = box_key(shared.as_bytes(), &theirs, &self.public());
        envelope::open(&key, place, record)
    }

    /// The shared secret; none where the other key forces it to zero (RFC 7748, 6.1).
    pub(super) fn agree(&self, theirs: &PublicKey) -> Option<SharedSecret> {
        Some(self.0.diffie_hellman(theirs)).filter(SharedSecret::was_contributory)
    }
}

impl BoxPublic {
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(PublicKey::from(<[u8; 32]>::try_from(bytes).ok()?)))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Seals `plaintext` so that only the holder of the secret key opens it.
    pub(crate) fn seal(&self, place: &Place<'_>, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
        let once = BoxSecret::random()?;
        let ours = once.public();
        let key = box_key(once.0.diffie_hellman(&self.0).as_bytes(), &ours.0, self);
        let mut sealed = ours.as_bytes().to_vec();
        sealed.extend_from_slice(&envelope::seal(&key, place, plaintext)?);
        Ok(sealed)
    }
}

fn box_key(shared: &[u8; 32], sender: &PublicKey, receiver: &BoxPublic) -> Key {
    let mut salt = sender.as_bytes().to_vec();
    salt.extend_from_slice(receiver.as_bytes());
    Key::derive(shared, &salt, LABEL)
}
