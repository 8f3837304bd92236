//! What can go wrong with a store.

use coffer_vault::ErrorKind;
use thiserror::Error;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a store did not do what was asked. No variant carries a secret value.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The embedded vault's own error.
    #[error(transparent)]
    Vault(#[from] coffer_vault::Error),
    /// A setting of the store is still unknown, as settings may be while Terraform plans.
    #[error("the setting {setting} of the store is not known yet")]
    NotReady {
        /// The setting, as it is called in the provider block.
        setting: &'static str,
    },
    /// The work was given up because the program ends.
    #[error("the program ended before the store had answered")]
    Stopped,
}

impl Error {
    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Vault(error) => error.kind(),
            Self::NotReady { .. } => ErrorKind::Unavailable,
            // The work may have been done in the meantime.
            Self::Stopped => ErrorKind::OutcomeUnknown,
        }
    }

    /// Whether the secret, or the version asked for, is not there, while the store itself is.
    pub fn is_missing_secret(&self) -> bool {
        use coffer_vault::Error as Vault;
        matches!(
            self,
            Self::Vault(
                Vault::NotFound { .. } | Vault::NoSuchVersion { .. } | Vault::Deleted { .. }
            )
        )
    }

    /// What to do about it, in one or two sentences.
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::Vault(error) => error.remedy(),
            Self::NotReady { .. } => Some(
                "apply what it depends on first, for example with -target, or give it a value that is known"
                    .to_owned(),
            ),
            Self::Stopped => Some("run it again".to_owned()),
        }
    }
}
