//! Everything that can go wrong with a vault: the cause in the error's text, what to do in [`Error::remedy`].

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use crate::name::{NameError, SecretName};
use crate::put::Expect;
use crate::selector::VersionSelector;

/// How the text of [`Error::TokenRefused`] begins; alerts find it in the audit trail.
pub(crate) const TOKEN_REFUSED: &str = "the token does not open the vault";

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed. No variant carries a secret value.
///
/// `Display` is the cause in one sentence; [`Error::remedy`] is what to do, where something can be done.
/// Unless it is [`Error::OutcomeUnknown`], a failed write has changed nothing.
#[derive(Debug, Error)]
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
        source: std::io::Error,
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

/// What kind of failure an [`Error`] is, for callers that branch on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The vault, the secret or the version does not exist.
    NotFound,
    /// The secret or version exists but its value cannot be read: deleted, disabled, destroyed.
    Unreadable,
    /// A compare-and-set or an idempotency token did not hold.
    Conflict,
    /// Wrong key, missing right, refused token.
    Denied,
    /// The environment is at fault: permissions, space, locks, file systems.
    Unavailable,
    /// The change may or may not have happened.
    OutcomeUnknown,
    /// The file is damaged, foreign, or of a newer format.
    Damaged,
    /// The caller gave something that cannot be right.
    Invalid,
}

impl Error {
    /// What kind of failure this is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing { .. }
            | Self::NotFound { .. }
            | Self::NoSuchVersion { .. }
            | Self::NoSuchToken { .. }
            | Self::NoSuchPolicy { .. }
            | Self::NoSuchLease { .. } => ErrorKind::NotFound,
            Self::Deleted { .. } | Self::Destroyed { .. } | Self::Disabled { .. } => {
                ErrorKind::Unreadable
            }
            Self::Conflict { .. } | Self::TokenReused { .. } => ErrorKind::Conflict,
            Self::WrongKey { .. }
            | Self::NoSuchSlot { .. }
            | Self::NoKey { .. }
            | Self::UnusableKey { .. }
            | Self::Denied { .. }
            | Self::TokenRefused { .. } => ErrorKind::Denied,
            Self::LoosePermissions { .. }
            | Self::ForeignOwner { .. }
            | Self::ReadOnly { .. }
            | Self::DiskFull { .. }
            | Self::Busy { .. }
            | Self::NetworkFileSystem { .. }
            | Self::NotWiped { .. }
            | Self::SinkFailed { .. }
            | Self::Io { .. }
            | Self::Store { .. }
            | Self::Random(_) => ErrorKind::Unavailable,
            Self::OutcomeUnknown { .. } => ErrorKind::OutcomeUnknown,
            Self::BadBackup { .. }
            | Self::NotAVault { .. }
            | Self::Corrupted { .. }
            | Self::NewerFormat { .. } => ErrorKind::Damaged,
            Self::Exists { .. }
            | Self::NoFolder { .. }
            | Self::LastSlot { .. }
            | Self::Invalid { .. }
            | Self::BadCheckpoint { .. }
            | Self::Name(_) => ErrorKind::Invalid,
        }
    }

    /// What to do about it, in one or two sentences.
    pub fn remedy(&self) -> Option<String> {
        Some(match self {
            Self::Missing { .. } => "create one with `coffer init`, or name the right file with --vault, \
                 COFFER_VAULT_FILE or the provider's `local { path }`"
                .into(),
            Self::Exists { .. } => "give another path, or move the file away if it is no longer needed".into(),
            Self::NoFolder { path } => {
                format!("create it first: mkdir -m 700 -p {}", path.display())
            }
            Self::NotAVault { .. } => {
                "check the path; a vault is made with `coffer init`. The file was not changed".into()
            }
            Self::Corrupted { .. } => "`coffer check` lists what is damaged and what is safe; restore the last \
                 backup with `coffer restore`. The file was not changed"
                .into(),
            Self::NewerFormat { .. } => "use a newer coffer".into(),
            Self::WrongKey { .. } => "check which key belongs to this vault, which may have been rekeyed (COFFER_KEY_FILE, COFFER_PASSPHRASE, \
                 --key-file); `coffer slot list` names the slots"
                .into(),
            Self::NoSuchSlot { .. } => {
                "open it with one of its slots; `coffer slot add` adds another".into()
            }
            Self::LastSlot { .. } => {
                "add another first with `coffer slot add`, then remove this one".into()
            }
            Self::UnusableKey { .. } => "a key file holds at least 32 random bytes and has mode 0600; `coffer init` \
                 makes one where COFFER_KEY_FILE points"
                .into(),
            Self::NoKey { .. } => "set COFFER_KEY_FILE (or --key-file, or the provider's `key_file`) to the key file, \
                 or COFFER_PASSPHRASE to the passphrase"
                .into(),
            Self::LoosePermissions { path, .. } => format!("run `chmod 600 {}`", path.display()),
            Self::ForeignOwner { owner, path, .. } => format!(
                "run as {owner}, or hand the file over with chown if it is yours: {}",
                path.display()
            ),
            Self::ReadOnly { .. } => "make the file and its folder writable for this user; reading needs it too, \
                 because every access is recorded in the audit trail"
                .into(),
            Self::DiskFull { .. } => "make room on the disk (or raise the file-size limit) and try again".into(),
            Self::Busy { .. } => {
                "try again; if it stays locked, look for a hung process that has the file open (fuser, lsof)".into()
            }
            Self::NetworkFileSystem { .. } => "put the vault on a local disk, or use a server (Vault, OpenBao, a cloud \
                 secret manager) for several machines"
                .into(),
            Self::NotFound { name, near } if near.is_empty() => format!(
                "store it with `coffer put {name}`, or list what is there with `coffer list`"
            ),
            Self::NotFound { near, .. } => format!(
                "did you mean {}?",
                near.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(" or ")
            ),
            Self::NoSuchVersion { latest, name, .. } => format!(
                "the newest version is {latest}; `coffer versions {name}` lists all"
            ),
            Self::Deleted { name, .. } => format!("bring it back with `coffer undelete {name}`"),
            Self::Destroyed { .. } => {
                "use another version; a backup made before that time may still hold it".into()
            }
            Self::Disabled { name, version } => {
                format!("enable it with `coffer enable {name} --version {version}`")
            }
            Self::Conflict { .. } => "read it again and decide anew: someone else wrote in the meantime".into(),
            Self::TokenReused { .. } => "use a fresh token for a new value".into(),
            Self::Denied { .. } => "ask the owner of the vault for a token whose policy allows it".into(),
            Self::TokenRefused { .. } => "ask for a new token: `coffer token create`".into(),
            Self::OutcomeUnknown { .. } => "look whether it is there (`coffer versions`), then repeat: a put with the \
                 same idempotency token writes once"
                .into(),
            Self::SinkFailed { .. } => "mend the sink, or take it out of the configuration; a write has happened, \
                 so look before you repeat it"
                .into(),
            Self::BadCheckpoint { .. } => "give a checkpoint that `coffer audit checkpoint` printed for this vault".into(),
            Self::NoSuchLease { .. } => "`coffer lease list` names those that are open".into(),
            Self::BadBackup { .. } => "use another backup; nothing was restored and nothing was changed".into(),
            Self::NoSuchToken { .. } => "`coffer token list` names those that there are".into(),
            Self::NoSuchPolicy { .. } => "`coffer policy list` names those that there are".into(),
            Self::NotWiped { .. } => {
                "run `coffer check` when they have ended; it wipes what is left".into()
            }
            Self::Io { .. } | Self::Store { .. } | Self::Invalid { .. } | Self::Name(_) | Self::Random(_) => {
                return None;
            }
        })
    }

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
