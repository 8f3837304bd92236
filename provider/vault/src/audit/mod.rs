//! The audit trail: one row for each access, in the same transaction as the access.

mod attempt;
mod checkpoint;
mod event;
mod sink;
mod trail;
mod verify;

pub(crate) use attempt::note as note_attempt;
pub use event::{AuditEvent, AuditItem, Operation, Outcome};
pub use sink::{AuditSink, JsonLinesSink, checkpoint_line, json_lines};
pub(crate) use trail::{Session, append};
pub use verify::{AuditProblem, AuditRecord, AuditReport};
