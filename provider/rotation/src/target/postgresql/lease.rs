//! What revoking a role for a while needs to know, as a lease's journal keeps it.

use coffer_vault::Lease;
use serde::{Deserialize, Serialize};

use super::connection::Connection;
use super::role::RoleDefinition;
use crate::source::SecretSource;
use crate::target::TargetError;

/// The kind of these leases in the vault's journal.
pub const LEASE_KIND: &str = "postgresql";

/// A role that was handed out. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeasedRole {
    /// The secret with the connection of whoever made it.
    pub connection: String,
    /// The role's name.
    pub role: String,
    /// What takes it away, where that is not the default.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<String>,
}

impl LeasedRole {
    /// The role of a lease of [`LEASE_KIND`].
    ///
    /// # Errors
    /// [`TargetError::Unusable`] where another program has written the lease.
    pub fn of(lease: &Lease) -> Result<Self, TargetError> {
        serde_json::from_str(&lease.revocation).map_err(|_| TargetError::Unusable {
            why: format!("the lease {} cannot be read", lease.id),
            remedy: "another program has written it; revoke it with that one".to_owned(),
        })
    }

    /// Takes the role away. One that is gone is no error.
    ///
    /// # Errors
    /// [`TargetError`].
    pub async fn revoke(&self, secrets: &dyn SecretSource) -> Result<(), TargetError> {
        let connection = secrets.read(&self.connection).await;
        let connection = connection.map_err(|error| TargetError::Unusable {
            why: format!("the connection {} cannot be read: {error}", self.connection),
            remedy: "see that it is there and that you may read it".to_owned(),
        })?;
        let connection = Connection::parse(&connection)?;
        let definition = RoleDefinition {
            revocation: self.statements.clone(),
            ..RoleDefinition::default()
        };
        Ok(definition.revoke(&connection, &self.role).await?)
    }
}
