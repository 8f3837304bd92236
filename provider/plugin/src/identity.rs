//! What identifies a resource for good.

use crate::cty::Cty;
use crate::model::ModelErrors;
use crate::schema::IdentityAttribute;

/// The identity of a resource as a struct. Derive it with [`#[derive(Identity)]`](derive@crate::Identity).
pub trait IdentityModel: Sized + Send + Sync + 'static {
    /// Counts the changes of shape.
    const VERSION: i64;

    /// The shape.
    fn attributes() -> Vec<IdentityAttribute>;

    /// Reads an identity.
    ///
    /// # Errors
    /// What is malformed.
    fn from_cty(value: Cty) -> Result<Self, ModelErrors>;

    /// Writes an identity.
    fn to_cty(&self) -> Cty;
}
