//! What can be done to secrets, one file for each deed. All of it happens inside a [`crate::work::Work`].

mod compare;
mod delete;
mod destroy;
mod leases;
mod list;
mod put;
mod read;
mod rekey;
mod scopes;
mod secret_row;
mod slots;
mod stage;
mod terms;
mod update;
mod version_row;

pub(crate) use compare::fingerprint;
pub use scopes::ScopeInfo;
pub use slots::SlotInfo;
pub use terms::RewrapProgress;
