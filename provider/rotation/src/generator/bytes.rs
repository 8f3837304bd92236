//! Random bytes as text, and UUIDs.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use coffer_vault::Secret;
use zeroize::Zeroizing;

use super::draw::fill;
use super::{DEFAULT_MIN_ENTROPY_BITS, GenerateError, Generated, check_entropy};

/// The fewest and the most random bytes.
const LENGTHS: (usize, usize) = (1, 4096);
const HEX: &[u8; 16] = b"0123456789abcdef";

/// How bytes become text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Lower-case hexadecimal.
    #[default]
    Hex,
    /// Base64 with padding (RFC 4648, 4).
    Base64,
    /// Base64 for URLs and file names, without padding (RFC 4648, 5).
    Base64Url,
    /// The bytes themselves.
    Raw,
}

/// Random bytes: an AES-256 key is 32 of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BytesPolicy {
    /// How many bytes; 1 to 4096.
    pub length: usize,
    /// How they are written.
    pub encoding: Encoding,
    /// The least entropy in bits; a policy below it generates nothing.
    pub min_entropy_bits: f64,
}

impl Default for BytesPolicy {
    fn default() -> Self {
        Self {
            length: 32,
            encoding: Encoding::Hex,
            min_entropy_bits: DEFAULT_MIN_ENTROPY_BITS,
        }
    }
}

impl BytesPolicy {
    /// Generates random bytes.
    ///
    /// # Errors
    /// Where the length is out of bounds or weaker than the floor, or the system has no random bytes.
    pub fn generate(&self) -> Result<Generated, GenerateError> {
        let (min, max) = LENGTHS;
        let length = self.length;
        if length < min || length > max {
            return Err(GenerateError::Length { length, min, max });
        }
        #[allow(clippy::cast_precision_loss)]
        let entropy_bits = 8.0 * length as f64;
        check_entropy(entropy_bits, self.min_entropy_bits)?;
        let mut bytes = Zeroizing::new(vec![0; length]);
        fill(&mut bytes)?;
        Ok(Generated {
            value: encode(&bytes, self.encoding),
            entropy_bits,
        })
    }
}

/// A random UUID (RFC 9562, version 4): 122 random bits.
///
/// # Errors
/// Where the system has no random bytes.
pub fn uuid() -> Result<Generated, GenerateError> {
    let mut bytes = Zeroizing::new([0_u8; 16]);
    fill(bytes.as_mut_slice())?;
    for (at, byte) in bytes.iter_mut().enumerate() {
        match at {
            6 => *byte = (*byte & 0x0f) | 0x40,
            8 => *byte = (*byte & 0x3f) | 0x80,
            _ => {}
        }
    }
    let mut text = Zeroizing::new(Vec::with_capacity(36));
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push(b'-');
        }
        push_hex(&mut text, *byte);
    }
    Ok(Generated {
        value: Secret::from(text),
        entropy_bits: 122.0,
    })
}

fn encode(bytes: &[u8], encoding: Encoding) -> Secret {
    // Twice as long as the bytes and a little is enough for all of them, so that no buffer grows and leaves a copy.
    let room = bytes.len().saturating_mul(2).saturating_add(4);
    let mut text = String::with_capacity(room);
    match encoding {
        Encoding::Hex => {
            let mut hex = Zeroizing::new(Vec::with_capacity(room));
            bytes.iter().for_each(|byte| push_hex(&mut hex, *byte));
            return Secret::from(hex);
        }
        Encoding::Base64 => STANDARD.encode_string(bytes, &mut text),
        Encoding::Base64Url => URL_SAFE_NO_PAD.encode_string(bytes, &mut text),
        Encoding::Raw => return Secret::copy_from(bytes),
    }
    Secret::from(text)
}

fn push_hex(text: &mut Vec<u8>, byte: u8) {
    for digit in [byte >> 4, byte & 0x0f] {
        text.extend(HEX.get(usize::from(digit)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_asked() {
        let bytes = [0x00, 0xff, 0x3e, 0xfb];
        let text = |encoding| {
            encode(&bytes, encoding)
                .danger_expose_str()
                .map(str::to_owned)
                .unwrap()
        };
        assert_eq!(text(Encoding::Hex), "00ff3efb");
        assert_eq!(text(Encoding::Base64), "AP8++w==");
        assert_eq!(text(Encoding::Base64Url), "AP8--w");
        assert_eq!(encode(&bytes, Encoding::Raw).danger_expose(), bytes);
    }

    #[test]
    fn a_key_has_its_length_and_a_short_one_is_refused() {
        assert_eq!(BytesPolicy::default().generate().unwrap().value.len(), 64);
        let short = BytesPolicy {
            length: 7,
            ..BytesPolicy::default()
        };
        assert!(matches!(
            short.generate(),
            Err(GenerateError::TooWeak { .. })
        ));
        let none = BytesPolicy {
            length: 0,
            ..BytesPolicy::default()
        };
        assert!(matches!(none.generate(), Err(GenerateError::Length { .. })));
    }

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        for _ in 0..64 {
            let made = uuid().unwrap();
            let text = made.value.danger_expose_str().unwrap();
            assert_eq!(text.len(), 36);
            assert_eq!(text.as_bytes()[14], b'4');
            assert!(b"89ab".contains(&text.as_bytes()[19]));
        }
    }
}
