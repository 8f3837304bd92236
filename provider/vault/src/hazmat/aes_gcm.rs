//! AES-256-GCM with an explicit nonce. Only [`super::envelope`] may call it.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};

pub(super) const KEY_LENGTH: usize = 32;
pub(super) const NONCE_LENGTH: usize = 12;
pub(super) const TAG_LENGTH: usize = 16;

/// The tag does not fit key, nonce, associated data and ciphertext.
#[derive(Debug)]
pub(super) struct Unauthentic;

/// Encrypts `buffer` in place and returns the tag; fails where the data are longer than GCM takes (64 GiB).
pub(super) fn encrypt(
    key: &[u8; KEY_LENGTH],
    nonce: &[u8; NONCE_LENGTH],
    aad: &[u8],
    buffer: &mut [u8],
) -> Result<[u8; TAG_LENGTH], Unauthentic> {
    Aes256Gcm::new(key.into())
        .encrypt_inout_detached(&Nonce::from(*nonce), aad, buffer.into())
        .map(Into::into)
        .map_err(|_| Unauthentic)
}

/// Checks the tag, then decrypts `buffer` in place. On failure the buffer still holds the ciphertext.
pub(super) fn decrypt(
    key: &[u8; KEY_LENGTH],
    nonce: &[u8; NONCE_LENGTH],
    aad: &[u8],
    buffer: &mut [u8],
    tag: &[u8; TAG_LENGTH],
) -> Result<(), Unauthentic> {
    Aes256Gcm::new(key.into())
        .decrypt_inout_detached(&Nonce::from(*nonce), aad, buffer.into(), &(*tag).into())
        .map_err(|_| Unauthentic)
}
