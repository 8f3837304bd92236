//! The authentication plugins, and what the server stores for a password with each.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA512, SHA512_OUTPUT_LEN, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use coffer_vault::Secret;
use ed25519_dalek::VerifyingKey;
use ed25519_dalek::hazmat::ExpandedSecretKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::caching_sha2::{ALPHABET, SALT_LENGTH, stored};

/// How a user is authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Plugin {
    /// `mysql_native_password`: SHA-1, taken twice. The default of MariaDB and of MySQL 5.7; gone from MySQL 9.
    MysqlNativePassword,
    /// `caching_sha2_password`: SHA-256-crypt. The default of MySQL since 8.0.
    CachingSha2Password,
    /// `ed25519` of MariaDB: a public key.
    Ed25519,
}

impl Plugin {
    /// All of them.
    pub const ALL: [Self; 3] = [
        Self::MysqlNativePassword,
        Self::CachingSha2Password,
        Self::Ed25519,
    ];

    /// The plugin's name in the server.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MysqlNativePassword => "mysql_native_password",
            Self::CachingSha2Password => "caching_sha2_password",
            Self::Ed25519 => "ed25519",
        }
    }

    /// The plugin of this name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|plugin| plugin.name() == name)
    }

    /// What the server stores for `password`. It holds no quotation mark.
    ///
    /// # Errors
    /// Where the operating system gives no random bytes.
    pub(super) fn stored(self, password: &Secret) -> Result<String, getrandom::Error> {
        let password = password.danger_expose();
        Ok(match self {
            Self::MysqlNativePassword => native(password),
            Self::CachingSha2Password => stored(password, &salt()?),
            Self::Ed25519 => public_key(password),
        })
    }
}

fn native(password: &[u8]) -> String {
    let once = digest(&SHA1_FOR_LEGACY_USE_ONLY, password);
    let twice = digest(&SHA1_FOR_LEGACY_USE_ONLY, once.as_ref());
    let hex: String = twice
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    format!("*{hex}")
}

/// The key of Ed25519 whose seed is a password of any length, which the standard does not know.
fn public_key(password: &[u8]) -> String {
    let mut expanded = Zeroizing::new([0; SHA512_OUTPUT_LEN]);
    for (to, from) in expanded.iter_mut().zip(digest(&SHA512, password).as_ref()) {
        *to = *from;
    }
    let secret = ExpandedSecretKey::from_bytes(&expanded);
    STANDARD_NO_PAD.encode(VerifyingKey::from(&secret).as_bytes())
}

/// A salt of digits, which needs no escaping.
fn salt() -> Result<[u8; SALT_LENGTH], getrandom::Error> {
    let mut salt = [0; SALT_LENGTH];
    getrandom::fill(&mut salt)?;
    Ok(salt.map(|byte| {
        let digit = usize::from(byte & 0x3f);
        ALPHABET.get(digit).copied().unwrap_or(b'.')
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_what_mariadb_stores() {
        // CREATE USER … IDENTIFIED BY 'fake', and VIA ed25519 USING PASSWORD('fake'), on MariaDB 10.11.
        let password = Secret::copy_from(b"fake");
        for (plugin, expected) in [
            (
                Plugin::MysqlNativePassword,
                "*49A6C9325B8D37865AB99B5F0B18C20DBBA8586F",
            ),
            (
                Plugin::Ed25519,
                "4zl2kAhTvYv3AtQUDSszsjAN6CSZCS29ly4Kjt8zgHc",
            ),
        ] {
            assert_eq!(plugin.stored(&password).unwrap(), expected);
        }
    }

    #[test]
    fn a_salt_is_new_each_time_and_needs_no_escaping() {
        let password = Secret::copy_from(b"fake");
        let store = || Plugin::CachingSha2Password.stored(&password).unwrap();
        let (one, other) = (store(), store());
        assert_ne!(one, other);
        assert_eq!(one.len(), 70);
        assert!(!one.contains(['\'', '\\', '"']));
    }

    #[test]
    fn names_are_those_of_the_server() {
        for plugin in Plugin::ALL {
            let text = serde_json::to_value(plugin).unwrap();
            assert_eq!(text, plugin.name());
            assert_eq!(Plugin::of(plugin.name()), Some(plugin));
        }
        assert_eq!(Plugin::of("unix_socket"), None);
    }
}
