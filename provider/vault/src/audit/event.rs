//! What a row of the audit trail says.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actor::Actor;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Operation {
    /// The vault was made.
    Init,
    /// An attempt to open it failed. Recorded by the next one that succeeds.
    OpenFailed,
    /// A version was stored.
    Put,
    /// A value was read.
    Get,
    /// A value was compared with the current one, and not revealed.
    Compare,
    /// Values were read to search for them where none may stand.
    Prove,
    /// Names and metadata were listed.
    List,
    /// A secret's metadata or versions were read.
    Metadata,
    /// A secret's metadata was changed.
    Update,
    /// A version was made current.
    Promote,
    /// A stage was taken off.
    Unstage,
    /// A version was enabled.
    Enable,
    /// A version was disabled.
    Disable,
    /// Versions were destroyed.
    Destroy,
    /// A secret was deleted.
    Delete,
    /// A deletion was taken back.
    Restore,
    /// A secret was removed for good.
    Purge,
    /// A slot was added.
    SlotAdd,
    /// A slot was removed.
    SlotRemove,
    /// Slots were listed.
    SlotList,
    /// The root key was replaced.
    Rekey,
    /// A scope got a new term.
    RotateTerm,
    /// Data keys were wrapped under the newest term.
    Rewrap,
    /// A scope was made.
    ScopeAdd,
    /// A token was made.
    TokenCreate,
    /// A token's end was moved.
    TokenRenew,
    /// A token was revoked.
    TokenRevoke,
    /// Tokens were listed or looked up.
    TokenList,
    /// A role was made.
    RoleCreate,
    /// Roles were listed.
    RoleRead,
    /// A role was removed.
    RoleDelete,
    /// A secret id was made.
    SecretIdCreate,
    /// A machine logged in with a role's id and a secret id.
    Login,
    /// Policies were read.
    PolicyRead,
    /// A policy was written.
    PolicyWrite,
    /// A policy was removed.
    PolicyRemove,
    /// A lease was registered.
    LeaseRegister,
    /// A lease was renewed.
    LeaseRenew,
    /// A lease was closed.
    LeaseClose,
    /// A lease's revocation failed.
    LeaseFail,
    /// The audit trail was read.
    AuditRead,
    /// A backup was made.
    Backup,
    /// The vault was made from a backup.
    BackupRestore,
    /// The vault was checked.
    Check,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The names are those of the record, so that a search for what is shown finds it.
        self.serialize(f)
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was done.
    Ok,
    /// The caller was not entitled to it.
    Denied,
    /// It was not possible.
    Failed,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// A secret that the access touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditItem {
    /// Its name, or what was asked for.
    pub name: String,
    /// The version, where one was touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Why this one was not handed out, in a call that asked for several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A row of the audit trail. It never holds a value or anything from which a value could be guessed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub operation: Operation,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not end well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// To which secrets or other objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<AuditItem>,
    /// By whom.
    pub actor: Actor,
}

impl AuditEvent {
    pub(crate) fn new(at: Timestamp, operation: Operation, actor: Actor) -> Self {
        Self {
            at,
            operation,
            outcome: Outcome::Ok,
            error: None,
            items: Vec::new(),
            actor,
        }
    }

    /// Names an object of the access.
    pub(crate) fn touch(&mut self, name: impl Into<String>, version: Option<u64>) {
        self.items.push(AuditItem {
            name: name.into(),
            version,
            error: None,
        });
    }
}
