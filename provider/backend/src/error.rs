//! What can go wrong with a store.

use coffer_vault::{SecretName, Timestamp, VersionSelector};
use thiserror::Error;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a store did not do what was asked. No variant carries a secret value.
///
/// `Display` is the cause; [`Error::remedy`] is what to do, where something can be done. `system` is the store's
/// name as its users call it: `AWS Secrets Manager`. `said` is the system's own text.
#[derive(Clone, Debug, Error)]
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
    /// A setting of the store is missing or wrong.
    #[error("the setting {setting} {problem}")]
    Setting {
        /// The setting, as it is called in the provider block.
        setting: &'static str,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        remedy: String,
    },
    /// The work was given up because the program ends.
    #[error("the program ended before the store had answered")]
    Stopped,
    /// The secret does not exist.
    #[error("there is no secret \"{name}\" in {system}")]
    NotFound {
        /// The system.
        system: &'static str,
        /// The secret.
        name: SecretName,
    },
    /// The secret exists, the version does not.
    #[error("{selector} of \"{name}\" does not exist in {system}")]
    NoSuchVersion {
        /// The system.
        system: &'static str,
        /// The secret.
        name: SecretName,
        /// The version asked for.
        selector: VersionSelector,
    },
    /// The secret is deleted and can be restored.
    #[error("the secret \"{name}\" is deleted in {system}{}", .recoverable_until.map(|it| format!(" and can be restored until {it:.0}")).unwrap_or_default())]
    Deleted {
        /// The system.
        system: &'static str,
        /// The secret.
        name: SecretName,
        /// Until when it can be restored, where the system says so.
        recoverable_until: Option<Timestamp>,
    },
    /// The version's value is gone for good.
    #[error(
        "version {version} of \"{name}\" was destroyed in {system}; its value is gone for good"
    )]
    Destroyed {
        /// The system.
        system: &'static str,
        /// The secret.
        name: SecretName,
        /// The version.
        version: u64,
    },
    /// The version is disabled.
    #[error("version {version} of \"{name}\" is disabled in {system}")]
    Disabled {
        /// The system.
        system: &'static str,
        /// The secret.
        name: SecretName,
        /// The version.
        version: u64,
    },
    /// A compare-and-set found something else.
    #[error(
        "\"{name}\" in {system} is not what the write expected: expected {expected}, found {found}; nothing was written"
    )]
    Conflict {
        /// The system.
        system: &'static str,
        /// The secret.
        name: SecretName,
        /// What the caller expected.
        expected: String,
        /// What there is.
        found: String,
    },
    /// The system refused because of a missing right.
    #[error("{system} does not allow it: {said}")]
    Denied {
        /// The system.
        system: &'static str,
        /// Its text.
        said: String,
    },
    /// The login did not work, or there is nothing to log in with.
    #[error("the login to {system} failed: {said}")]
    Login {
        /// The system.
        system: &'static str,
        /// Its text.
        said: String,
        /// What to do.
        remedy: String,
    },
    /// The system asked for patience for longer than the time that was left.
    #[error("{system} takes no more requests for now: {said}")]
    Throttled {
        /// The system.
        system: &'static str,
        /// Its text.
        said: String,
    },
    /// The system could not be reached or is at fault itself.
    #[error("{system} cannot be used: {said}")]
    Unavailable {
        /// The system.
        system: &'static str,
        /// Its text, or that of the connection.
        said: String,
    },
    /// A write was sent, and its answer was lost.
    #[error("whether the change reached {system} is unknown: {said}")]
    OutcomeUnknown {
        /// The system.
        system: &'static str,
        /// What happened.
        said: String,
    },
    /// The system has no such thing.
    #[error("{system} cannot {what}")]
    Unsupported {
        /// The system.
        system: &'static str,
        /// What was asked for: "disable a version".
        what: &'static str,
        /// What to do instead.
        instead: &'static str,
    },
    /// The system does not take what it was given: a name, a size, a character.
    #[error("{system} does not take it: {said}")]
    Invalid {
        /// The system.
        system: &'static str,
        /// What is wrong.
        said: String,
    },
    /// The answer is none that the system's documentation describes.
    #[error("{system} gave an answer that makes no sense: {said}")]
    Unexpected {
        /// The system.
        system: &'static str,
        /// What is wrong with it.
        said: String,
    },
}

/// What kind of failure an [`Error`] is, for callers that branch on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The vault, the secret or the version does not exist.
    NotFound,
    /// The secret or version exists but its value cannot be read: deleted, disabled, destroyed.
    Unreadable,
    /// A compare-and-set or an idempotency token did not hold.
    Conflict,
    /// Wrong key, missing right, refused login.
    Denied,
    /// The system asks for patience.
    Throttled,
    /// The environment is at fault: files, connections, a system that is down.
    Unavailable,
    /// The change may or may not have happened.
    OutcomeUnknown,
    /// What was read is damaged, foreign, or of a newer format.
    Damaged,
    /// The store has no such thing.
    Unsupported,
    /// The caller gave something that cannot be right.
    Invalid,
}

impl From<coffer_vault::ErrorKind> for ErrorKind {
    fn from(kind: coffer_vault::ErrorKind) -> Self {
        use coffer_vault::ErrorKind as Vault;
        match kind {
            Vault::NotFound => Self::NotFound,
            Vault::Unreadable => Self::Unreadable,
            Vault::Conflict => Self::Conflict,
            Vault::Denied => Self::Denied,
            Vault::OutcomeUnknown => Self::OutcomeUnknown,
            Vault::Damaged => Self::Damaged,
            Vault::Invalid => Self::Invalid,
            _ => Self::Unavailable,
        }
    }
}

/// What an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The secret as a whole.
    Secret,
    /// One of its versions.
    Version,
}

impl Error {
    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Vault(error) => error.kind().into(),
            Self::NotReady { .. } | Self::Unavailable { .. } => ErrorKind::Unavailable,
            // The work may have been done in the meantime.
            Self::Stopped | Self::OutcomeUnknown { .. } => ErrorKind::OutcomeUnknown,
            Self::NotFound { .. } | Self::NoSuchVersion { .. } => ErrorKind::NotFound,
            Self::Deleted { .. } | Self::Destroyed { .. } | Self::Disabled { .. } => {
                ErrorKind::Unreadable
            }
            Self::Conflict { .. } => ErrorKind::Conflict,
            Self::Denied { .. } | Self::Login { .. } => ErrorKind::Denied,
            Self::Throttled { .. } => ErrorKind::Throttled,
            Self::Unsupported { .. } => ErrorKind::Unsupported,
            Self::Setting { .. } | Self::Invalid { .. } => ErrorKind::Invalid,
            Self::Unexpected { .. } => ErrorKind::Damaged,
        }
    }

    /// What the error is about, where it is about a secret.
    pub fn subject(&self) -> Option<Subject> {
        use coffer_vault::Error as Vault;
        match self {
            Self::NoSuchVersion { .. }
            | Self::Destroyed { .. }
            | Self::Disabled { .. }
            | Self::Vault(
                Vault::NoSuchVersion { .. } | Vault::Destroyed { .. } | Vault::Disabled { .. },
            ) => Some(Subject::Version),
            Self::NotFound { .. }
            | Self::Deleted { .. }
            | Self::Denied { .. }
            | Self::Vault(Vault::NotFound { .. } | Vault::Deleted { .. } | Vault::Denied { .. }) => {
                Some(Subject::Secret)
            }
            _ => None,
        }
    }

    /// Whether the secret, or the version asked for, is not there, while the store itself is.
    pub fn is_missing_secret(&self) -> bool {
        use coffer_vault::Error as Vault;
        matches!(
            self,
            Self::NotFound { .. }
                | Self::NoSuchVersion { .. }
                | Self::Vault(Vault::NotFound { .. } | Vault::NoSuchVersion { .. })
        ) || self.is_deleted()
    }

    /// Whether the secret is deleted and can be restored.
    pub fn is_deleted(&self) -> bool {
        matches!(
            self,
            Self::Deleted { .. } | Self::Vault(coffer_vault::Error::Deleted { .. })
        )
    }

    /// What to do about it, in one or two sentences.
    pub fn remedy(&self) -> Option<String> {
        Some(match self {
            Self::Vault(error) => return error.remedy(),
            Self::NotReady { .. } => {
                "apply what it depends on first, for example with -target, or give it a value that is known"
            }
            Self::Setting { remedy, .. } | Self::Login { remedy, .. } => remedy,
            Self::Stopped => "run it again",
            Self::NotFound { .. } => {
                "check the name and the store; in a store with namespaces, projects or regions, check that too"
            }
            Self::NoSuchVersion { .. } => "leave the version out to read the current one",
            Self::Deleted { .. } => "restore it, or wait until it is gone and store it anew",
            Self::Destroyed { .. } => "read another version, or store a new one",
            Self::Disabled { .. } => "enable it, or read another version",
            Self::Conflict { .. } => "someone else has written; look at it and run again",
            Self::Denied { .. } => "grant the right to the identity that is logged in, or use another one",
            Self::Throttled { .. } => "run it again later, or lower max_concurrency",
            Self::Unavailable { .. } => "check the address, the network and the system's own state, and run again",
            Self::OutcomeUnknown { .. } => "run it again; what was written is found and not written twice",
            Self::Unsupported { instead, .. } => instead,
            Self::Invalid { .. } | Self::Unexpected { .. } => return None,
        }
        .to_owned())
    }
}
