//! Why a target did not do what was asked.

use thiserror::Error;

/// Why a target did not do what was asked. No variant carries a secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetError {
    /// The settings, or the secret that the target logs in with, cannot be used. Nothing was tried.
    #[error("{why}")]
    Unusable {
        /// What is wrong with them.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// The system said no, and has changed nothing.
    #[error("{system} refuses it: {why}")]
    Refused {
        /// The system.
        system: String,
        /// Its word.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// The system could not be reached or did not answer: what was asked may have been done.
    #[error("{system} gave no answer: {why}")]
    NoAnswer {
        /// The system.
        system: String,
        /// What went wrong.
        why: String,
    },
}

impl TargetError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::Unusable { remedy, .. } | Self::Refused { remedy, .. } => remedy.clone(),
            Self::NoAnswer { .. } => {
                "see that it can be reached from here, and run it again: the rotation goes on where it stopped"
                    .to_owned()
            }
        }
    }

    /// Whether the system has given its answer.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }
}
