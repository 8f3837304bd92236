//! HMAC-SHA-256 and SHA-256.

use hmac::{Hmac, KeyInit, Mac as _};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::key::Key;

/// The length of a MAC in bytes.
pub(crate) const MAC_LENGTH: usize = 32;
/// A MAC.
pub(crate) type Mac = [u8; MAC_LENGTH];

/// HMAC-SHA-256 over `parts`, each after its length in eight big-endian bytes.
pub(crate) fn mac(key: &Key, parts: &[&[u8]]) -> Mac {
    let mut hmac = hmac(key);
    for part in parts {
        hmac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hmac.update(part);
    }
    hmac.finalize().into_bytes().into()
}

pub(super) fn hmac(key: &Key) -> Hmac<Sha256> {
    // A key shorter than the hash's block is padded with zeros (RFC 2104), so this is HMAC under `key` itself.
    let mut block = Zeroizing::new([0_u8; 64]);
    for (to, from) in block.iter_mut().zip(key.danger_bytes()) {
        *to = *from;
    }
    Hmac::<Sha256>::new((&*block).into())
}

/// Compares two MACs in constant time.
pub(crate) fn mac_matches(a: &[u8], b: &[u8]) -> bool {
    bool::from(a.ct_eq(b))
}

/// SHA-256.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
