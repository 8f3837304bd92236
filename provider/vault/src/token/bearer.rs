//! A token as its holder has it: `coffer_` and 256 random bits as text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use zeroize::Zeroizing;

use crate::hazmat::{Key, RandomError};
use crate::secret::Secret;

/// What a token's text starts with, so that people and scanners know it for what it is.
const PREFIX: &str = "coffer_";
/// What the text of a secret id starts with. It is no token: it opens nothing without the role's id.
const SECRET_ID_PREFIX: &str = "coffer_sid_";

/// A token's random bits.
#[derive(Clone)]
pub(crate) struct Bearer(Key);

impl Bearer {
    /// A new token.
    pub(crate) fn random() -> Result<Self, RandomError> {
        Key::random().map(Self)
    }

    /// Parses a token's text; none where it is none.
    pub(crate) fn parse(text: &Secret) -> Option<Self> {
        let text = text.danger_expose_str().ok()?.trim();
        Self::decode(text.strip_prefix(PREFIX)?)
    }

    fn decode(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0_u8; 48]);
        let length = BASE64.decode_slice(text, bytes.as_mut_slice()).ok()?;
        Key::from_bytes(bytes.get(..length)?).map(Self)
    }

    /// The text.
    pub(crate) fn text(&self) -> Secret {
        self.encode(PREFIX)
    }

    fn encode(&self, prefix: &str) -> Secret {
        let mut text = String::with_capacity(prefix.len().saturating_add(44));
        text.push_str(prefix);
        BASE64.encode_string(self.0.danger_bytes(), &mut text);
        Secret::from(text)
    }

    /// What opens with this secret id and the id of its role, and with neither alone.
    pub(crate) fn with_role(&self, role_id: &str) -> Self {
        Self(self.0.subkey(&format!("coffer/role/1/{role_id}")))
    }

    /// Parses a secret id's text; none where it is none.
    pub(crate) fn parse_secret_id(text: &Secret) -> Option<Self> {
        let text = text.danger_expose_str().ok()?.trim();
        Self::decode(text.strip_prefix(SECRET_ID_PREFIX)?)
    }

    /// The text, as a secret id.
    pub(crate) fn secret_id_text(&self) -> Secret {
        self.encode(SECRET_ID_PREFIX)
    }

    /// What seals the token's grant.
    pub(crate) fn key(&self) -> Key {
        self.0.subkey("coffer/token/key/1")
    }

    /// What finds the token in the file; says nothing about the token.
    pub(crate) fn id(&self) -> Vec<u8> {
        self.0.subkey("coffer/token/id/1").danger_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_as_it_was_written_and_nothing_else_is_one() {
        let bearer = Bearer::random().unwrap();
        let text = bearer.text();
        assert_eq!(text.len(), 50);
        let again = Bearer::parse(&text).unwrap();
        assert_eq!(again.id(), bearer.id());
        assert_ne!(bearer.id(), bearer.key().danger_bytes());
        let text = text.danger_expose_str().unwrap();
        for other in [
            "",
            "coffer_",
            "x",
            text.trim_start_matches('c'),
            text.split_at(49).0,
            &format!("{text}A"),
        ] {
            assert!(
                Bearer::parse(&Secret::copy_from(other.as_bytes())).is_none(),
                "{other}"
            );
        }
    }
}
