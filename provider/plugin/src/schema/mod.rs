//! What may be configured and what is stored: blocks, attributes, and the rules that the SDK keeps for them.
//!
//! [`#[derive(Model)]`](derive@crate::Model) builds these. Programs that document or test a provider read them
//! through [`Offers`](crate::Offers).

mod attribute;
mod block;
mod check;
mod nested;
mod wire;

pub use attribute::{Attribute, AttributeField, Presence, Replace, Validator};
pub use block::{Block, Constraint, Schema};
pub(crate) use check::{Rules, is_name};
pub use nested::{BlockField, NestedBlock, Nesting};

/// The definition of an attribute of a resource identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityAttribute {
    /// Its name.
    pub name: &'static str,
    /// Its type: a primitive or a list of primitives.
    pub ty: crate::cty::CtyType,
    /// What it is, in plain text.
    pub description: &'static str,
    /// Whether an import by identity must give it. If not, the provider supplies it.
    pub required_for_import: bool,
}
