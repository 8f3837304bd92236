//! Cryptography. The only room of the vault that touches a cipher, a MAC, a KDF or the random generator.
//!
//! What leaves this room cannot be misused by its arguments: nothing takes a nonce, a salt or an IV. Every
//! sealing derives a key of its own from 256 fresh random bits, so that no key ever encrypts twice and the
//! limits of AES-GCM on messages per key do not apply (`docs/design/vault-format.md`).

mod aes_gcm;
mod envelope;
mod key;
mod mac;
mod passphrase;
mod place;
mod random;
mod sealed_box;
mod signature;
mod stream;
#[cfg(test)]
#[allow(clippy::string_slice)]
mod vectors;

pub(crate) use envelope::{OpenError, SealError, open, seal, sealed_term};
pub(crate) use key::Key;
pub(crate) use mac::{MAC_LENGTH, Mac, mac, mac_matches, sha256};
pub(crate) use passphrase::{PassphraseCost, stretch};
pub(crate) use place::{Kind, Place, VaultId};
pub(crate) use random::{RandomError, random, random_bytes};
pub(crate) use sealed_box::{BoxPublic, BoxSecret};
pub(crate) use signature::{SignKey, VerifyKey};
pub(crate) use stream::{
    StreamError, decrypt as stream_decrypt, encrypt as stream_encrypt, stream_key,
};
