//! Everything that can go wrong with a vault: the cause in the error's text, what to do in [`Error::remedy`].

mod kind;
mod remedy;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use crate::name::{NameError, SecretName};
use crate::put::Expect;
use crate::selector::VersionSelector;

pub use kind::ErrorKind;

/// How the text of [`Error::TokenRefused`] begins; alerts find it in the audit trail.
pub(crate) const TOKEN_REFUSED: &str = "the token does not open the vault";

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed. No variant carries a secret value.
///
/// `Display` is the cause in one sentence; [`Error::remedy`] is what to do, where something can be done.
/// Unless it is [`Error::OutcomeUnknown`], a failed write has changed nothing.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no file at the path.
    #[error("there is no vault at {path}", path = path.display())]
    Missing {
        /// Where the vault should be.
        path: PathBuf,
    },
    /// A new vault was asked for where a file stands already.
    #[error("{path} exists already and is never overwritten", path = path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The folder of a new vault does not exist.
    #[error("the folder {path} does not exist", path = path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The file is no vault.
    #[error("{path} is not a vault: {detail}", path = path.display())]
    NotAVault {
        /// The file.
        path: PathBuf,
        /// What was found instead.
        detail: String,
    },
    /// A part of the vault fails its authentication or its structure.
    #[error("the vault {path} is damaged or was tampered with: {what}", path = path.display())]
    Corrupted {
        /// The file.
        path: PathBuf,
        /// The part and how it fails.
        what: String,
    },
    /// A newer coffer wrote the file.
    #[error("the vault {path} has format {found}; this coffer reads up to format {supported}", path = path.display())]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this program reads.
        supported: u32,
    },
    /// No slot of the vault opens with the key given.
    #[error("{given} does not open the vault {path}", path = path.display())]
    WrongKey {
        /// The vault.
        path: PathBuf,
        /// What was given: "the passphrase", "the key file /etc/coffer.key", ...
        given: String,
    },
    /// The vault has no slot of the kind of key given.
    #[error("the vault {path} has no slot for {given}; its slots: {slots}", path = path.display())]
    NoSuchSlot {
        /// The vault.
        path: PathBuf,
        /// What was given.
        given: String,
        /// The slots that there are, by kind and label.
        slots: String,
    },
    /// The last slot would be removed, after which nothing opens the vault.
    #[error("slot {id} is the last one; without it nothing opens the vault")]
    LastSlot {
        /// The slot.
        id: u64,
    },
    /// A key given is too short, missing or cannot be read.
    #[error("{given} cannot be used: {why}")]
    UnusableKey {
        /// What was given.
        given: String,
        /// The reason.
        why: String,
    },
    /// The system that wraps a slot's key did not wrap or unwrap it.
    #[error("{system} gave no key: {why}")]
    KeySystem {
        /// The system.
        system: String,
        /// Its reason.
        why: String,
    },
    /// No key was given at all.
    #[error("no key was given to open the vault {path}", path = path.display())]
    NoKey {
        /// The vault.
        path: PathBuf,
    },
    /// Others may read or write the file.
    #[error("{path} has mode {mode:04o}: other users of this machine can reach it", path = path.display())]
    LoosePermissions {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file belongs to another user.
    #[error("{path} belongs to {owner}, and this program runs as {user}", path = path.display())]
    ForeignOwner {
        /// The file.
        path: PathBuf,
        /// Its owner.
        owner: String,
        /// The user of this program.
        user: String,
    },
    /// The file or its folder cannot be written.
    #[error("{path} cannot be written: {detail}", path = path.display())]
    ReadOnly {
        /// The vault.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// No room is left, or a limit on the file's size is reached.
    #[error("no space is left for the vault {path}; nothing was changed", path = path.display())]
    DiskFull {
        /// The vault.
        path: PathBuf,
    },
    /// Another process held the write lock for too long.
    #[error("the vault {path} was locked by another process for {seconds} seconds", path = path.display(), seconds = waited.as_secs())]
    Busy {
        /// The vault.
        path: PathBuf,
        /// How long this call waited.
        waited: Duration,
    },
    /// The vault lies on a file system on which SQLite's locks cannot be trusted.
    #[error("{path} is on a network file system ({kind}), where two machines could write it at once", path = path.display())]
    NetworkFileSystem {
        /// The vault.
        path: PathBuf,
        /// The file system's kind.
        kind: String,
    },
    /// The secret does not exist.
    #[error("there is no secret \"{name}\" in the vault")]
    NotFound {
        /// The name asked for.
        name: SecretName,
        /// Names that differ little, where the caller may list names.
        near: Vec<SecretName>,
    },
    /// The secret exists, the version does not.
    #[error("{selector} of \"{name}\" does not exist")]
    NoSuchVersion {
        /// The secret.
        name: SecretName,
        /// The version asked for.
        selector: VersionSelector,
        /// The newest version.
        latest: u64,
    },
    /// The secret is deleted and can be restored.
    #[error(
        "the secret \"{name}\" was deleted at {at} and can be restored until {recoverable_until}"
    )]
    Deleted {
        /// The secret.
        name: SecretName,
        /// When it was deleted.
        at: Timestamp,
        /// Until when it can be restored.
        recoverable_until: Timestamp,
    },
    /// The version's key was shredded.
    #[error("version {version} of \"{name}\" was destroyed at {at}; its value is gone for good")]
    Destroyed {
        /// The secret.
        name: SecretName,
        /// The version.
        version: u64,
        /// When.
        at: Timestamp,
    },
    /// The version is disabled.
    #[error("version {version} of \"{name}\" is disabled")]
    Disabled {
        /// The secret.
        name: SecretName,
        /// The version.
        version: u64,
    },
    /// A compare-and-set found something else.
    #[error(
        "\"{name}\" is not what the write expected: expected {expected}, found {found}; nothing was written"
    )]
    Conflict {
        /// The secret.
        name: SecretName,
        /// What the caller expected.
        expected: String,
        /// What the vault holds.
        found: String,
    },
    /// An idempotency token was used again with another value.
    #[error(
        "the idempotency token was used for version {version} of \"{name}\" with another value; nothing was written"
    )]
    TokenReused {
        /// The secret.
        name: SecretName,
        /// The version that the token stands for.
        version: u64,
    },
    /// The caller's token does not allow this.
    #[error("the token may not {capability} \"{path}\"")]
    Denied {
        /// The capability that is missing.
        capability: String,
        /// The path.
        path: String,
    },
    /// A token has expired, was revoked or is used up.
    #[error("{TOKEN_REFUSED}: {why}")]
    TokenRefused {
        /// The reason.
        why: String,
    },
    /// There is no token with this accessor.
    #[error("there is no token {accessor}")]
    NoSuchToken {
        /// The accessor.
        accessor: String,
    },
    /// There is no policy of this name.
    #[error("there is no policy \"{name}\"")]
    NoSuchPolicy {
        /// Its name.
        name: String,
    },
    /// There is no role of this name.
    #[error("there is no role \"{name}\"")]
    NoSuchRole {
        /// Its name.
        name: String,
    },
    /// The lease does not exist; it may have been closed.
    #[error("there is no lease {id}")]
    NoSuchLease {
        /// Its id.
        id: String,
    },
    /// The commit failed in a way that leaves open whether the write is in the file.
    #[error("whether the change reached the vault {path} is unknown: {detail}", path = path.display())]
    OutcomeUnknown {
        /// The vault.
        path: PathBuf,
        /// What the system said.
        detail: String,
    },
    /// A destroyed key could not be wiped from the file yet, because another process is reading.
    #[error(
        "the key is deleted, but other processes read the vault {path} and keep its bytes in the file for now", path = path.display()
    )]
    NotWiped {
        /// The vault.
        path: PathBuf,
    },
    /// An audit sink did not take the row. The row stands in the vault; the answer is withheld.
    #[error(
        "the access was recorded in the vault, but the audit sink {sink} did not take it: {why}"
    )]
    SinkFailed {
        /// The sink.
        sink: String,
        /// Its reason.
        why: String,
    },
    /// A checkpoint of the audit trail is not what it should be.
    #[error("the checkpoint cannot be used: {why}")]
    BadCheckpoint {
        /// The reason.
        why: String,
    },
    /// A backup is none, was cut or changed. Nothing was restored.
    #[error("the backup {path} cannot be restored: {why}", path = path.display())]
    BadBackup {
        /// Its file.
        path: PathBuf,
        /// The reason.
        why: String,
    },
    /// An argument is out of its bounds.
    #[error("{what} {problem}")]
    Invalid {
        /// The argument.
        what: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// A name is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The operating system refused something.
    #[error("{action} {path} failed: {source}", path = path.display())]
    Io {
        /// What was done: "reading", "creating", ...
        action: &'static str,
        /// To what.
        path: PathBuf,
        /// The system's word.
        source: Arc<std::io::Error>,
    },
    /// SQLite refused something that none of the other variants describes.
    #[error("the vault {path} cannot be used: {detail}", path = path.display())]
    Store {
        /// The vault.
        path: PathBuf,
        /// SQLite's word.
        detail: String,
    },
    /// The operating system's random generator failed.
    #[error("the operating system gave no random bytes: {0}")]
    Random(String),
}

impl Error {
    pub(crate) fn conflict(name: &SecretName, expected: Expect, latest: Option<u64>) -> Self {
        Self::Conflict {
            name: name.clone(),
            expected: match expected {
                Expect::Absent => "no such secret".into(),
                Expect::Latest(version) => format!("version {version} to be the newest"),
            },
            found: match latest {
                None => "no such secret".into(),
                Some(version) => format!("version {version} to be the newest"),
            },
        }
    }
}
