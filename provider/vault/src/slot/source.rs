//! The keys that a caller can present.

use std::path::PathBuf;
use std::sync::Arc;

use super::{KeyWrap, command, environment, key_file};
use crate::error::{Error, Result};
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
    /// A program and its arguments; it prints the key, at least 32 bytes, on its standard output. A line break at
    /// the end is not part of the key.
    Command(Vec<String>),
    /// A system that wraps a key of the slot's own: a transit engine, a KMS.
    Wrapped(Arc<dyn KeyWrap>),
    /// A token made by `coffer token create`: it opens only the scopes that it was granted.
    Token(Secret),
    /// A role's id and a secret id, with which opening the vault is a login: it spends a use of the secret id, and the
    /// vault is then open with a token of the role.
    Role {
        /// The role's id.
        id: String,
        /// The secret id.
        secret_id: Secret,
    },
}

/// Key bytes, and how they may be used.
pub(crate) enum Material {
    /// Guessable, so it is stretched.
    Passphrase(Secret),
    /// At least [`super::MIN_KEY_LENGTH`] random bytes.
    Random(Secret),
    /// Wrapped anew for each slot, so it has to be fetched for each.
    Wrapped(Arc<dyn KeyWrap>),
    /// A token.
    Token(Secret),
}

impl KeySource {
    /// The key that `COFFER_TOKEN`, `COFFER_ROLE_ID` with `COFFER_SECRET_ID`, `COFFER_KEY_FILE` or `COFFER_PASSPHRASE` gives, in this order; none where none
    /// is set. An empty variable counts as not set.
    ///
    /// # Errors
    /// Where a variable is set and is not text.
    pub fn from_environment() -> Result<Option<Self>> {
        if let Some(token) = environment::variable("COFFER_TOKEN")? {
            return Ok(Some(Self::Token(token)));
        }
        let role = std::env::var("COFFER_ROLE_ID").unwrap_or_default();
        match (role.is_empty(), environment::variable("COFFER_SECRET_ID")?) {
            (true, None) => {}
            (false, Some(secret_id)) => {
                return Ok(Some(Self::Role {
                    id: role,
                    secret_id,
                }));
            }
            (_, found) => {
                let (set, missing) = match found {
                    Some(_) => ("COFFER_SECRET_ID", "COFFER_ROLE_ID"),
                    None => ("COFFER_ROLE_ID", "COFFER_SECRET_ID"),
                };
                return Err(Error::UnusableKey {
                    given: format!("the key in {set}"),
                    why: format!("{missing} is not set, and one opens nothing without the other"),
                });
            }
        }
        if let Some(path) = std::env::var_os("COFFER_KEY_FILE").filter(|path| !path.is_empty()) {
            return Ok(Some(Self::KeyFile(PathBuf::from(path))));
        }
        Ok(environment::variable("COFFER_PASSPHRASE")?.map(Self::Passphrase))
    }

    /// What was given, for errors and the audit trail; never the key.
    pub fn describe(&self) -> String {
        match self {
            Self::KeyFile(path) => format!("the key file {}", path.display()),
            Self::Passphrase(_) => "the passphrase".into(),
            Self::KeyBytes(_) => "the key".into(),
            Self::Environment(variable) => format!("the key in {variable}"),
            Self::Command(command) => {
                let program = command.first().map_or("", String::as_str);
                format!("the key from the command {program}")
            }
            Self::Wrapped(wrap) => wrap.describe(),
            Self::Token(_) => "the token".into(),
            Self::Role { .. } => "the role's id with the secret id".into(),
        }
    }

    /// The kind of slot that this key makes; none for a token.
    pub(crate) fn slot_kind(&self) -> Option<&str> {
        match self {
            Self::KeyFile(_) => Some("key-file"),
            Self::Passphrase(_) => Some("passphrase"),
            Self::KeyBytes(_) => Some("key"),
            Self::Environment(_) => Some("environment"),
            Self::Command(_) => Some("command"),
            Self::Wrapped(wrap) => Some(wrap.kind()),
            Self::Token(_) | Self::Role { .. } => None,
        }
    }

    /// Fetches the key's bytes.
    pub(crate) fn material(&self) -> Result<Material> {
        match self {
            Self::KeyFile(path) => key_file::read(path).map(Material::Random),
            Self::Passphrase(passphrase) if passphrase.is_empty() => Err(Error::UnusableKey {
                given: self.describe(),
                why: "it is empty".into(),
            }),
            Self::Passphrase(passphrase) => Ok(Material::Passphrase(passphrase.clone())),
            Self::KeyBytes(key) => self.long_enough(key.clone()),
            Self::Environment(variable) => match environment::variable(variable)? {
                Some(key) => self.long_enough(key),
                None => Err(Error::UnusableKey {
                    given: self.describe(),
                    why: "the variable is not set".into(),
                }),
            },
            Self::Command(command) => self.long_enough(command::run(command, &self.describe())?),
            Self::Wrapped(wrap) => Ok(Material::Wrapped(Arc::clone(wrap))),
            Self::Token(token)
            | Self::Role {
                secret_id: token, ..
            } => Ok(Material::Token(token.clone())),
        }
    }

    fn long_enough(&self, key: Secret) -> Result<Material> {
        if key.len() < super::MIN_KEY_LENGTH {
            return Err(super::random_key::too_short(self.describe(), key.len()));
        }
        Ok(Material::Random(key))
    }
}
