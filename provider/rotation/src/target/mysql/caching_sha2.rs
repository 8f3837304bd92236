//! What MySQL's `caching_sha2_password` stores: SHA-256-crypt with a salt of 20 bytes.
//!
//! The scheme is Ulrich Drepper's "Unix crypt using SHA-256 and SHA-512"; MySQL takes a longer salt than crypt does, and
//! writes the rounds, in thousands, as three hexadecimal digits.

use aws_lc_rs::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use zeroize::Zeroizing;

/// The length of a salt in bytes.
pub(super) const SALT_LENGTH: usize = 20;
/// How often the digest is taken.
const ROUNDS: u32 = 5000;
/// crypt's own order of base64 digits.
pub(super) const ALPHABET: &[u8; 64] =
    b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The order in which crypt writes the bytes of a digest, three at a time.
const ORDER: [[usize; 3]; 10] = [
    [0, 10, 20],
    [21, 1, 11],
    [12, 22, 2],
    [3, 13, 23],
    [24, 4, 14],
    [15, 25, 5],
    [6, 16, 26],
    [27, 7, 17],
    [18, 28, 8],
    [9, 19, 29],
];

type Digest = Zeroizing<[u8; SHA256_OUTPUT_LEN]>;

/// What the server stores for `password`.
pub(super) fn stored(password: &[u8], salt: &[u8; SALT_LENGTH]) -> String {
    let digest = digest(password, salt);
    let mut text = format!("$A${:03X}$", ROUNDS / 1000);
    text.extend(salt.iter().copied().map(char::from));
    for places in ORDER {
        let [high, middle, low] = places.map(|place| byte(&digest, place));
        write_digits(&mut text, [high, middle, low], 4);
    }
    write_digits(&mut text, [0, byte(&digest, 31), byte(&digest, 30)], 3);
    text
}

fn digest(password: &[u8], salt: &[u8]) -> Digest {
    let alternate = hash(&[password, salt, password]);
    let mut context = Context::new(&SHA256);
    context.update(password);
    context.update(salt);
    update_repeated(&mut context, &alternate, password.len());
    let mut bits = password.len();
    while bits > 0 {
        match bits & 1 {
            1 => context.update(alternate.as_slice()),
            _ => context.update(password),
        }
        bits >>= 1;
    }
    let mut digest = finish(context);

    let mut context = Context::new(&SHA256);
    for _ in 0..password.len() {
        context.update(password);
    }
    let p = repeated(&finish(context), password.len());

    let mut context = Context::new(&SHA256);
    for _ in 0..16_usize.saturating_add(byte(&digest, 0).into()) {
        context.update(salt);
    }
    let s = repeated(&finish(context), salt.len());

    for round in 0..ROUNDS {
        let is_odd = round % 2 == 1;
        let mut context = Context::new(&SHA256);
        match is_odd {
            true => context.update(&p),
            false => context.update(digest.as_slice()),
        }
        if round % 3 != 0 {
            context.update(&s);
        }
        if round % 7 != 0 {
            context.update(&p);
        }
        match is_odd {
            true => context.update(digest.as_slice()),
            false => context.update(&p),
        }
        digest = finish(context);
    }
    digest
}

fn hash(parts: &[&[u8]]) -> Digest {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    finish(context)
}

fn finish(context: Context) -> Digest {
    let mut digest = Zeroizing::new([0; SHA256_OUTPUT_LEN]);
    for (to, from) in digest.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    digest
}

/// The digest, again and again, to a length of `length`.
fn repeated(digest: &Digest, length: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(digest.iter().copied().cycle().take(length).collect())
}

fn update_repeated(context: &mut Context, digest: &Digest, length: usize) {
    context.update(&repeated(digest, length));
}

fn byte(digest: &Digest, place: usize) -> u8 {
    digest.get(place).copied().unwrap_or_default()
}

/// Writes three bytes as `count` digits, the lowest first.
fn write_digits(text: &mut String, [high, middle, low]: [u8; 3], count: usize) {
    let mut bits = u32::from_be_bytes([0, high, middle, low]);
    for _ in 0..count {
        let digit = usize::try_from(bits & 0x3f).unwrap_or_default();
        text.extend(ALPHABET.get(digit).copied().map(char::from));
        bits >>= 6;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of hashcat's mode 7401, which comes from a server.
    #[test]
    fn agrees_with_what_a_server_has_stored() {
        let salt = [
            0xF9, 0xCC, 0x98, 0xCE, 0x08, 0x89, 0x29, 0x24, 0xF5, 0x0A, 0x21, 0x3B, 0x6B, 0xC5,
            0x71, 0xA2, 0xC1, 0x17, 0x78, 0xC5,
        ];
        let stored = stored(b"hashcat", &salt);
        assert!(stored.starts_with("$A$005$"), "{stored}");
        assert!(
            stored.ends_with("bTy95Y99eAME1dwEkHOA1ndHGBWz.1bxSSRkuTXFGV/"),
            "{stored}"
        );
    }
}
