//! Names of secrets as attributes.

use coffer_plugin::cty::{Cty, CtyType};
use coffer_plugin::{AttributeType, DecodeError};
use coffer_vault::SecretName;

/// The name of a secret, parsed at the door.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(pub(crate) SecretName);

impl AttributeType for Name {
    fn cty_type() -> CtyType {
        CtyType::String
    }

    fn from_cty(value: Cty) -> Result<Self, DecodeError> {
        let text = String::from_cty(value)?;
        match SecretName::parse(&text) {
            Ok(name) => Ok(Self(name)),
            Err(error) => Err(DecodeError::invalid(error.to_string())),
        }
    }

    fn to_cty(&self) -> Cty {
        Cty::String(self.0.as_str().to_owned())
    }
}
