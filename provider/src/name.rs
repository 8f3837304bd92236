//! Names of secrets as attributes.

use coffer_plugin::cty::{Cty, CtyType};
use coffer_plugin::{AttributeType, DecodeError, Diagnostic, Value};
use coffer_vault::SecretName;

/// The name of a secret, parsed at the door.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(pub(crate) SecretName);

impl Name {
    /// The name that an import ID is.
    pub(crate) fn of_import(id: &str) -> Result<Self, Diagnostic> {
        match SecretName::parse(id) {
            Ok(name) => Ok(Self(name)),
            Err(error) => Err(Diagnostic::error(
                "This is no name of a secret",
                format!("The import ID is the secret's name, and {error}."),
            )),
        }
    }

    /// The name in the attribute `name`, which must be known by now.
    pub(crate) fn required(attribute: &Value<Self>) -> Result<SecretName, Diagnostic> {
        attribute.clone().require("name").map(|name| name.0)
    }
}

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
