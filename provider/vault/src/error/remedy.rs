//! What to do about each failure.

use super::Error;

impl Error {
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
            Self::KeySystem { .. } => "make the system reachable and check what it allows you, or open the vault with \
                 another slot"
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
            Self::TokenRefused { .. } => "ask for a new token (`coffer token create`) or secret id (`coffer role secret-id`)".into(),
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
            Self::NoSuchRole { .. } => "`coffer role list` names those that there are".into(),
            Self::NoSuchPolicy { .. } => "`coffer policy list` names those that there are".into(),
            Self::NotWiped { .. } => {
                "run `coffer check` when they have ended; it wipes what is left".into()
            }
            Self::Io { .. } | Self::Store { .. } | Self::Invalid { .. } | Self::Name(_) | Self::Random(_) => {
                return None;
            }
        })
    }
}
