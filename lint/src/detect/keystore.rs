//! Private keys without armour: key stores and DER in base64, PEM in base64, PuTTY's files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::pem::PrivateKey;

/// Base64 characters that a key has at least; less is an example that was cut.
const MIN_LENGTH: usize = 96;
/// Base64 characters that are decoded to tell what it is.
const HEADER: usize = 96;

/// How a kind of key starts in base64, and what tells from its first bytes whether it is one.
type Kind = (&'static str, &'static str, fn(&[u8]) -> Option<bool>);

/// The kinds: what they are called, how they start, and whether the first bytes are those of a private key
/// (`Some(true)` for one that a password protects).
const KINDS: &[Kind] = &[
    ("pkcs#12 key store", "MII", pkcs12),
    ("private key in der", "MII", der),
    ("java key store", "/u3+7QAAAA", java),
    ("java key store", "zs7OzgAAAA", java),
    ("private key in base64", "LS0tLS1CRUdJTi", armour),
];

/// All such keys of a text.
pub fn find(text: &str) -> Vec<PrivateKey> {
    let mut found = putty(text);
    for (kind, start, tell) in KINDS {
        for at in memchr::memmem::find_iter(text.as_bytes(), start) {
            let before = at.checked_sub(1).and_then(|at| text.as_bytes().get(at));
            if before.is_some_and(|byte| is_base64(*byte)) {
                continue;
            }
            let rest = text.as_bytes().get(at..).unwrap_or_default();
            let len = rest.iter().take_while(|byte| is_base64(**byte)).count();
            let header = rest.get(..len.min(HEADER) / 4 * 4).unwrap_or_default();
            let verdict = STANDARD_NO_PAD
                .decode(header)
                .ok()
                .and_then(|bytes| tell(&bytes));
            if let (Some(encrypted), true) = (verdict, len >= MIN_LENGTH) {
                found.push(PrivateKey {
                    range: at..at + len,
                    body: at,
                    kind: (*kind).to_owned(),
                    encrypted,
                });
            }
        }
    }
    found
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

/// `PFX ::= SEQUENCE { version INTEGER 3, authSafe ContentInfo, … }` (RFC 7292), its content data or signed data.
fn pkcs12(bytes: &[u8]) -> Option<bool> {
    let after = bytes.strip_prefix(&[0x30, 0x82])?.get(2..)?;
    let info = after.strip_prefix(&[0x02, 0x01, 0x03, 0x30])?;
    let pkcs7 = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
    memchr::memmem::find(info.get(..16)?, &pkcs7).map(|_| true)
}

/// A key of PKCS#1 (RFC 8017: version 0, then the modulus) or PKCS#8 (RFC 5958: version 0, then the algorithm).
fn der(bytes: &[u8]) -> Option<bool> {
    let after = bytes.strip_prefix(&[0x30, 0x82])?.get(2..)?;
    let rest = after.strip_prefix(&[0x02, 0x01, 0x00])?;
    let modulus = rest.starts_with(&[0x02, 0x82]) || rest.starts_with(&[0x02, 0x81]);
    let algorithm = rest.starts_with(&[0x30]) && rest.get(2) == Some(&0x06);
    (modulus || algorithm).then_some(false)
}

/// Magic number, version, number of entries, kind of the first entry: 1 is a key, 2 a certificate.
fn java(bytes: &[u8]) -> Option<bool> {
    let version = bytes.get(4..8)?;
    let first = bytes.get(12..16)?;
    (matches!(version, [0, 0, 0, 1 | 2]) && first == [0, 0, 0, 1]).then_some(true)
}

/// `-----BEGIN … PRIVATE KEY-----`, base64 once more: as in a kubeconfig.
fn armour(bytes: &[u8]) -> Option<bool> {
    let text = std::str::from_utf8(bytes).ok()?;
    let kind = text.strip_prefix("-----BEGIN ")?.split("-----").next()?;
    kind.contains("PRIVATE KEY")
        .then(|| kind.contains("ENCRYPTED"))
}

/// `PuTTY-User-Key-File-3: …` with its private lines.
fn putty(text: &str) -> Vec<PrivateKey> {
    let mut found = Vec::new();
    for start in memchr::memmem::find_iter(text.as_bytes(), "PuTTY-User-Key-File-") {
        let near = text.floor_char_boundary((start + 8 * 1024).min(text.len()));
        let file = text.get(start..near).unwrap_or_default();
        let Some(at) = file.find("Private-Lines:") else {
            continue;
        };
        let after = file.get(at..).unwrap_or_default();
        let skip = after.find('\n').map_or(after.len(), |n| n + 1);
        let body = start + at + skip;
        let len = after
            .get(skip..)
            .and_then(|rest| rest.find("Private-MAC"))
            .unwrap_or_default();
        if len >= 64 {
            found.push(PrivateKey {
                range: start..body + len,
                body,
                kind: "putty key".to_owned(),
                encrypted: !file.contains("Encryption: none"),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::find;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn kinds(head: &[u8]) -> Vec<(String, bool)> {
        let bytes = [head, &[0x5a; 160]].concat();
        let text = format!("a = \"{}\"", STANDARD.encode(bytes));
        find(&text)
            .into_iter()
            .map(|key| (key.kind, key.encrypted))
            .collect()
    }

    #[test]
    fn key_stores_are_told_by_their_first_bytes() {
        let pfx = [
            0x30, 0x82, 4, 0, 2, 1, 3, 0x30, 0x82, 3, 0xc0, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7,
            0xd, 1, 7, 1,
        ];
        assert_eq!(kinds(&pfx), [("pkcs#12 key store".to_owned(), true)]);
        let jks = [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1];
        assert_eq!(kinds(&jks), [("java key store".to_owned(), true)]);
        let pkcs1 = [0x30, 0x82, 4, 0xa4, 2, 1, 0, 2, 0x82, 1, 1];
        assert_eq!(kinds(&pkcs1), [("private key in der".to_owned(), false)]);
        let pem = b"-----BEGIN EC PRIVATE KEY-----\n";
        assert_eq!(kinds(pem), [("private key in base64".to_owned(), false)]);
    }

    #[test]
    fn certificates_and_trust_stores_are_no_keys() {
        let trust = [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
        assert_eq!(kinds(&trust), []);
        let certificate = [0x30, 0x82, 3, 0x3d, 0x30, 0x82, 2, 0x25, 0xa0];
        assert_eq!(kinds(&certificate), []);
        assert_eq!(kinds(b"-----BEGIN CERTIFICATE-----\n"), []);
    }
}
