//! Where audit rows go that need the network or the system: syslog, webhooks, the standard streams.
//!
//! The vault opens no connection; it hands its rows to what implements [`coffer_vault::AuditSink`].

mod standard;
mod syslog;
mod target;

pub use target::AuditTarget;
