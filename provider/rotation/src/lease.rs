//! What takes back the credential of a lease, by what kind of lease it is.

use coffer_backend::{EmbeddedStore, Error as StoreError};
use coffer_vault::{Error as VaultError, Lease, Vault};
use thiserror::Error;

use crate::source::OneStore;
use crate::target::TargetError;
use crate::target::postgresql::{LEASE_KIND, LeasedRole};

/// The kind of the leases of tokens, whose revocation is the mark that stands in the token's label.
pub const TOKEN_KIND: &str = "token";
/// What stands before the mark in the label of a token.
const MARK: &str = " #";

/// The label of a token that a lease with `mark` is for.
#[must_use]
pub fn marked(label: &str, mark: &str) -> String {
    format!("{label}{MARK}{mark}")
}

/// Why a lease's credential was not taken back.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LeaseError {
    /// Another program handed it out.
    #[error("only the program that handed it out can revoke a lease of the kind \"{0}\"")]
    Foreign(String),
    /// The system that the credential is for.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The vault.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LeaseError {
    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::Foreign(_) => Some(
                "once it is revoked there, `coffer lease close` takes it off the journal"
                    .to_owned(),
            ),
            Self::Target(error) => Some(error.remedy()),
            Self::Store(error) => error.remedy(),
        }
    }
}

/// What a sweep has done.
#[derive(Debug, Default)]
pub struct Swept {
    /// The leases whose credentials are gone.
    pub revoked: Vec<Lease>,
    /// Those that stay in the journal, and why.
    pub failed: Vec<(Lease, LeaseError)>,
}

/// Takes the lease's credential back and the lease off the journal; where that fails, notes it there. A credential that is
/// gone already is no error.
///
/// # Errors
/// [`LeaseError`].
pub async fn end(store: &EmbeddedStore, lease: &Lease) -> Result<(), LeaseError> {
    let id = lease.id.clone();
    match revoke(store, lease).await {
        Ok(()) => {
            store.with(move |vault| vault.close_lease(&id)).await?;
            Ok(())
        }
        // Nothing was tried, so nothing has failed.
        Err(foreign @ LeaseError::Foreign(_)) => Err(foreign),
        Err(error) => {
            let why = error.to_string();
            store
                .with(move |vault| vault.lease_failed(&id, &why))
                .await?;
            Err(error)
        }
    }
}

/// Ends the leases of processes that are gone and those that have run out, except those of other programs.
///
/// # Errors
/// Where the journal cannot be read. What cannot be revoked is in [`Swept::failed`].
pub async fn sweep(store: &EmbeddedStore) -> Result<Swept, StoreError> {
    let mut swept = Swept::default();
    for lease in store.with(|vault| vault.abandoned_leases()).await? {
        match end(store, &lease).await {
            Ok(()) => swept.revoked.push(lease),
            Err(LeaseError::Foreign(_)) => {}
            Err(error) => swept.failed.push((lease, error)),
        }
    }
    Ok(swept)
}

async fn revoke(store: &EmbeddedStore, lease: &Lease) -> Result<(), LeaseError> {
    match lease.kind.as_str() {
        LEASE_KIND => Ok(LeasedRole::of(lease)?.revoke(&OneStore(store)).await?),
        TOKEN_KIND => {
            let mark = lease.revocation.clone();
            Ok(store
                .with(move |vault| revoke_marked(&vault, &mark))
                .await?)
        }
        kind => Err(LeaseError::Foreign(kind.to_owned())),
    }
}

/// Revokes the tokens whose label ends with `mark`.
fn revoke_marked(vault: &Vault, mark: &str) -> Result<(), VaultError> {
    let ending = marked("", mark);
    for token in vault.tokens()? {
        if token.label.ends_with(&ending) {
            revoke_token(vault, &token.accessor)?;
        }
    }
    Ok(())
}

/// Revokes a token. One that is gone is no error.
///
/// # Errors
/// The vault's.
pub fn revoke_token(vault: &Vault, accessor: &str) -> Result<(), VaultError> {
    match vault.revoke_token(accessor) {
        // Where bytes were not wiped, the keys are deleted; the bytes go with the next check.
        Ok(_) | Err(VaultError::NoSuchToken { .. } | VaultError::NotWiped { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
