//! Texts that stand for a secret, or that are safe to show: references, encrypted values, public keys.

use super::placeholder::known_part;

/// Text that points to a value elsewhere.
pub(super) fn is_reference(text: &str) -> bool {
    let known = known_part(text);
    if known.is_empty() {
        return true;
    }
    let starts = |prefix: &str| text.starts_with(prefix);
    // Only where the whole text is the reference: `$` inside a password is common.
    let whole_variable = starts("${") && text.ends_with('}')
        || starts("$(") && text.ends_with(')')
        || starts("`") && text.ends_with('`') && text.len() > 1
        || starts("%") && text.ends_with('%') && text.len() > 2
        || starts("$")
            && text.len() > 1
            && text
                .bytes()
                .skip(1)
                .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b':' || b == b'.');
    whole_variable
        || text.contains("{{")
        || starts("@Microsoft.KeyVault")
        || starts("data.")
        || starts("var.")
        || starts("local.")
        || starts("module.")
        || text.contains("resolve:")
        || starts("vault:")
        || starts("secretsmanager:")
        || starts("ssm:")
        || starts("sm://")
        || starts("op://")
        || starts("secret://")
        || starts("file://")
        || starts("env://")
        || starts("projects/")
        || starts("!vault")
        || (starts("get_env(") || starts("file(") || starts("dependency."))
}

/// Encrypted values.
pub(super) fn is_encrypted(text: &str) -> bool {
    text.starts_with("ENC[")
        || text.starts_with("$ANSIBLE_VAULT")
        || text.starts_with("-----BEGIN AGE ENCRYPTED")
        || text.starts_with("-----BEGIN PGP MESSAGE")
        || text.starts_with("AQICAH")
        || text.starts_with("AgA") && text.len() > 200
        || text.starts_with("vault:v1:")
        || is_crypt_hash(text)
}

/// Hashes of passwords: `$6$…`, `$2b$…`, `$argon2id$…`.
fn is_crypt_hash(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('$') else {
        return false;
    };
    let Some((kind, salted)) = rest.split_once('$') else {
        return false;
    };
    let known = matches!(
        kind,
        "1" | "2a" | "2b" | "2y" | "5" | "6" | "7" | "y" | "apr1"
    ) || kind.starts_with("argon2")
        || kind.starts_with("pbkdf2")
        || kind.starts_with("scrypt");
    known && salted.len() > 12
}

/// Public keys and certificates.
pub(super) fn is_public(text: &str) -> bool {
    [
        "ssh-rsa ",
        "ssh-ed25519 ",
        "ecdsa-sha2-",
        "ssh-dss ",
        "sk-ssh-",
        "sk-ecdsa-",
        "age1",
    ]
    .iter()
    .any(|prefix| text.starts_with(prefix))
        || text.starts_with("-----BEGIN CERTIFICATE")
        || text.starts_with("-----BEGIN PUBLIC KEY")
        || text.starts_with("-----BEGIN RSA PUBLIC KEY")
        || text.starts_with("-----BEGIN PGP PUBLIC")
}
