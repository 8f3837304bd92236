//! What can be done to secrets, one file for each deed. All of it happens inside a [`crate::work::Work`].

mod compare;
mod delete;
mod destroy;
mod leases;
mod list;
mod policies;
mod prove;
mod put;
mod random_id;
mod read;
mod rekey;
mod revoke;
mod roles;
mod scopes;
mod secret_row;
mod slots;
mod stage;
mod terms;
mod token_row;
mod tokens;
mod update;
mod version_row;

pub(crate) use compare::fingerprint;
pub(crate) use policies::digest_row as policy_row;
pub use prove::{LeftOut, ProofValues};
pub(crate) use roles::PREFIX as ROLE_PREFIX;
pub use scopes::ScopeInfo;
pub use slots::SlotInfo;
pub(crate) use slots::info as slot_info;
pub use terms::RewrapProgress;
pub(crate) use token_row::{open_grant, token_row};
