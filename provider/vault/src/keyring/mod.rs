//! The keys between a slot and a value: the root keyring, and the keyring of each scope.

mod grant;
mod root;
mod scope;
mod tags;

pub(crate) use grant::Grant;
pub(crate) use root::{AuditSegment, RootKeyring};
pub(crate) use scope::{ScopeKeyring, Term};
