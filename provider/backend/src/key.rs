//! The key of the embedded vault, where a system over the network holds it.

use coffer_vault::{KeySource, Result};

/// A transit key of HashiCorp Vault or OpenBao; the server and the login are those of its own variables.
const TRANSIT_KEY: &str = "COFFER_TRANSIT_KEY";

/// The key that the environment gives: what [`KeySource::from_environment`] finds, and otherwise the transit key that
/// `COFFER_TRANSIT_KEY` names. Connects to nothing.
///
/// # Errors
/// Where a variable is set and cannot be meant.
pub fn key_from_environment() -> Result<Option<KeySource>> {
    if let Some(key) = KeySource::from_environment()? {
        return Ok(Some(key));
    }
    match std::env::var(TRANSIT_KEY) {
        Ok(name) if !name.is_empty() => transit_key(&name).map(Some),
        _ => Ok(None),
    }
}

/// The transit key `name` (`KEY` or `MOUNT/KEY`) of the HashiCorp Vault or OpenBao server that its variables (`BAO_ADDR`
/// or `VAULT_ADDR`, ...) describe. Connects to nothing.
///
/// # Errors
/// [`coffer_vault::Error::Invalid`] where it is no name of a key, or this build knows no such server.
#[cfg(feature = "vault")]
pub fn transit_key(name: &str) -> Result<KeySource> {
    let key = crate::TransitKey::parse(name)?;
    Ok(KeySource::Wrapped(std::sync::Arc::new(
        crate::TransitWrap::from_environment(key),
    )))
}

/// Refuses: this build was made without the feature `vault`.
///
/// # Errors
/// [`coffer_vault::Error::Invalid`], always.
#[cfg(not(feature = "vault"))]
pub fn transit_key(_name: &str) -> Result<KeySource> {
    Err(coffer_vault::Error::Invalid {
        what: "the transit key",
        problem: "needs a build with the feature `vault`".to_owned(),
    })
}
