//! The audit trail: one row for each access, in the same transaction as the access.

mod event;
mod trail;

pub use event::{AuditEvent, AuditItem, Operation, Outcome};
pub(crate) use trail::{Session, append};
