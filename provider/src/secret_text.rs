//! A secret on its way between Terraform and a store.

use std::fmt;

use coffer_plugin::cty::{Cty, CtyType};
use coffer_plugin::{AttributeType, DecodeError};
use coffer_vault::Secret;

/// A secret that is text, as Terraform's strings are. Only attributes that are write-only or ephemeral have this type.
///
/// [`AttributeType`] makes and takes copies that are not wiped: the value crosses the process's border there.
#[derive(Clone)]
pub(crate) struct SecretText(Secret);

impl SecretText {
    /// `secret`, where it is text.
    pub(crate) fn new(secret: Secret) -> Option<Self> {
        match secret.danger_expose_str() {
            Ok(_) => Some(Self(secret)),
            Err(_) => None,
        }
    }

    /// The secret.
    pub(crate) fn into_secret(self) -> Secret {
        self.0
    }

    /// Reveals the text.
    pub(crate) fn danger_expose(&self) -> &str {
        // Nothing else than text gets in.
        self.0.danger_expose_str().unwrap_or_default()
    }

    /// Whether there is no character.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(Secret::from(text))
    }
}

impl AttributeType for SecretText {
    fn cty_type() -> CtyType {
        CtyType::String
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        String::from_cty(value).map(Self::from)
    }

    fn to_cty(&self) -> Cty {
        Cty::String(self.danger_expose().to_owned())
    }
}

/// Models print themselves in assertions; this prints no value.
impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}
