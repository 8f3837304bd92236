//! Managed resources: what Terraform creates, changes and deletes, without ever storing a value.

use coffer_vault::{SignedDuration, Timestamp};

use crate::period::from_now;

mod access;
mod database_role;
mod policy;
mod revocation;
mod rotation;
mod rotation_promotion;
mod secret;
mod secret_copy;

pub(crate) use access::Access;
pub(crate) use database_role::DatabaseRoleResource;
pub(crate) use policy::PolicyOfTokens;
pub(crate) use revocation::Revocation;
pub(crate) use rotation::Rotation;
pub(crate) use rotation_promotion::RotationPromotion;
pub(crate) use secret::StoredSecret;
pub(crate) use secret_copy::SecretCopy;

/// The end of a recovery window of so many days.
fn days_from_now(days: u32) -> Timestamp {
    from_now(SignedDuration::from_hours(
        i64::from(days).saturating_mul(24),
    ))
}
