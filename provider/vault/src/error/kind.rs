//! What kind of failure an error is.

use super::Error;

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
    /// Wrong key, missing right, refused token.
    Denied,
    /// The environment is at fault: permissions, space, locks, file systems.
    Unavailable,
    /// The change may or may not have happened.
    OutcomeUnknown,
    /// The file is damaged, foreign, or of a newer format.
    Damaged,
    /// The caller gave something that cannot be right.
    Invalid,
}

impl Error {
    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing { .. }
            | Self::NotFound { .. }
            | Self::NoSuchVersion { .. }
            | Self::NoSuchToken { .. }
            | Self::NoSuchPolicy { .. }
            | Self::NoSuchRole { .. }
            | Self::NoSuchLease { .. } => ErrorKind::NotFound,
            Self::Deleted { .. } | Self::Destroyed { .. } | Self::Disabled { .. } => {
                ErrorKind::Unreadable
            }
            Self::Conflict { .. } | Self::TokenReused { .. } => ErrorKind::Conflict,
            Self::WrongKey { .. }
            | Self::NoSuchSlot { .. }
            | Self::NoKey { .. }
            | Self::UnusableKey { .. }
            | Self::Denied { .. }
            | Self::TokenRefused { .. } => ErrorKind::Denied,
            Self::LoosePermissions { .. }
            | Self::ForeignOwner { .. }
            | Self::ReadOnly { .. }
            | Self::DiskFull { .. }
            | Self::Busy { .. }
            | Self::NetworkFileSystem { .. }
            | Self::NotWiped { .. }
            | Self::SinkFailed { .. }
            | Self::KeySystem { .. }
            | Self::Io { .. }
            | Self::Store { .. }
            | Self::Random(_) => ErrorKind::Unavailable,
            Self::OutcomeUnknown { .. } => ErrorKind::OutcomeUnknown,
            Self::BadBackup { .. }
            | Self::NotAVault { .. }
            | Self::Corrupted { .. }
            | Self::NewerFormat { .. } => ErrorKind::Damaged,
            Self::Exists { .. }
            | Self::NoFolder { .. }
            | Self::LastSlot { .. }
            | Self::Invalid { .. }
            | Self::BadCheckpoint { .. }
            | Self::Name(_) => ErrorKind::Invalid,
        }
    }
}
