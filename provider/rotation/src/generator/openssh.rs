//! OpenSSH's formats: public lines (RFC 4253, 6.6; RFC 5656; RFC 8709) and the private format `openssh-key-v1`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coffer_vault::Secret;
use zeroize::Zeroizing;

use super::GenerateError;
use super::draw::fill;

/// A public key as a line.
pub(super) fn line(kind: &str, parts: &[&[u8]]) -> String {
    format!("{kind} {}", STANDARD.encode(blob(kind, parts)))
}

/// The public key as a line, from a private key in OpenSSH's own format, in which it stands unencrypted (PROTOCOL.key).
pub(super) fn public_of(private: &Secret) -> Option<String> {
    let text = private.danger_expose_str().ok()?;
    let (_, inside) = text.split_once("-----BEGIN OPENSSH PRIVATE KEY-----")?;
    let (inside, _) = inside.split_once("-----END OPENSSH PRIVATE KEY-----")?;
    let inside: Zeroizing<String> = Zeroizing::new(inside.split_whitespace().collect());
    let bytes = Zeroizing::new(STANDARD.decode(inside.as_bytes()).ok()?);
    let rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let (_cipher, rest) = field(rest)?;
    let (_derivation, rest) = field(rest)?;
    let (_options, rest) = field(rest)?;
    let (count, rest) = rest.split_first_chunk::<4>()?;
    if u32::from_be_bytes(*count) != 1 {
        return None;
    }
    let (public, _) = field(rest)?;
    let (kind, _) = field(public)?;
    let kind = std::str::from_utf8(kind).ok()?;
    Some(format!("{kind} {}", STANDARD.encode(public)))
}

/// A field with its length before it, and what follows it.
fn field(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// The modulus and the exponent of an RSAPublicKey (RFC 8017, A.1.1). DER's integers are what SSH calls mpint (RFC 4251, 5).
pub(super) fn rsa_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (sequence, _) = der_value(0x30, der)?;
    let (modulus, rest) = der_value(0x02, sequence)?;
    let (exponent, _) = der_value(0x02, rest)?;
    Some((modulus, exponent))
}

/// The value of a DER element with this tag, and what follows it.
fn der_value(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *found != tag {
        return None;
    }
    let (length, rest) = match first.checked_sub(0x80) {
        None => (usize::from(*first), rest),
        Some(bytes) => {
            let (length, rest) = rest.split_at_checked(usize::from(bytes))?;
            let length = length.iter().try_fold(0_usize, |sum, byte| {
                sum.checked_mul(256)?.checked_add(usize::from(*byte))
            })?;
            (length, rest)
        }
    };
    rest.split_at_checked(length)
}

/// An Ed25519 key in OpenSSH's own format, not encrypted (PROTOCOL.key of OpenSSH).
pub(super) fn ed25519_private(
    seed: &[u8; 32],
    public: &[u8; 32],
) -> Result<Zeroizing<Vec<u8>>, GenerateError> {
    let kind: &[u8] = b"ssh-ed25519";
    let mut check = [0_u8; 4];
    fill(&mut check)?;
    let mut both = Zeroizing::new(Vec::with_capacity(64));
    both.extend_from_slice(seed);
    both.extend_from_slice(public);
    let mut private = Zeroizing::new(Vec::with_capacity(256));
    private.extend_from_slice(&check);
    private.extend_from_slice(&check);
    for field in [kind, public, both.as_slice(), b""] {
        push(&mut private, field);
    }
    let mut padding = 1_u8;
    while !private.len().is_multiple_of(8) {
        private.push(padding);
        padding = padding.saturating_add(1);
    }
    let mut key = Zeroizing::new(Vec::with_capacity(512));
    key.extend_from_slice(b"openssh-key-v1\0");
    for field in [b"none".as_slice(), b"none", b""] {
        push(&mut key, field);
    }
    key.extend_from_slice(&1_u32.to_be_bytes());
    push(&mut key, &blob("ssh-ed25519", &[public]));
    push(&mut key, &private);
    Ok(key)
}

fn blob(kind: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    push(&mut bytes, kind.as_bytes());
    for part in parts {
        push(&mut bytes, part);
    }
    bytes
}

/// A field after its length in four big-endian bytes.
fn push(bytes: &mut Vec<u8>, field: &[u8]) {
    let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(field);
}
