//! What remote stores refuse, in the same words.

use coffer_vault::{SecretName, Timestamp, VersionMetadata, VersionState};

use crate::error::{Error, Result};

/// Refuses a version whose value cannot be read.
///
/// # Errors
/// [`Error::Disabled`], [`Error::Destroyed`].
pub(crate) fn unreadable(system: &'static str, version: &VersionMetadata) -> Result<()> {
    match version.state {
        VersionState::Enabled => Ok(()),
        VersionState::Disabled => Err(Error::Disabled {
            system,
            name: version.name.clone(),
            version: version.version,
        }),
        VersionState::Destroyed(_) => destroyed(system, version),
    }
}

/// Refuses a version whose value is gone for good.
///
/// # Errors
/// [`Error::Destroyed`].
pub(crate) fn destroyed(system: &'static str, version: &VersionMetadata) -> Result<()> {
    if matches!(version.state, VersionState::Destroyed(_)) {
        return Err(Error::Destroyed {
            system,
            name: version.name.clone(),
            version: version.version,
        });
    }
    Ok(())
}

/// Refuses a change of metadata that has another revision than `expected`, where one is.
///
/// # Errors
/// [`Error::Conflict`].
pub(crate) fn other_revision(
    system: &'static str,
    name: &SecretName,
    expected: Option<u64>,
    found: u64,
) -> Result<()> {
    match expected {
        Some(expected) if expected != found => Err(Error::Conflict {
            system,
            name: name.clone(),
            expected: format!("revision {expected}"),
            found: format!("revision {found}"),
        }),
        _ => Ok(()),
    }
}

/// Refuses a recovery window that is over before it begins.
///
/// # Errors
/// [`Error::Invalid`].
pub(crate) fn past_window(system: &'static str, until: Timestamp, now: Timestamp) -> Result<()> {
    if until <= now {
        return Err(Error::Invalid {
            system,
            said: "the end of the recovery window lies in the past; to remove the secret for good, purge it".to_owned(),
        });
    }
    Ok(())
}
