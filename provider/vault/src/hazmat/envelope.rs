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

#[cfg(test)]
mod tests {
    use super::super::place::{Kind, VaultId};
    use super::*;

    const VAULT: VaultId = VaultId([7; 16]);

    fn key(byte: u8) -> Key {
        Key::from_bytes(&[byte; 32]).unwrap()
    }

    fn place() -> Place<'static> {
        Place::new(VAULT, Kind::Value)
            .scope(1)
            .path(b"prod/db")
            .number(3)
            .term(2)
    }

    #[test]
    fn what_was_sealed_opens_and_its_length_is_hidden() {
        for length in [0, 1, 59, 60, 61, 64, 1000] {
            let plaintext = vec![9; length];
            let record = seal(&key(1), &place(), &plaintext).unwrap();
            assert_eq!(
                open(&key(1), &place(), &record).unwrap().danger_expose(),
                plaintext
            );
        }
        let short = seal(&key(1), &place(), b"a").unwrap();
        let longer = seal(&key(1), &place(), &[b'a'; 60]).unwrap();
        assert_eq!(short.len(), longer.len());
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let record = seal(&key(1), &place(), b"a value").unwrap();
        for at in 0..record.len() {
            for bit in 0..8 {
                let mut changed = record.clone();
                changed[at] ^= 1 << bit;
                assert!(
                    open(&key(1), &place(), &changed).is_err(),
                    "byte {at}, bit {bit}"
                );
            }
        }
    }

    #[test]
    fn every_cut_and_every_addition_is_noticed() {
        let record = seal(&key(1), &place(), b"a value").unwrap();
        for length in 0..record.len() {
            assert!(
                open(&key(1), &place(), &record[..length]).is_err(),
                "{length} bytes"
            );
        }
        let longer = [record.as_slice(), &[0; 64]].concat();
        assert!(open(&key(1), &place(), &longer).is_err());
    }

    #[test]
    fn a_record_opens_in_its_own_place_only() {
        let record = seal(&key(1), &place(), b"a value").unwrap();
        let elsewhere = [
            (
                "vault",
                Place {
                    vault: VaultId([8; 16]),
                    ..place()
                },
            ),
            (
                "kind",
                Place {
                    kind: Kind::DataKey,
                    ..place()
                },
            ),
            ("scope", place().scope(2)),
            ("path", place().path(b"prod/dc")),
            ("longer path", place().path(b"prod/db/")),
            ("version", place().number(4)),
            ("term", place().term(3)),
        ];
        for (what, other) in elsewhere {
            assert!(
                open(&key(1), &other, &record).is_err(),
                "moved to another {what}"
            );
        }
        assert_eq!(
            open(&key(2), &place(), &record).err(),
            Some(OpenError::Uncommitted)
        );
    }

    #[test]
    fn places_that_differ_only_in_where_a_field_ends_are_told_apart() {
        let path = [b"a".as_slice(), &1_u64.to_be_bytes()].concat();
        let one = Place::new(VAULT, Kind::Head).path(&path).number(2);
        let other = Place::new(VAULT, Kind::Head).path(b"a").number(1);
        assert_ne!(one.canonical(b""), other.canonical(b""));
    }

    #[test]
    fn two_sealings_share_nothing() {
        let one = seal(&key(1), &place(), b"a value").unwrap();
        let two = seal(&key(1), &place(), b"a value").unwrap();
        let equal = one[HEADER..]
            .iter()
            .zip(&two[HEADER..])
            .filter(|(a, b)| a == b)
            .count();
        assert!(equal < 20, "{equal} equal bytes");
    }

    #[test]
    fn even_a_repeated_salt_gives_another_key_in_another_place() {
        let salt = [5; SALT];
        let one = seal_with_salt(&key(1), &place(), b"a value", &salt).unwrap();
        let two = seal_with_salt(&key(1), &place().number(4), b"a value", &salt).unwrap();
        assert_ne!(one[HEADER + SALT..], two[HEADER + SALT..]);
    }

    /// Frozen: the format of records. If this fails, the format has changed, and every vault there is cannot be read.
    #[test]
    fn the_format_is_what_it_was() {
        let record = seal_with_salt(&key(1), &place(), b"a value", &[5; SALT]).unwrap();
        let text: String = record.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(text, include_str!("../../tests/golden/record-1.hex").trim());
    }
}
