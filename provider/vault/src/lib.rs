//! The embedded vault of coffer: one file, several processes, every access audited.
//!
//! The crate is synchronous and opens no network connection. Start at [`Vault`].
#![forbid(unsafe_code)]

mod access;
mod actor;
mod administration;
mod alert;
mod audit;
mod auditing;
mod backup;
mod check;
mod engine;
mod error;
mod hazmat;
mod init;
mod keyring;
mod keys;
mod lease;
mod leasing;
mod metadata;
mod name;
mod operation;
mod policy;
mod process;
mod progress;
mod put;
mod queue;
mod secret;
mod selector;
mod slot;
mod state;
mod store;
mod token;
mod vault;
mod work;

pub use actor::Actor;
pub use alert::{ALERT_RULES, Alert, AlertRule, AlertSettings, Hours, alerts};
pub use audit::{
    AuditEvent, AuditItem, AuditProblem, AuditRecord, AuditReport, AuditSink, JsonLinesSink,
    Operation, Outcome, checkpoint_line, json_lines,
};
pub use backup::Backup;
pub use check::{CheckReport, Problem};
pub use error::{Error, ErrorKind, Result};
pub use lease::{Holder, Lease, LeaseRequest, MAX_ATTEMPTS};
pub use metadata::{Deletion, SecretMetadata, SecretVersion, VersionMetadata, VersionState};
pub use name::{MAX_NAME_DEPTH, MAX_NAME_LENGTH, NameError, SecretName};
pub use operation::{LeftOut, ProofValues, RewrapProgress, ScopeInfo, SlotInfo};
pub use policy::{Capability, PathPattern, Policy, Rule, allows, suggest_policy};
pub use process::forbid_core_dumps;
pub use progress::Progress;
pub use put::{Expect, MetadataChange, PutRequest};
pub use secret::Secret;
pub use selector::{Stage, StageError, VersionSelector};
pub use slot::{KeySource, KeyWrap, create_key_file};
pub use store::set_lock_timeout;
pub use token::{NewToken, Revocation, Role, RoleRequest, TokenInfo, TokenRequest};
pub use vault::Vault;

/// The type of all lengths of time in this crate's API.
pub use jiff::SignedDuration;
/// The type of all times in this crate's API: milliseconds since 1970 in UTC.
pub use jiff::Timestamp;
