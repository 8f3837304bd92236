//! Keys that another system wraps: a server's transit engine, a cloud's KMS, a hardware module.

use super::Material;
use crate::error::{Error, Result};
use crate::hazmat::random_bytes;
use crate::secret::Secret;

/// A system that encrypts and decrypts small keys and never gives its own away.
///
/// The vault opens no connection: who implements this does. It is called outside transactions.
pub trait KeyWrap: Send + Sync {
    /// The kind of slot, such as `transit`.
    fn kind(&self) -> &str;

    /// What it is, for errors and the audit trail, such as `the transit key coffer at https://bao.example`.
    fn describe(&self) -> String;

    /// Encrypts a key of 32 bytes.
    ///
    /// # Errors
    /// The system's reason.
    fn wrap(&self, key: &Secret) -> std::result::Result<String, String>;

    /// Decrypts what [`KeyWrap::wrap`] gave.
    ///
    /// # Errors
    /// The system's reason; also where another key of it wrapped the text.
    fn unwrap_key(&self, wrapped: &str) -> std::result::Result<Secret, String>;
}

/// Draws a slot's key and wraps it: the key and its wrapped form.
pub(super) fn draw(wrap: &dyn KeyWrap) -> Result<(Material, String)> {
    let key = random_bytes(super::MIN_KEY_LENGTH)
        .map(Secret::from)
        .map_err(|error| Error::Random(error.to_string()))?;
    let wrapped = wrap.wrap(&key).map_err(|why| refused(wrap, why))?;
    Ok((Material::Random(key), wrapped))
}

/// Fetches a slot's key.
pub(super) fn fetch(wrap: &dyn KeyWrap, wrapped: &str) -> Result<Material> {
    wrap.unwrap_key(wrapped)
        .map(Material::Random)
        .map_err(|why| refused(wrap, why))
}

fn refused(wrap: &dyn KeyWrap, why: String) -> Error {
    Error::KeySystem {
        system: wrap.describe(),
        why,
    }
}
