//! Sealed records: AES-256-GCM with a key of its own for each record, a key commitment and padding.
//!
//! ```text
//! magic "CFR1" | kind u8 | algorithm u8 | term u32 | salt 32 | commitment 32 | ciphertext | tag 16
//! ```
//! From the key, the salt and the record's place, HKDF-SHA-256 gives the record's AES key, its nonce and the
//! commitment. The commitment is compared first, in constant time: a ciphertext that decrypts under two keys, which
//! GCM alone allows, is refused. The place is bound twice, as HKDF info and as associated data, so that even a
//! repeated salt (a copied virtual machine) does not repeat a key between two places.
//! The plaintext is its length in four bytes, itself, and zeros up to a multiple of 64.

use hkdf::Hkdf;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

use super::aes_gcm::{self, KEY_LENGTH, NONCE_LENGTH, TAG_LENGTH};
use super::key::Key;
use super::place::Place;
use super::random::{RandomError, random};
use crate::secret::Secret;

const MAGIC: &[u8; 4] = b"CFR1";
/// AES-256-GCM under a key from HKDF-SHA-256.
const ALGORITHM: u8 = 1;
const HEADER: usize = 10;
const SALT: usize = 32;
const COMMITMENT: usize = 32;
const BLOCK: usize = 64;

/// Why a record does not open.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum OpenError {
    /// It is too short, or its header is not that of its kind.
    #[error("it is not a record of its kind")]
    Malformed,
    /// The key is not the one that sealed it, or the record stands in another place than it was sealed for.
    #[error("it was sealed with another key or for another place")]
    Uncommitted,
    /// The ciphertext or tag was changed.
    #[error("its contents were changed")]
    Unauthentic,
}

/// Why nothing was sealed.
#[derive(Debug, Error)]
pub(crate) enum SealError {
    /// The system has no random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The plaintext is 4 GiB or longer.
    #[error("it is too long to be sealed")]
    TooLong,
}

/// Seals `plaintext` for `place` under `key`.
pub(crate) fn seal(key: &Key, place: &Place<'_>, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
    let salt = random()?;
    seal_with_salt(key, place, plaintext, &salt).ok_or(SealError::TooLong)
}

fn seal_with_salt(
    key: &Key,
    place: &Place<'_>,
    plaintext: &[u8],
    salt: &[u8; SALT],
) -> Option<Vec<u8>> {
    let length = u32::try_from(plaintext.len()).ok()?;
    let header = header(place);
    let aad = place.canonical(&header);
    let once = OneTime::derive(key, salt, &aad);
    let mut body = Zeroizing::new(Vec::with_capacity(padded(plaintext.len())));
    body.extend_from_slice(&length.to_be_bytes());
    body.extend_from_slice(plaintext);
    body.resize(padded(plaintext.len()), 0);
    let tag = aes_gcm::encrypt(&once.key, &once.nonce, &aad, &mut body).ok()?;
    Some([&header, salt.as_slice(), &once.commitment, &body, &tag].concat())
}

/// Opens a record that was sealed for `place` under `key`.
pub(crate) fn open(key: &Key, place: &Place<'_>, record: &[u8]) -> Result<Secret, OpenError> {
    let header = header(place);
    let (found, rest) = record
        .split_at_checked(HEADER)
        .ok_or(OpenError::Malformed)?;
    let (salt, rest) = rest
        .split_first_chunk::<SALT>()
        .ok_or(OpenError::Malformed)?;
    let (commitment, rest) = rest
        .split_first_chunk::<COMMITMENT>()
        .ok_or(OpenError::Malformed)?;
    let (ciphertext, tag) = rest
        .split_last_chunk::<TAG_LENGTH>()
        .ok_or(OpenError::Malformed)?;
    if found != header || ciphertext.is_empty() || !ciphertext.len().is_multiple_of(BLOCK) {
        return Err(OpenError::Malformed);
    }
    let aad = place.canonical(&header);
    let once = OneTime::derive(key, salt, &aad);
    if !bool::from(once.commitment.as_slice().ct_eq(commitment.as_slice())) {
        return Err(OpenError::Uncommitted);
    }
    let mut plaintext = Zeroizing::new(ciphertext.to_vec());
    aes_gcm::decrypt(&once.key, &once.nonce, &aad, &mut plaintext, tag)
        .map_err(|_| OpenError::Unauthentic)?;
    unpad(plaintext).ok_or(OpenError::Malformed)
}

/// The term in a record's header: it says which key to try, and is bound by the record's place.
pub(crate) fn sealed_term(record: &[u8]) -> Option<u32> {
    record
        .get(6..)
        .and_then(|rest| rest.first_chunk::<4>())
        .map(|term| u32::from_be_bytes(*term))
}

fn header(place: &Place<'_>) -> [u8; HEADER] {
    let [m0, m1, m2, m3] = *MAGIC;
    let [t0, t1, t2, t3] = place.term.to_be_bytes();
    [m0, m1, m2, m3, place.kind as u8, ALGORITHM, t0, t1, t2, t3]
}

/// The length of the padded plaintext: four bytes of length, the plaintext, zeros up to a whole block.
fn padded(length: usize) -> usize {
    length.saturating_add(4).next_multiple_of(BLOCK)
}

fn unpad(mut padded: Zeroizing<Vec<u8>>) -> Option<Secret> {
    let (length, rest) = padded.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    if rest.get(length..)?.iter().any(|byte| *byte != 0) {
        return None;
    }
    let end = length.checked_add(4)?;
    padded.copy_within(4..end, 0);
    let mut secret = Secret::from(padded);
    secret.truncate(length);
    Some(secret)
}

/// What one record is encrypted with.
struct OneTime {
    key: Zeroizing<[u8; KEY_LENGTH]>,
    nonce: [u8; NONCE_LENGTH],
    commitment: [u8; COMMITMENT],
}

impl OneTime {
    fn derive(key: &Key, salt: &[u8; SALT], info: &[u8]) -> Self {
        let mut output = Zeroizing::new([0_u8; KEY_LENGTH + NONCE_LENGTH + COMMITMENT]);
        // 76 bytes are within HKDF's limit of 255 * 32, so expansion cannot fail.
        let _ =
            Hkdf::<Sha256>::new(Some(salt), key.danger_bytes()).expand(info, output.as_mut_slice());
        let mut once = Self {
            key: Zeroizing::new([0; KEY_LENGTH]),
            nonce: [0; NONCE_LENGTH],
            commitment: [0; COMMITMENT],
        };
        let mut rest = output.as_slice();
        for part in [
            once.key.as_mut_slice(),
            &mut once.nonce,
            &mut once.commitment,
        ] {
            if let Some((head, tail)) = rest.split_at_checked(part.len()) {
                part.copy_from_slice(head);
                rest = tail;
            }
        }
        once
    }
}
