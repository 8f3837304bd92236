//! Why a rotation has not come to its end.

use coffer_vault::SecretName;
use thiserror::Error as ThisError;

use super::Point;
use crate::generator::GenerateError;
use crate::policy::PolicyError;
use crate::state::{StateError, Step};
use crate::target::TargetError;
use crate::value::ValueError;

/// A result of the machine.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a rotation has not come to its end. No variant carries a secret.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// The store's word.
    #[error("cannot {doing} {name}: {source}")]
    Store {
        /// What was done.
        doing: &'static str,
        /// The secret.
        name: String,
        /// The word.
        source: Box<coffer_backend::Error>,
    },
    /// The policy cannot be followed.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The state cannot be read.
    #[error(transparent)]
    State(#[from] StateError),
    /// No value could be generated.
    #[error("no value could be generated for {name}: {source}")]
    Generate {
        /// The secret.
        name: String,
        /// Why.
        source: GenerateError,
    },
    /// A version's value is not what the policy says.
    #[error("version {version} of {name} cannot be used: {source}")]
    Value {
        /// The secret.
        name: String,
        /// The version.
        version: u64,
        /// Why.
        source: ValueError,
    },
    /// The store cannot keep what a rotation needs.
    #[error("{name} cannot be rotated: the store `{store}` keeps no stages and annotations")]
    Incapable {
        /// The secret.
        name: String,
        /// The store's kind.
        store: &'static str,
    },
    /// The target cannot be used; nothing was begun.
    #[error("{name}: version {version} was not made: {source}")]
    NotBegun {
        /// The secret.
        name: String,
        /// The version that it would have been.
        version: u64,
        /// The target's word.
        source: TargetError,
    },
    /// The target did not do what was asked. The new version stays pending.
    #[error("{name}: version {version} stays pending, at the step {step}: {source}")]
    Stopped {
        /// The secret.
        name: String,
        /// The new version.
        version: u64,
        /// The last step that is done.
        step: Step,
        /// The target's word.
        source: TargetError,
    },
    /// The system refused the new credential; the old one was put back.
    #[error(
        "{name}: version {version} was dropped, and the credential before it is in use: {source}"
    )]
    RolledBack {
        /// The secret.
        name: String,
        /// The new version.
        version: u64,
        /// The target's word.
        source: TargetError,
    },
    /// The system refused the new credential, and putting the old one back failed, too.
    #[error(
        "{name}: version {version} stays pending, at the step {step}: {source}; putting the old credential back failed, too: {rollback}"
    )]
    NotRolledBack {
        /// The secret.
        name: String,
        /// The new version.
        version: u64,
        /// The last step that is done.
        step: Step,
        /// Why the new one failed.
        source: TargetError,
        /// Why the old one failed.
        rollback: Box<TargetError>,
    },
    /// The version before the current one should have ended.
    #[error("{name}: version {version} should have ended and has not: {source}")]
    NotRetired {
        /// The secret.
        name: String,
        /// The version.
        version: u64,
        /// The target's word.
        source: TargetError,
    },
    /// The operating system gives no random numbers.
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
    /// The observer ended it.
    #[error("the rotation was interrupted: {point}")]
    Interrupted {
        /// Where.
        point: Point,
    },
    /// The secret changes faster than it can be rotated.
    #[error("{name} was changed by others again and again while it was rotated")]
    Restless {
        /// The secret.
        name: String,
    },
}

impl Error {
    pub(super) fn store(
        doing: &'static str,
        name: &SecretName,
        source: coffer_backend::Error,
    ) -> Self {
        Self::Store {
            doing,
            name: name.to_string(),
            source: Box::new(source),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::Store { source, .. } => source.remedy(),
            Self::Policy(error) => Some(error.remedy()),
            Self::State(_) => Some("it was written by a newer coffer; use that one".into()),
            Self::NotBegun { source, .. }
            | Self::Stopped { source, .. }
            | Self::RolledBack { source, .. }
            | Self::NotRetired { source, .. } => Some(source.remedy()),
            Self::NotRolledBack { rollback, .. } => Some(rollback.remedy()),
            Self::Value { .. } => {
                Some("store a value of the format that the rotation's policy names".into())
            }
            Self::Incapable { .. } => {
                Some("rotate it in its own system, or keep it in another store".into())
            }
            Self::Generate { .. } => Some("change how values are generated in the policy".into()),
            Self::Random(_) | Self::Interrupted { .. } | Self::Restless { .. } => {
                Some("run it again: the rotation goes on where it stopped".into())
            }
        }
    }
}
