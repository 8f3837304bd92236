//! Keys in environment variables.

use crate::error::{Error, Result};
use crate::secret::Secret;

/// The variable's text, or none where it is not set or empty.
pub(super) fn variable(name: &str) -> Result<Option<Secret>> {
    match std::env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(Secret::from(text))),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Error::UnusableKey {
            given: format!("the key in {name}"),
            why: "it is not UTF-8 text; encode the key as hexadecimal or base64".into(),
        }),
    }
}
